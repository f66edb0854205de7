"""The paths of all files and folders of the warehouse.

All of them are below `$SERVICES_WAREHOUSE_DIR` (default `warehouse/` beside `dags/`)::

    build.duckdb                   the pipeline's own database: raw, staging, intermediate, ops
    built_marts.duckdb             its marts: a file of their own, which publishing copies
    restricted.duckdb              personal data, encrypted, where it is kept at all
    packages/                      load packages that extraction wrote and the loader has not loaded yet
    packages/set_aside/            packages and spools that cannot be read
    writes/                        the journal of writes to Amazon, with their outcomes
    writes/set_aside/              files of that journal that cannot be read
    details/                       jobs that lack their detail, and when each was requested again
    backfills/                     bookmarks of unfinished backfills
    inputs/                        files of users: tables of writes, lists of job ids, documents
    calendars/                     calendars and tables of the technicians, for them
    stores.csv                     names, regions, managers and time zones of stores, by the user
    published/services.duckdb      what BI opens
    published/data_docs/           the validation report
    dbt/                           dbt's target and logs
"""

import os
import re
from pathlib import Path

PROJECT_DIR = Path(__file__).resolve().parents[2]
# names or patterns in the folder of the warehouse: what the pipeline and its commands write, and what users put there
WRITTEN = (
    "build.duckdb*", "built_marts.duckdb*", "restricted.duckdb*", ".*.duckdb.*", "packages", "writes", "backfills", "published",
    "dbt", "reports", "superset.zip", "rate_budget", "buyer_hash.key", ".buyer_hash.key.*", "details", "shortened",
    "calendars",
)  # fmt: skip
BROUGHT = ("inputs", "stores.csv")
# the files that this project writes into the folder of the calendars, which may hold others
_CALENDAR_FILE = re.compile(r"technician-.*-[0-9a-f]{12}\.(ics|csv)|\.technician-.*-[0-9a-f]{12}\.(ics|csv)\.partial")


def warehouse_dir() -> Path:
    """Return the folder of the warehouse, created on first use."""
    folder = Path(os.environ.get("SERVICES_WAREHOUSE_DIR") or PROJECT_DIR / "warehouse").expanduser().absolute()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def build_database() -> Path:
    """Return the pipeline's own database file."""
    return warehouse_dir() / "build.duckdb"


def built_marts(build_database: Path) -> Path:
    """Return the file beside `build_database` that holds its marts."""
    return build_database.with_name("built_marts.duckdb")


def restricted_database() -> Path:
    """Return the encrypted database file of personal data."""
    return warehouse_dir() / "restricted.duckdb"


def packages_dir() -> Path:
    """Return the folder of load packages."""
    return warehouse_dir() / "packages"


def set_aside_packages_dir() -> Path:
    """Return the folder of packages and spools that cannot be read."""
    return packages_dir() / "set_aside"


def writes_dir() -> Path:
    """Return the folder of the journal of writes."""
    return warehouse_dir() / "writes"


def set_aside_writes_dir() -> Path:
    """Return the folder of the journal's files that cannot be read."""
    return writes_dir() / "set_aside"


def details_dir() -> Path:
    """Return the folder that lists the jobs that lack their detail."""
    return warehouse_dir() / "details"


def backfills_dir() -> Path:
    """Return the folder of the bookmarks of unfinished backfills."""
    return warehouse_dir() / "backfills"


def input_dirs() -> list[Path]:
    """Return the real paths of the folders whose files a run's configuration may name: the entries of `SERVICES_INPUT_DIR`.

    Raises:
        ValueError: The root of the file system is one of them.
    """
    setting = os.environ.get("SERVICES_INPUT_DIR", "").strip()
    if not setting:
        (warehouse_dir() / "inputs").mkdir(exist_ok=True)
        return [Path(os.path.realpath(warehouse_dir() / "inputs"))]
    folders = [Path(os.path.realpath(Path(entry).expanduser())) for entry in setting.split(os.pathsep) if entry.strip()]
    if not folders or any(folder == folder.parent for folder in folders):
        raise ValueError(f"SERVICES_INPUT_DIR should name folders for input, not the whole file system, but is {setting!r}.")
    return folders


def stores_file() -> Path:
    """Return the file with names, regions, managers and time zones of stores, which the seller maintains and may not exist."""
    return Path(os.environ.get("SERVICES_STORES") or warehouse_dir() / "stores.csv").expanduser().absolute()


def calendars_dir() -> Path:
    """Return the folder of the technicians' calendars and tables, which may not exist yet."""
    return Path(os.environ.get("SERVICES_CALENDAR_DIR") or warehouse_dir() / "calendars").expanduser().absolute()


def calendar_files(folder: Path | None = None) -> list[Path]:
    """Return the files of technicians in `folder`, by default in `calendars_dir()`, without files of others."""
    folder = folder or calendars_dir()
    return sorted(file for file in folder.glob("*") if _CALENDAR_FILE.fullmatch(file.name)) if folder.is_dir() else []


def shortened_dir() -> Path:
    """Return the folder that notes which scheduled windows ended before their data interval did."""
    return warehouse_dir() / "shortened"


def published_database() -> Path:
    """Return the file that BI tools open."""
    return warehouse_dir() / "published" / "services.duckdb"


def data_docs_dir() -> Path:
    """Return the folder of the validation report."""
    return warehouse_dir() / "published" / "data_docs"


def dbt_project_dir() -> Path:
    """Return the folder of the dbt project."""
    return PROJECT_DIR / "dbt_project"


def dbt_target_dir() -> Path:
    """Return the folder of dbt's target."""
    return warehouse_dir() / "dbt" / "target"


def dbt_log_dir() -> Path:
    """Return the folder of dbt's logs."""
    return warehouse_dir() / "dbt" / "logs"
