"""What may be removed: only what a marker file says is ours, link by link, and never what another disk holds.

Commands that remove are given folders by people (`export DIR`, `SERVICES_WAREHOUSE_DIR`), who can name a wrong one.
"""

import json
import os
import shutil
from pathlib import Path

MARKER = ".services-warehouse"


class NotOurs(Exception):
    """A folder that holds what is not ours: nothing of it was removed. The message says what to do."""


def mark(folder: Path, kind: str, files: list[str] | None = None) -> None:
    """Note in a folder that it is ours: all of it, or these files, by their paths in it."""
    partial = folder / f"{MARKER}.partial"
    partial.write_text(json.dumps({"made_by": "Services Warehouse", "kind": kind, "files": files}))
    partial.replace(folder / MARKER)


def is_marked(folder: Path, kind: str) -> bool:
    return _read(folder).get("kind") == kind


def strangers(folder: Path) -> list[str]:
    """The files in a marked folder that its marker does not name, where it names any."""
    files = _read(folder).get("files")
    if files is None:
        return []
    known = {MARKER, *files}
    found = (file.relative_to(folder) for file in folder.rglob("*") if file.is_symlink() or not file.is_dir())
    return sorted(str(file) for file in found if str(file) not in known)


def remove(path: Path) -> None:
    """Remove a file, a link (and not what it leads to), or a folder with all that is in it.

    Raises:
        NotOurs: It is, or holds, a folder on which another file system is mounted, or it is no place to remove.
    """
    if path.is_symlink() or not path.is_dir():
        path.unlink(missing_ok=True)
        return
    real = Path(os.path.realpath(path))
    if real == real.parent or real in (Path.home(), Path.cwd(), *Path.cwd().parents):
        raise NotOurs(f"{path} is not removed: it is the root, the home folder or the current folder.")
    device = path.lstat().st_dev
    folders = [path, *(Path(folder) / name for folder, names, _ in os.walk(path) for name in names)]
    for folder in folders:
        if os.path.ismount(folder) or folder.lstat().st_dev != device:
            raise NotOurs(f"{path} is not removed: another file system is mounted at {folder}. Unmount it, or remove by hand.")
    shutil.rmtree(path)


def _read(folder: Path) -> dict:
    try:
        marker = json.loads((folder / MARKER).read_bytes())
    except (OSError, ValueError):
        return {}
    return marker if isinstance(marker, dict) and marker.get("made_by") == "Services Warehouse" else {}
