"""Upgrades packages that were written before `include.privacy.minimization` had its rule.

A package whose files follow the rule holds the file `MARKER`; new packages get it when they are begun.
"""

import json
import logging
from functools import partial
from pathlib import Path

import pyarrow as pa

from include.privacy.minimization import keep_fields
from include.warehouse import table_files
from include.warehouse.upgrades import stored_values

log = logging.getLogger(__name__)

MARKER = "minimized"


def clean_packages(folder: Path) -> None:
    """Clean every package in `folder`, and in its folder `loaded`, that no process is writing."""
    for window in sorted([*folder.glob("*/window.json"), *folder.glob("loaded/*/window.json")]):
        try:
            is_running = json.loads(window.read_bytes())["status"] == "running"
        except (OSError, ValueError, TypeError, KeyError):
            continue  # it was removed meanwhile, or the loader reports it
        if not is_running and not window.parent.name.startswith("."):
            clean_package(window.parent)


def clean_package(folder: Path) -> None:
    """Clean the files of one package that has no marker yet.

    A file that cannot be read is left to the loader, or to the attempt that inherits it.
    """
    if (folder / MARKER).exists():
        return
    keep = keep_fields()
    for file in sorted([*folder.glob("data/*/*.parquet"), *folder.glob("spool/*/*.arrow")]):
        table = file.parent.name
        if table in stored_values.TABLES:
            try:
                table_files.rewrite(file, partial(stored_values.minimized, table, keep=keep))
            except (OSError, pa.ArrowException) as error:
                log.warning("%s of %s cannot be read: %s", file.name, folder.name, error)
    (folder / MARKER).touch()
