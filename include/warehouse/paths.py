"""Where everything of the warehouse lives on disk: the one place that knows.

All of it is below `$SERVICES_WAREHOUSE_DIR` (default `warehouse/` beside `dags/`)::

    build.duckdb                   the pipeline's own database: raw, staging, intermediate, ops
    built_marts.duckdb             its marts: a file of their own, which publishing copies
    restricted.duckdb              personal data, encrypted, where it is kept at all
    packages/                      what extraction has read and nobody has loaded yet
    packages/set_aside/            packages and spools that cannot be read
    writes/                        what was sent to Amazon, and what became of it
    writes/set_aside/              files of that journal that cannot be read
    details/                       which jobs lack their detail, and when each was asked for
    backfills/                     how far unfinished backfills are
    inputs/                        what people bring: tables of writes, lists of job ids, documents
    published/services.duckdb      what BI opens
    published/data_docs/           the validation report
    dbt/                           dbt's target and logs
"""

import os
from pathlib import Path

PROJECT_DIR = Path(__file__).resolve().parents[2]
# by name or pattern, what the pipeline and its commands write into the folder of the warehouse, and what people bring there
WRITTEN = (
    "build.duckdb*", "built_marts.duckdb*", "restricted.duckdb*", ".*.duckdb.*", "packages", "writes", "backfills", "published",
    "dbt", "reports", "superset.zip", "rate_budget", "buyer_hash.key", ".buyer_hash.key.*", "details", "shortened",
)  # fmt: skip
BROUGHT = ("inputs", "stores.csv")


def warehouse_dir() -> Path:
    """The folder of the warehouse, created on first use."""
    folder = Path(os.environ.get("SERVICES_WAREHOUSE_DIR") or PROJECT_DIR / "warehouse").expanduser().absolute()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def build_database() -> Path:
    return warehouse_dir() / "build.duckdb"


def built_marts(build_database: Path) -> Path:
    """The file that holds the marts of `build_database`, beside it."""
    return build_database.with_name("built_marts.duckdb")


def restricted_database() -> Path:
    return warehouse_dir() / "restricted.duckdb"


def packages_dir() -> Path:
    return warehouse_dir() / "packages"


def set_aside_packages_dir() -> Path:
    return packages_dir() / "set_aside"


def writes_dir() -> Path:
    return warehouse_dir() / "writes"


def set_aside_writes_dir() -> Path:
    return writes_dir() / "set_aside"


def details_dir() -> Path:
    return warehouse_dir() / "details"


def backfills_dir() -> Path:
    return warehouse_dir() / "backfills"


def input_dirs() -> list[Path]:
    """The real paths of the folders whose files a run's configuration may name, each an entry of `SERVICES_INPUT_DIR`.

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


def shortened_dir() -> Path:
    return warehouse_dir() / "shortened"


def published_database() -> Path:
    return warehouse_dir() / "published" / "services.duckdb"


def data_docs_dir() -> Path:
    return warehouse_dir() / "published" / "data_docs"


def dbt_project_dir() -> Path:
    return PROJECT_DIR / "dbt_project"


def dbt_target_dir() -> Path:
    return warehouse_dir() / "dbt" / "target"


def dbt_log_dir() -> Path:
    return warehouse_dir() / "dbt" / "logs"
