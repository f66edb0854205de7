"""Decides which files belong to the demonstration, which uses only empty folders or its own and removes only its own files.

The markers are `demo.json` in the folder of the warehouse, and a file in the Airflow home.
"""

import hashlib
import json
from datetime import datetime
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from include.warehouse import ownership, paths
from include.warehouse.ownership import NotOurs

KIND = "the home of the demonstration's Airflow"
# the files that the demonstration and Airflow write there; earlier versions wrote no marker
HOME_NAMES = (
    "sandbox.log", "sessions", "airflow.log", "airflow.cfg", "airflow.db*", "logs", "*.pid", "dag_bundles",
    "simple_auth_manager_passwords.json*", "webserver_config.py",
)  # fmt: skip


class NotPossible(Exception):
    """The demonstration cannot run. The message is one line and says what to do."""


def begun() -> datetime | None:
    """The instant that an earlier run of the demonstration has set, or None."""
    try:
        return datetime.fromisoformat(json.loads(_note().read_bytes())["now"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        raise NotPossible(f"{_note()} cannot be read. Remove it, or set SERVICES_WAREHOUSE_DIR to another folder.") from None


def check_warehouse() -> None:
    """Check that the folder of the warehouse can be used.

    Raises:
        NotPossible: It contains files that the demonstration did not write.
    """
    folder = paths.warehouse_dir()
    if paths.build_database().exists():
        raise NotPossible(f"{folder} contains another warehouse. Set SERVICES_WAREHOUSE_DIR to another folder.")
    if others := [name for name in _names(folder) if name not in paths.BROUGHT]:
        raise NotPossible(
            f"{folder} contains files that the demo did not write, such as {others[0]}. Set SERVICES_WAREHOUSE_DIR to a new or "
            "an empty folder."
        )


def claim_warehouse(now: datetime) -> None:
    """Mark the folder of the warehouse as the demonstration's. `now`: the time at which its world stands still."""
    _note().write_text(json.dumps({"now": now.isoformat(), "was_empty": True}))


def has_past() -> bool:
    """Whether the past was read by an earlier run."""
    return bool(_read_note().get("has_past"))


def claim_past() -> None:
    """Note that the past was read."""
    _write_note({"has_past": True})


def claim_stores_file() -> None:
    """Note the stores file that the demonstration wrote, which is its own until somebody edits it."""
    _write_note({"stores": _content_hash(paths.stores_file())})


def claim_home(home: Path) -> None:
    """Mark a folder as the home of the demonstration's Airflow.

    Raises:
        NotPossible: It contains other files, such as those of another Airflow.
    """
    home.mkdir(parents=True, exist_ok=True)
    if not _is_ours(home) and any(home.iterdir()):
        raise NotPossible(f"{home} contains files that the demo did not write. Set DEMO_AIRFLOW_HOME to an empty folder.")
    if not ownership.is_marked(home, KIND):
        ownership.mark(home, KIND)


def remove_home(home: Path) -> list[str]:
    """Remove the Airflow home, if it is the demonstration's; returns messages for the user."""
    if not home.is_dir() or not any(home.iterdir()):
        return []
    if not _is_ours(home):
        raise NotPossible(f"{home} contains files that the demo did not write, and is unchanged. Remove the demo's own by hand.")
    return _remove(home)


def remove_warehouse() -> list[str]:
    """Remove what the demonstration wrote to the folder of the warehouse; returns messages for the user."""
    folder = paths.warehouse_dir()
    if not begun():
        return [f"{folder} contains no demo, and was not changed."]
    others = [name for name in _names(folder) if not _is_the_warehouses(name) and name != _note().name]
    if others and not _read_note().get("was_empty"):
        raise NotPossible(
            f"{folder} was written by an earlier version of the demo and also contains {others[0]}. It was not changed. Move "
            "files that the demo did not write elsewhere, and run this again."
        )
    messages = []
    if paths.stores_file().is_file() and _read_note().get("stores") == _content_hash(paths.stores_file()):
        paths.stores_file().unlink()
    for name in _names(folder):
        if _is_the_warehouses(name) and name not in paths.BROUGHT:
            messages += _remove(folder / name)
    _note().unlink()  # last, so that an interrupted removal can be repeated
    left = _names(folder)
    if "inputs" in left and not any((folder / "inputs").iterdir()):
        (folder / "inputs").rmdir()
        left.remove("inputs")
    if left:
        return [*messages, f"{folder} still contains files that the demo did not write: {', '.join(left[:5])}."]
    if not folder.is_symlink() and not folder.is_mount():
        folder.rmdir()
    return messages


def _is_ours(home: Path) -> bool:
    if ownership.is_marked(home, KIND):
        return True
    is_known = all(any(fnmatch(name, pattern) for pattern in HOME_NAMES) for name in _names(home))
    return is_known and (home / "sandbox.log").is_file()


def _is_the_warehouses(name: str) -> bool:
    return any(fnmatch(name, pattern) for pattern in paths.WRITTEN) or name in paths.BROUGHT


def _remove(path: Path) -> list[str]:
    try:
        ownership.remove(path)
    except (NotOurs, OSError) as error:
        return [str(error)]
    return []


def _names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def _content_hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _read_note() -> dict[str, Any]:
    return json.loads(_note().read_bytes())


def _write_note(values: dict[str, Any]) -> None:
    _note().write_text(json.dumps(_read_note() | values))


def _note() -> Path:
    return paths.warehouse_dir() / "demo.json"
