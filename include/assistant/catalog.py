"""What the marts and their columns mean, and the ready questions."""

import json
import subprocess
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

from include.warehouse import paths

_lock = Lock()


class CatalogUnavailable(Exception):
    """dbt cannot parse the project."""


def read() -> dict:
    """`tables` and `questions` by name, as `python -m include.bi catalog` writes them. The first call takes seconds.

    Raises:
        CatalogUnavailable: dbt cannot parse the project.
    """
    with _lock:
        return _read()


def warm_up() -> None:
    """Read ahead of the first question, which reports a failure."""
    with suppress(CatalogUnavailable):
        read()


@cache
def _read() -> dict:
    """Dbt runs in a process of its own, because it prints to standard output, which belongs to the protocol."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "catalog.json"
        command = [sys.executable, "-m", "include.bi", "catalog", str(file)]
        process = subprocess.run(command, cwd=paths.PROJECT_DIR, capture_output=True, text=True)
        if process.returncode:
            reason = (process.stderr or process.stdout).strip().splitlines()
            raise CatalogUnavailable(f"The definitions cannot be read: {reason[-1] if reason else process.returncode}")
        return json.loads(file.read_text(encoding="utf-8"))
