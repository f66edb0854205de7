"""Applies the rule of `include.privacy.minimization` to packages that were written before there was such a rule.

A package whose files keep to the rule has the file `MARKER`: one that is begun today has it from the start.
"""

import json
import logging
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from include.privacy.minimization import keep_fields
from include.warehouse.loading import package_files
from include.warehouse.upgrades import stored_values

log = logging.getLogger(__name__)

MARKER = "minimized"
_FORMATS = {".parquet": (pq.read_table, pq.write_table), ".arrow": (package_files.read_spool, package_files.write_spool)}


def clean_packages(folder: Path) -> None:
    """Clean every package in `folder`, and in its folder `loaded`, that no process is writing."""
    for window in sorted([*folder.glob("*/window.json"), *folder.glob("loaded/*/window.json")]):
        try:
            is_running = json.loads(window.read_bytes())["status"] == "running"
        except (OSError, ValueError, TypeError, KeyError):
            continue  # it is gone, or the loader says what is wrong with it
        if not is_running and not window.parent.name.startswith("."):
            clean_package(window.parent)


def clean_package(folder: Path) -> None:
    """Clean the files of one package, unless they keep to the rule; each file is replaced as a whole.

    A file that cannot be read is left to the loader, or to the attempt that goes on from it.
    """
    if (folder / MARKER).exists():
        return
    keep = keep_fields()
    for file in sorted([*folder.glob("data/*/*.parquet"), *folder.glob("spool/*/*.arrow")]):
        if file.parent.name in stored_values.TABLES:
            try:
                _clean(file, keep)
            except (OSError, pa.ArrowException) as error:
                log.warning("%s of %s cannot be read: %s", file.name, folder.name, error)
    (folder / MARKER).touch()


def _clean(file: Path, keep: frozenset[str]) -> None:
    read, write = _FORMATS[file.suffix]
    rows = read(file)
    cleaned = stored_values.minimized(file.parent.name, rows, keep)
    if not cleaned.equals(rows):
        partial = file.with_name(f".{file.name}.partial")
        write(cleaned, partial)
        partial.replace(file)
