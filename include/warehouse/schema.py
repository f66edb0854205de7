"""The tables of `build.duckdb` that Python writes: the schemas `raw` and `ops`. dbt owns every other schema.

`raw` keeps what the API returned, `ops` how it was read, audited and published. Times are TIMESTAMPTZ, counts BIGINT. A column
that is added here is also added to existing databases; no column is ever dropped.
"""

import duckdb

from include.warehouse import watermarks
from include.warehouse.api_fields import SERVICE_JOB, json_shapes, raw_columns
from include.warehouse.upgrades import stored_database, stored_ranges, stored_texts, stored_windows

RAW_TABLES: dict[str, dict[str, str]] = {
    "service_jobs": {
        "account": "VARCHAR", "marketplace_id": "VARCHAR", "service_job_id": "VARCHAR",
        "observed_at": "TIMESTAMPTZ", "content_hash": "VARCHAR",
        "mode": "VARCHAR", "filter": "VARCHAR", "window_start": "TIMESTAMPTZ", "window_end": "TIMESTAMPTZ",
        "has_detail": "BOOLEAN",
        **{name: kind for name, kind in raw_columns(SERVICE_JOB).items() if name not in ("marketplace_id", "service_job_id")},
        "_extra": "JSON", "_dlt_load_id": "VARCHAR",
    },
    "appointment_slots": {
        "account": "VARCHAR", "marketplace_id": "VARCHAR", "store_id": "VARCHAR", "asin": "VARCHAR",
        "scheduling_type": "VARCHAR", "slot_start_at": "TIMESTAMPTZ", "slot_end_at": "TIMESTAMPTZ", "capacity": "BIGINT",
        "observed_at": "TIMESTAMPTZ", "_dlt_load_id": "VARCHAR",
    },
    "job_appointment_slots": {
        "account": "VARCHAR", "marketplace_id": "VARCHAR", "service_job_id": "VARCHAR",
        "scheduling_type": "VARCHAR", "slot_start_at": "TIMESTAMPTZ", "slot_end_at": "TIMESTAMPTZ", "capacity": "BIGINT",
        "observed_at": "TIMESTAMPTZ", "_dlt_load_id": "VARCHAR",
    },
    "resource_capacity_ranges": {
        "account": "VARCHAR", "marketplace_id": "VARCHAR", "resource_id": "VARCHAR", "capacity_type": "VARCHAR",
        "range_start_at": "TIMESTAMPTZ", "range_end_at": "TIMESTAMPTZ", "capacity": "BIGINT",
        "window_start": "TIMESTAMPTZ", "observed_at": "TIMESTAMPTZ", "_dlt_load_id": "VARCHAR",
    },
    "resource_capacity": {
        "account": "VARCHAR", "marketplace_id": "VARCHAR", "resource_id": "VARCHAR",
        "slot_start_at": "TIMESTAMPTZ", "slot_minutes": "BIGINT",
        "scheduled_capacity": "BIGINT", "available_capacity": "BIGINT", "encumbered_capacity": "BIGINT",
        "reserved_capacity": "BIGINT", "observed_at": "TIMESTAMPTZ", "_dlt_load_id": "VARCHAR",
    },
}  # fmt: skip

# which range of which service a package read completely: in packages alone, not in the database
SNAPSHOT_TABLES: dict[str, dict[str, str]] = {
    table: {
        **dict.fromkeys(("account", "marketplace_id", *target), "VARCHAR"),
        **dict.fromkeys(("range_start", "range_end", "observed_at"), "TIMESTAMPTZ"),
    }
    for table, target in {
        "appointment_slot_snapshots": ("store_id", "asin"),
        "job_appointment_slot_snapshots": ("service_job_id",),
        "resource_capacity_range_snapshots": ("resource_id",),
    }.items()
}

# personal data in a package, sealed: loaded into the encrypted database, where personal data is kept
PERSONAL_DATA = {
    "account": "VARCHAR", "marketplace_id": "VARCHAR", "service_job_id": "VARCHAR", "observed_at": "TIMESTAMPTZ",
    "buyer_key": "VARCHAR", "sealed": "VARCHAR",
}  # fmt: skip

OPS_TABLES: dict[str, dict[str, str]] = {
    "extract_windows": {
        "account": "VARCHAR", "marketplace_id": "VARCHAR", "entity": "VARCHAR", "mode": "VARCHAR", "filter": "VARCHAR",
        "window_start": "TIMESTAMPTZ", "window_end": "TIMESTAMPTZ", "attempt": "BIGINT", "status": "VARCHAR",
        "pages": "BIGINT", "listed": "BIGINT", "distinct_jobs": "BIGINT", "total_result_size": "BIGINT",
        "details": "BIGINT", "details_missing": "BIGINT", "loaded_jobs": "BIGINT",
        "requests": "BIGINT", "throttled": "BIGINT", "waited_seconds": "DOUBLE",
        "started_at": "TIMESTAMPTZ", "finished_at": "TIMESTAMPTZ", "run_id": "VARCHAR",
        "last_request_id": "VARCHAR", "error": "VARCHAR", "loaded_at": "TIMESTAMPTZ",
    },
    "builds": {"run_id": "VARCHAR", "loaded_until": "TIMESTAMPTZ"},
    "quality_results": {
        "run_id": "VARCHAR", "validated_at": "TIMESTAMPTZ", "rule_code": "VARCHAR", "severity": "VARCHAR",
        "table_name": "VARCHAR", "is_success": "BOOLEAN", "unexpected_count": "BIGINT", "sentence": "VARCHAR",
    },
    "quarantined_records": {
        "account": "VARCHAR", "entity": "VARCHAR", "record_key": "VARCHAR", "field": "VARCHAR", "reason": "VARCHAR",
        "payload": "VARCHAR", "observed_at": "TIMESTAMPTZ",
    },
    "schema_drift": {
        "account": "VARCHAR", "entity": "VARCHAR", "path": "VARCHAR", "kind": "VARCHAR",
        "first_observed_at": "TIMESTAMPTZ", "last_observed_at": "TIMESTAMPTZ", "times": "BIGINT", "is_value_kept": "BOOLEAN",
        "value_type": "VARCHAR", "longest_value": "BIGINT", "example": "VARCHAR",
    },
    # the columns of a window are those of a package, where it is known
    "set_aside": {
        "kind": "VARCHAR", "name": "VARCHAR", "reason": "VARCHAR", "set_aside_at": "TIMESTAMPTZ", "is_settled": "BOOLEAN",
        "account": "VARCHAR", "marketplace_id": "VARCHAR", "entity": "VARCHAR", "mode": "VARCHAR", "filter": "VARCHAR",
        "window_start": "TIMESTAMPTZ", "window_end": "TIMESTAMPTZ",
    },
    "publications": {
        "publication_id": "VARCHAR", "published_at": "TIMESTAMPTZ", "as_of": "TIMESTAMPTZ",
        "tables": "BIGINT", "rows": "BIGINT", "bytes": "BIGINT", "seconds": "DOUBLE",
    },
    "api_writes": {
        "account": "VARCHAR", "operation": "VARCHAR", "service_job_id": "VARCHAR", "appointment_id": "VARCHAR",
        "reason_code": "VARCHAR", "request_id": "VARCHAR", "outcome": "VARCHAR", "requested_by": "VARCHAR",
        "sent_at": "TIMESTAMPTZ", "answered_at": "TIMESTAMPTZ", "write_id": "VARCHAR", "marketplace_id": "VARCHAR",
        "resource_id": "VARCHAR", "reservation_id": "VARCHAR", "result": "VARCHAR", "warnings": "VARCHAR", "error": "VARCHAR",
        "load_id": "VARCHAR",
    },
    "removals": {
        "run_id": "VARCHAR", "removed_at": "TIMESTAMPTZ", "reason": "VARCHAR", "place": "VARCHAR", "rows": "BIGINT",
    },
    "stores": {
        "marketplace_id": "VARCHAR", "store_id": "VARCHAR", "store_name": "VARCHAR", "region": "VARCHAR", "manager": "VARCHAR",
        "time_zone": "VARCHAR",
    },
    "stores_file": {"content_hash": "VARCHAR", "read_at": "TIMESTAMPTZ", "error": "VARCHAR"},
    "freshness": {
        "account": "VARCHAR", "marketplace_id": "VARCHAR", "entity": "VARCHAR",
        "as_of": "TIMESTAMPTZ", "minutes_behind": "DOUBLE", "watermark": "TIMESTAMPTZ",
    },
}  # fmt: skip


def ensure(connection: duckdb.DuckDBPyConnection) -> None:
    """Create missing schemas, tables, columns and views, and upgrade stored rows to newer rules. Safe to repeat."""
    stored_ranges.clean(connection)
    for schema, tables in (("raw", RAW_TABLES), ("ops", OPS_TABLES)):
        connection.execute(f"create schema if not exists {schema}")
        for table, columns in tables.items():
            definition = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
            connection.execute(f"create table if not exists {schema}.{table} ({definition})")
            for name, kind in columns.items():
                connection.execute(f'alter table {schema}.{table} add column if not exists "{name}" {kind}')
    _describe(connection)
    watermarks.ensure(connection)
    stored_windows.complete(connection)
    stored_texts.clean(connection)
    stored_database.clean(connection)


def _describe(connection: duckdb.DuckDBPyConnection) -> None:
    """Write the structure of each JSON column of `raw.service_jobs` into its comment, where dbt reads it."""
    described = connection.execute("""
        select column_name, comment from duckdb_columns()
        where database_name = current_database() and schema_name = 'raw' and table_name = 'service_jobs'
    """).fetchall()
    for column, shape in json_shapes(SERVICE_JOB).items():
        if (column, shape) not in described:
            connection.execute(f"comment on column raw.service_jobs.{column} is '{shape}'")
