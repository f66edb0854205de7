"""Sets aside what cannot be read, so that it does not block the rest.

The folder of a package, its spool or a file of the journal of writes is moved unchanged, and a note is written beside it: why,
when, and the window of the package, where it is known. `ops.set_aside` lists them::

    packages/set_aside/<folder>        packages/set_aside/<folder>.note
    writes/set_aside/<file>            writes/set_aside/<file>.note
"""

import json
import logging
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from include.warehouse import paths
from include.warehouse.disk import write_json
from include.warehouse.times import is_time, now

log = logging.getLogger(__name__)

PACKAGE, SPOOL, WRITE = "package", "spool", "write"
_ORPHANED_SECONDS = 3_600


@dataclass(frozen=True)
class SetAside:
    """A file or folder that was set aside, and the content of its note.

    Attributes:
        window: The row of the attempt whose observations were lost with the package, as the note has it.
        is_settled: Whether nothing is lost any more, for example because the window was read again.
    """

    kind: str
    path: Path
    reason: str
    at: str | None
    window: dict | None
    is_settled: bool


def put(kind: str, path: Path, reason: str, *, advice: str, window: dict | None = None, is_settled: bool = False) -> None:
    """Move a file or folder to the folder for its kind, write its note, and log what an operator can do.

    Args:
        kind: `PACKAGE`, `SPOOL` or `WRITE`.
        path: The file or folder that cannot be read.
        reason: What is wrong with it.
        advice: What happens next, and what an operator can do.
        window: The row of the attempt whose observations are lost, if any are.
        is_settled: Whether nothing is lost.
    """
    folder = _folder(kind)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / path.name
    if target.exists():
        target = folder / f"{path.name}.{uuid.uuid4().hex[:8]}"
    note = {"kind": kind, "reason": reason, "at": now(), "window": window, "is_settled": is_settled}
    # the note first: when the process dies in between, the file is still in its place, and is found again
    write_json(_note_of(target), note)
    with suppress(FileNotFoundError):  # another process may have set it aside meanwhile
        path.rename(target)
        log.error("%s cannot be used and was set aside as %s: %s. %s", path, target, reason, advice)


def listed() -> Iterator[SetAside]:
    """List everything that was set aside, also with an unreadable note."""
    for kind in (PACKAGE, WRITE):
        for path in sorted(_folder(kind).glob("*")):
            if path.suffix == ".note":
                _forget_orphan(path)
            elif path.suffix != ".partial":
                yield _described(kind, path)


def settle(key: str) -> None:
    """Note that the window with this key was read again, so that its lost packages are no longer missing."""
    for path in paths.set_aside_packages_dir().glob(f"{key}-*.note"):
        with suppress(OSError, ValueError):
            note = json.loads(path.read_text())
            if isinstance(note, dict) and not note.get("is_settled"):
                write_json(path, note | {"is_settled": True})


def _described(kind: str, path: Path) -> SetAside:
    try:
        note = json.loads(_note_of(path).read_text())
    except (OSError, ValueError):
        note = None
    note = note if isinstance(note, dict) else {}
    window, at = note.get("window"), note.get("at")
    return SetAside(
        str(note.get("kind") or kind), path, str(note.get("reason") or "its note cannot be read"), at if is_time(at) else None,
        window if isinstance(window, dict) else None, note.get("is_settled") is True,
    )  # fmt: skip


def _folder(kind: str) -> Path:
    return paths.set_aside_writes_dir() if kind == WRITE else paths.set_aside_packages_dir()


def _note_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.note")


def _forget_orphan(note: Path) -> None:
    """Remove a note without its file, unless it is new: then the file may be about to be moved."""
    with suppress(FileNotFoundError):
        if not note.with_suffix("").exists() and note.stat().st_mtime < time.time() - _ORPHANED_SECONDS:
            note.unlink()
