"""Guards removals: a marker file lists what this project wrote, and a removal follows no links and stays on one file system.

Users name the folders in which commands remove files (`export DIR`, `SERVICES_WAREHOUSE_DIR`), and can name a wrong one.
"""

import json
import os
import shutil
from pathlib import Path

from include.warehouse import disk

MARKER = ".services-warehouse"


class NotOurs(Exception):
    """A folder holds files of others: nothing was removed. The message says what to do."""


def mark(folder: Path, kind: str, files: list[str] | None = None) -> None:
    """Write a marker into a folder.

    Args:
        folder: The folder that this project wrote.
        kind: What it holds.
        files: The paths, in the folder, of the files that this project wrote; None means all.
    """
    disk.write_json(folder / MARKER, {"made_by": "Services Warehouse", "kind": kind, "files": files})


def is_marked(folder: Path, kind: str) -> bool:
    """Whether a folder has the marker of this kind."""
    return _read(folder).get("kind") == kind


def strangers(folder: Path) -> list[str]:
    """Return the files in a marked folder that its marker does not list; none if it lists no files."""
    files = _read(folder).get("files")
    if files is None:
        return []
    own = {MARKER, *files}
    found = (file.relative_to(folder) for file in folder.rglob("*") if file.is_symlink() or not file.is_dir())
    return sorted(str(file) for file in found if str(file) not in own)


def remove(path: Path) -> None:
    """Remove a file, a link (not its target), or a folder with its content.

    Raises:
        NotOurs: Another file system is mounted in the folder, or it is the root, the home folder or the current folder.
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
