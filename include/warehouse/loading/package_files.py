"""Checks the files of a package when they are read: `window.json`, Arrow spools and Parquet data."""

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from include.warehouse import schema
from include.warehouse.table_files import read_spool
from include.warehouse.times import is_time

WINDOW, BEGUN = "window.json", "begun.json"
STATUSES = ("running", "complete", "failed")
_TEXTS = ("account", "marketplace_id", "entity", "mode", "filter", "run_id")
_TIMES = ("window_start", "window_end", "started_at", "observed_since")
_COUNTS = ("BIGINT", "DOUBLE")


class Damaged(Exception):
    """A file of a package cannot be read; the message names the file and the damage."""


def read_row(file: Path) -> dict:
    """Read the row of an attempt at a window.

    Raises:
        Damaged: The file is empty, is not JSON, or does not hold such a row.
        FileNotFoundError: There is no such file.
    """
    try:
        row = json.loads(file.read_bytes())
    except ValueError as error:
        raise Damaged(f"{file.name} is not JSON ({file.stat().st_size} bytes: {error})") from None
    if isinstance(row, dict):
        # defaults for packages of the first version, which wrote neither column
        row = {"observed_since": row.get("started_at"), "load_id": file.parent.name} | row
    if wrong := unreadable_in(row):
        raise Damaged(f"{file.name} has no readable {', '.join(wrong)}")
    return row


def unreadable_in(row: object) -> list[str]:
    """Return the names of the columns of an attempt's row that are missing or have a wrong type."""
    if not isinstance(row, dict):
        return ["row"]
    wrong = [name for name in _TEXTS if not isinstance(row.get(name), str)]
    times = (*_TIMES, "finished_at") if row.get("status") != "running" else _TIMES
    wrong += [name for name in times if not is_time(row.get(name))]
    wrong += ["status"] if row.get("status") not in STATUSES else []
    wrong += ["load_id"] if row.get("status") == "complete" and not isinstance(row.get("load_id"), str) else []
    columns = schema.OPS_TABLES["extract_windows"]
    return wrong + [name for name in columns if columns[name] in _COUNTS and not isinstance(row.get(name), int | float | None)]


def damage_of_spool(folder: Path) -> str | None:
    """Return which Arrow file below `folder` cannot be read, or was written by a newer version; None if all are good."""
    return _first_damage(folder, "*/*.arrow", _check_spool)


def damage_of_data(folder: Path) -> str | None:
    """Return which Parquet file below `folder` cannot be read or lacks a column of its table; None if all are good."""
    return _first_damage(folder, "*/*.parquet", _check_parquet)


def _first_damage(folder: Path, pattern: str, read: Callable[[Path], object]) -> str | None:
    for file in sorted(folder.glob(pattern)):
        try:
            read(file)
        except (OSError, pa.ArrowException, Damaged) as error:
            return f"{file.relative_to(folder.parent)} cannot be read ({str(error).splitlines()[0]})"
    return None


def _columns(table: str) -> set[str]:
    tables = schema.RAW_TABLES | schema.SNAPSHOT_TABLES | schema.OPS_TABLES | {"personal_data": schema.PERSONAL_DATA}
    return {name for name in tables.get(table, {}) if name != "_dlt_load_id"}


def _check_spool(file: Path) -> None:
    # after an update was undone: dlt would refuse them
    if unknown := sorted(set(read_spool(file).column_names) - _columns(file.parent.name)):
        raise Damaged(f"it has columns that are not known here: {', '.join(unknown)}")


def _check_parquet(file: Path) -> None:
    if missing := sorted(_columns(file.parent.name) - set(pq.read_table(file).column_names)):
        raise Damaged(f"it has no column {', '.join(missing)}")
