"""Folds finished packages into `build.duckdb`: each one in a single transaction, whole or not at all.

A package may be merged twice (the process died after the commit and before the folder was put away): every statement here
leaves out what is already there. An observation that changes nothing adds nothing (`history`); so `raw` grows with change,
not with reading. A package that cannot be read is set aside, and the others are loaded.
"""

import logging
import shutil
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from include.warehouse import database, paths, restricted, schema
from include.warehouse.journal import api_writes
from include.warehouse.loading import drift, lost_packages, missing_details, packages
from include.warehouse.loading.history import HISTORIES, merge, stage
from include.warehouse.loading.ledger import NAMELESS, record_set_aside, record_window
from include.warehouse.loading.package import COMPLETE, RUNNING, Package
from include.warehouse.loading.package_files import damage_of_data
from include.warehouse.loading.windows import JOBS
from include.warehouse.retention import terms
from include.warehouse.upgrades import future_times, stored_files

log = logging.getLogger(__name__)

QUARANTINE_KEY = ("account", "entity", "record_key", "field", "reason", "payload")

# a checkpoint writes a table's last row group (122,880 rows) anew: by default almost every package would do so
CHECKPOINT = "128MB"
# what a load keeps of the database in memory: by default DuckDB takes most of the machine's, and the more the longer it loads
MEMORY = "400MB"


def load_packages(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Fold every finished package into the database and put it away; note windows that are still being read.

    Returns the number of packages and of rows added to each table. Raises nothing for a failed window: its row says so.
    """
    schema.ensure(connection)
    connection.execute(f"set wal_autocheckpoint = '{CHECKPOINT}'")
    connection.execute(f"set memory_limit = '{MEMORY}'")
    # what was freed goes back to the system at once
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
    """Fold one package, and return the rows added to each table; None where it cannot be read and was set aside."""
    while True:
        try:
            _keep_personal_data(connection, package)
            with database.transaction(connection):
                return _merge(connection, package)
        except (duckdb.Error, pa.ArrowException, OSError):
            # is it this package, or one before it that has to be put in order with it?
            for each in (package, *packages.beside(package)):
                if damage := damage_of_data(each.data):
                    lost_packages.put_aside(each.folder, damage, each.row)
                    break
            else:
                raise
            if each is package:
                return None


def _keep_personal_data(connection: duckdb.DuckDBPyConnection, package: Package) -> None:
    """Before the rest, so that no package is put away with something in it that only it has."""
    files = package.files("personal_data")
    if files and package.row["status"] == COMPLETE:
        if restricted.is_kept():
            contacts = pa.concat_tables([pq.read_table(file, columns=list(schema.PERSONAL_DATA)) for file in files])
            restricted.keep(terms.within_term(connection, package, contacts))
        shutil.rmtree(package.data / "personal_data")


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
    """How many different jobs a package holds; one without an id is in the quarantine alone."""
    named = {name for file in package.files("service_jobs") for name in _column(file, "service_job_id")}
    reasons = [reason for file in package.files("quarantined_records") for reason in _column(file, "reason")]
    return len(named) + reasons.count(NAMELESS)


def _column(file: Path, name: str) -> list:
    return pq.read_table(file, columns=[name])[name].to_pylist()


def _add_quarantined(connection: duckdb.DuckDBPyConnection, package: Package) -> int:
    """The same unreadable value of the same record is told once, however often it is read."""
    columns = schema.OPS_TABLES["quarantined_records"]
    connection.execute("drop table if exists staged")
    stage(connection, package.files("quarantined_records"), columns, "staged", is_new=True)
    key = ", ".join(QUARANTINE_KEY)
    same = " and ".join(f"known.{name} is not distinct from staged.{name}" for name in QUARANTINE_KEY)
    return connection.execute(f"""
        insert into ops.quarantined_records by name
        select staged.* exclude (is_new, filename, file_row_number)
        from (select distinct on ({key}) * from staged order by observed_at) as staged
        where not exists (select 1 from ops.quarantined_records as known where {same})
    """).fetchone()[0]
