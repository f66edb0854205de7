"""Merges finished packages into `build.duckdb`, each in one transaction, completely or not at all.

A package may be merged twice, when the process died after the commit and before the folder was moved, so every statement here
skips rows that are already stored. An observation without a change adds no row (`history`), so `raw` grows with changes, not with
requests. A package that cannot be read is set aside, and the others are loaded.
"""

import logging

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from include.warehouse import database, paths, schema
from include.warehouse.journal import api_writes
from include.warehouse.loading import contacts, drift, future_times, lost_packages, missing_details, packages
from include.warehouse.loading.histories import HISTORIES
from include.warehouse.loading.history import merge, stage
from include.warehouse.loading.ledger import NAMELESS, record_set_aside, record_window
from include.warehouse.loading.package import COMPLETE, RUNNING, Package
from include.warehouse.loading.package_files import damage_of_data
from include.warehouse.loading.windows import JOBS
from include.warehouse.upgrades import stored_files

log = logging.getLogger(__name__)

QUARANTINE_KEY = ("account", "entity", "record_key", "field", "reason", "payload")

# a checkpoint rewrites a table's last row group (122,880 rows): by default almost every package would cause one
CHECKPOINT = "128MB"
# DuckDB's memory while loading: by default it grows to most of the machine's
MEMORY = "400MB"


def load_packages(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Merge every finished package and put it away; record windows that are still being read or have failed.

    Args:
        connection: The build database.

    Returns:
        The number of packages, and of rows added by table.
    """
    schema.ensure(connection)
    connection.execute(f"set wal_autocheckpoint = '{CHECKPOINT}'")
    connection.execute(f"set memory_limit = '{MEMORY}'")
    # returns freed memory to the system at once
    connection.execute("set allocator_background_threads = true")
    added = {"packages": 0}
    if written := api_writes.merge(connection):
        added["api_writes"] = written
    stored_files.clean_packages(paths.packages_dir())
    future_times.mend(connection, packages.waiting())
    for package in packages.waiting():
        if package.take_over():
            package.fail(packages.INTERRUPTED)
        rows = _load(connection, package)
        if rows is not None and package.row["status"] != RUNNING:
            package.retire()
            added["packages"] += 1
        for table, count in (rows or {}).items():
            added[table] = added.get(table, 0) + count
    packages.tidy()
    added["packages"] += record_set_aside(connection)
    missing_details.write(connection)
    log.info("Loaded %s", ", ".join(f"{count} {name}" for name, count in added.items()))
    return added


def _load(connection: duckdb.DuckDBPyConnection, package: Package) -> dict[str, int] | None:
    """Merge one package; return the rows added by table, or None if it cannot be read and was set aside."""
    while True:
        try:
            contacts.keep(connection, package)
            with database.transaction(connection):
                return _merge(connection, package)
        except (duckdb.Error, pa.ArrowException, OSError):
            # the damage may be in this package, or in a loaded one that is merged with it
            for candidate in (package, *packages.beside(package)):
                if damage := damage_of_data(candidate.data):
                    lost_packages.put_aside(candidate.folder, damage, candidate.row)
                    break
            else:
                raise
            if candidate is package:
                return None


def _merge(connection: duckdb.DuckDBPyConnection, package: Package) -> dict[str, int]:
    rows: dict[str, int] = {}
    if package.row["status"] == COMPLETE:
        rows |= {history.table: merge(connection, package, history) for history in HISTORIES if history.is_in(package)}
        if package.files("quarantined_records"):
            rows["quarantined_records"] = _add_quarantined(connection, package)
        if new := drift.add(connection, package):
            rows["schema_drift"] = new
        if package.row["entity"] == JOBS:
            package.row["loaded_jobs"] = _count_jobs(package)
    record_window(connection, package.row)
    return rows


def _count_jobs(package: Package) -> int:
    """Count the different jobs of a package; jobs without an id are only in the quarantine."""
    ids, reasons = _column(package, "service_jobs", "service_job_id"), _column(package, "quarantined_records", "reason")
    return len(set(ids)) + reasons.count(NAMELESS)


def _column(package: Package, table: str, name: str) -> list:
    return [value for file in package.files(table) for value in pq.read_table(file, columns=[name])[name].to_pylist()]


def _add_quarantined(connection: duckdb.DuckDBPyConnection, package: Package) -> int:
    """Add the rows of the quarantine that are new: the same value of the same record is stored once."""
    columns = schema.OPS_TABLES["quarantined_records"]
    stage(connection, "staged", columns, package.files("quarantined_records"))
    key = ", ".join(QUARANTINE_KEY)
    same = " and ".join(f"stored.{name} is not distinct from staged.{name}" for name in QUARANTINE_KEY)
    return database.scalar(
        connection,
        f"""
        insert into ops.quarantined_records by name
        select staged.* exclude (is_new, filename, file_row_number)
        from (select distinct on ({key}) * from staged order by observed_at) as staged
        where not exists (select 1 from ops.quarantined_records as stored where {same})
        """,
    )
