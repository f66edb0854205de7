"""Upgrades a database that was filled before `include.privacy.minimization` had its rule.

`schema.ensure` cleans the rows once, in one transaction; dbt then models the changed loads again. Removed values can be read in
free blocks of the files until these are compacted (`compact`, after the next build), and in published versions until these are
dropped (after the next publication). The table `audit.stored_values` notes when each of the three steps was done.
"""

import logging
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from include.privacy.minimization import TOKEN, anywhere, keep_fields, length_of, type_of
from include.warehouse import compaction, database, paths
from include.warehouse.content import CONTENT
from include.warehouse.upgrades import stored_values

log = logging.getLogger(__name__)

_NOTES = "audit.stored_values"
_BATCH_ROWS = 50_000
_COLUMNS = (*CONTENT, "content_hash")
_ENUMERATED = '"(?:appointmentStatus|poaType|itemStatus|serviceLocationType)"\\s*:\\s*"'
# whether some value of an enumeration is not written as one
_ODD_VALUE = (
    f"len(regexp_extract_all({{0}}::varchar, '{_ENUMERATED}')) <> len(regexp_extract_all({{0}}::varchar, "
    f"'{_ENUMERATED}{TOKEN.replace('{', '{{').replace('}', '}}')}\"'))"
)
# the rows that may need a change
_SUSPECT = f"""(
    _extra is not null or contains(associated_items::varchar, '"linkedAssets"')
    or not regexp_full_match(service_job_status, '{TOKEN}')
    or {" or ".join(_ODD_VALUE.format(name) for name in stored_values.DOCUMENTS)}
)"""
_QUARANTINE_KEY = "account, entity, record_key, field, reason, payload"


def clean(build: duckdb.DuckDBPyConnection) -> None:
    """Clean the database, unless that was done before.

    Args:
        build: The build database, with the tables of `raw` and `ops`.
    """
    build.execute("create schema if not exists audit")
    build.execute(
        f"create table if not exists {_NOTES} (cleaned_at timestamptz, compacted_at timestamptz, dropped_at timestamptz)"
    )
    if build.execute(f"from {_NOTES}").fetchone():
        return
    keep = keep_fields()
    with database.transaction(build):
        loads = _clean_jobs(build, keep)
        for table in ("appointment_slots", "job_appointment_slots") if "schedulingType" not in keep else ():
            loads += _loads(build, f"update raw.{table} set scheduling_type = null where {_is_odd('scheduling_type')}")
        loads += _loads(build, f"delete from raw.resource_capacity_ranges where {_is_odd('capacity_type')}")
        database.model_again(build, loads)
        changed = len(loads) + _clean_quarantine(build, keep)
        now = datetime.now(UTC)
        done_at = None if changed else now
        build.execute(f"insert into {_NOTES} values (?, ?, ?)", [now, done_at, done_at])
    if changed:
        log.info("Values in places that Amazon's model does not know were removed from %s stored rows", changed)


def compact(file: Path) -> None:
    """Compact the build database and its marts once, when rows were cleaned. Nothing else may have them open."""
    with database.connect(file) as build:
        pending = build.execute(f"from {_NOTES} where compacted_at is null").fetchone()
    if pending:
        for database_file in (file, paths.built_marts(file)):
            compaction.compact(database_file, force=True)
        with database.connect(file) as build:
            build.execute(f"update {_NOTES} set compacted_at = ?", [datetime.now(UTC)])


def has_old_versions(build: duckdb.DuckDBPyConnection) -> bool:
    """Whether the published file is clean, but its earlier versions may still hold removed values."""
    return bool(build.execute(f"from {_NOTES} where compacted_at is not null and dropped_at is null").fetchone())


def note_versions_dropped(build: duckdb.DuckDBPyConnection) -> None:
    """Note that the earlier versions were dropped."""
    build.execute(f"update {_NOTES} set dropped_at = ?", [datetime.now(UTC)])


def _clean_jobs(build: duckdb.DuckDBPyConnection, keep: frozenset[str]) -> list[str]:
    """Clean `raw.service_jobs`, and note its unknown fields in `ops.schema_drift`; return the load of each changed row."""
    columns = ", ".join(_COLUMNS)
    drift: dict[tuple[str, str], dict] = {}
    texts = ", ".join(name if name in ("has_detail", "create_time") else f"{name}::varchar as {name}" for name in _COLUMNS)
    suspects = (
        f"select rowid as id, account, observed_at, {texts} from raw.service_jobs where {_SUSPECT} and rowid between ? and ?"
    )
    build.execute(f"create or replace temp table changed_jobs as select rowid as id, {columns} from raw.service_jobs limit 0")
    last = database.scalar(build, "select coalesce(max(rowid), -1) from raw.service_jobs")
    for first in range(0, last + 1, _BATCH_ROWS):
        rows = build.execute(suspects, [first, first + _BATCH_ROWS - 1]).to_arrow_table()
        changed = []
        for row in rows.to_pylist():
            job = stored_values.StoredJob({name: row[name] for name in _COLUMNS}, keep)
            new = job.minimized()
            changed += [] if new["content_hash"] == row["content_hash"] else [new | {"id": row["id"]}]
            _count(drift, row, job)
        build.register("changed_rows", pa.Table.from_pylist(changed, rows.drop_columns(["account", "observed_at"]).schema))
        build.execute(f"insert into changed_jobs select id, {columns} from changed_rows")
        build.unregister("changed_rows")
    database.insert(build, "ops.schema_drift", [*drift.values()])
    settings = ", ".join(f"{name} = changed.{name}" for name in _COLUMNS)
    update = f"update raw.service_jobs as jobs set {settings} from changed_jobs as changed where jobs.rowid = changed.id"
    return _loads(build, update) + _drop_repetitions(build)


def _count(drift: dict[tuple[str, str], dict], row: dict, job: stored_values.StoredJob) -> None:
    """Count each unknown field of a stored version once."""
    for path, leaf in {anywhere(leaf.path): leaf for leaf in job.met}.items():
        before = drift.get((row["account"], path))
        drift[row["account"], path] = {
            "account": row["account"], "entity": "jobs", "path": path, "kind": "unknown_field",
            "first_observed_at": min(row["observed_at"], before["first_observed_at"]) if before else row["observed_at"],
            "last_observed_at": max(row["observed_at"], before["last_observed_at"]) if before else row["observed_at"],
            "times": before["times"] + 1 if before else 1,
            "is_value_kept": leaf.is_kept and (not before or before["is_value_kept"]),
            "value_type": type_of(leaf.value), "longest_value": length_of(leaf.value),
        }  # fmt: skip


def _drop_repetitions(build: duckdb.DuckDBPyConnection) -> list[str]:
    """Drop versions that differed from the one before only in values that are no longer stored."""
    return _loads(
        build,
        """
        delete from raw.service_jobs where rowid in (
            select id
            from (
                select rowid as id, content_hash, lag(content_hash) over (
                    partition by account, service_job_id order by observed_at
                ) as hash_before
                from raw.service_jobs
                semi join (select distinct service_job_id from changed_jobs) using (service_job_id)
            )
            where content_hash = hash_before
        )
        """,
    )


def _clean_quarantine(build: duckdb.DuckDBPyConnection, keep: frozenset[str]) -> int:
    """Clean the quarantine and drop rows that then are duplicates; return how many different values changed."""
    before = build.execute("select distinct field, payload from ops.quarantined_records").to_arrow_table()
    after = stored_values.minimized("quarantined_records", before, keep)
    pairs = zip(before.to_pylist(), after.to_pylist(), strict=True)
    changed = [old | {f"new_{name}": value for name, value in new.items()} for old, new in pairs if new != old]
    if changed:
        build.register("changed_rows", pa.Table.from_pylist(changed))
        build.execute("""
            update ops.quarantined_records as kept set field = new_field, payload = new_payload from changed_rows as changed
            where kept.field is not distinct from changed.field and kept.payload is not distinct from changed.payload
        """)
        build.unregister("changed_rows")
        build.execute(f"""
            delete from ops.quarantined_records
            where rowid not in (select min(rowid) from ops.quarantined_records group by {_QUARANTINE_KEY})
        """)
    return len(changed)


def _is_odd(column: str) -> str:
    return f"not regexp_full_match({column}, '{TOKEN}')"


def _loads(build: duckdb.DuckDBPyConnection, statement: str) -> list[str]:
    return [load for (load,) in build.execute(f"{statement} returning _dlt_load_id").fetchall()]
