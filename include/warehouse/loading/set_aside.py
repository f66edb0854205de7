"""What cannot be read is set aside, named and kept, so that it stops nothing else.

A thing that is set aside (the folder of a package, its spool, a file of the journal of writes) is moved as it is, and a note is
written beside it: why, when, and what is known of it. `ops.set_aside` shows what lies there::

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
from datetime import UTC, datetime
from pathlib import Path

from include.warehouse import paths
from include.warehouse.loading.package_files import is_time, unreadable_in, write_json

log = logging.getLogger(__name__)

PACKAGE, SPOOL, WRITE = "package", "spool", "write"
_ORPHANED_SECONDS = 3_600


@dataclass(frozen=True)
class SetAside:
    """One thing that was set aside, with what its note says.

    Attributes:
        window: The row of the attempt at a window whose observations were lost with the package, where it is known.
        is_settled: Nothing is lost any more, for example because the window was read again.
    """

    kind: str
    path: Path
    reason: str
    at: str | None
    window: dict | None
    is_settled: bool


def put(kind: str, path: Path, reason: str, *, advice: str, window: dict | None = None, is_settled: bool = False) -> None:
    """Move a file or folder to the place for its kind, with a note, and log what the reader can do.

    Args:
        kind: `PACKAGE`, `SPOOL` or `WRITE`.
        path: What cannot be read.
        reason: What is wrong with it.
        advice: What happens next, and what the reader can do about it.
        window: The row of the attempt whose observations are lost, if any are.
        is_settled: Whether nothing is lost with it.
    """
    folder = _folder(kind)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / path.name
    if target.exists():
        target = folder / f"{path.name}.{uuid.uuid4().hex[:8]}"
    note = {"kind": kind, "reason": reason, "at": datetime.now(UTC).isoformat(), "window": window, "is_settled": is_settled}
    # the note first: a death in between leaves the thing where it was, to be found again
    write_json(_note_of(target), note)
    with suppress(FileNotFoundError):  # another process has just set it aside
        path.rename(target)
        log.error("%s cannot be used and was set aside as %s: %s. %s", path, target, reason, advice)


def listed() -> Iterator[SetAside]:
    """List what lies in the folders for what was set aside; an unreadable note hides nothing."""
    for kind in (PACKAGE, WRITE):
        for path in sorted(_folder(kind).glob("*")):
            if path.suffix == ".note":
                _forget_orphan(path)
            elif path.suffix != ".partial":
                yield _described(kind, path)


def settle(key: str) -> None:
    """Note that the window with this key was read again, so that nothing of its earlier packages is missing any more."""
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
        None if unreadable_in(window) else window, note.get("is_settled") is True,
    )  # fmt: skip


def _folder(kind: str) -> Path:
    return paths.set_aside_writes_dir() if kind == WRITE else paths.set_aside_packages_dir()


def _note_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.note")


def _forget_orphan(note: Path) -> None:
    """Remove the note of something that is gone; a fresh one may belong to something that is being moved."""
    with suppress(FileNotFoundError):
        if not note.with_suffix("").exists() and note.stat().st_mtime < time.time() - _ORPHANED_SECONDS:
            note.unlink()
