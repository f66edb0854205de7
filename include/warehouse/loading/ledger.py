"""Writes the ledger of windows, `ops.extract_windows`, and `ops.set_aside`."""

from datetime import UTC, datetime

import duckdb

from include.warehouse import database, schema, set_aside
from include.warehouse.loading import lost_packages
from include.warehouse.loading.package import COMPLETE, FAILED, RUNNING

# the reason of each listed job without an id in the quarantine, once: `load` counts the loaded jobs by it
NAMELESS = "a service job without an id cannot be told from others"
WINDOW_KEY = ("account", "marketplace_id", "entity", "mode", "filter", "window_start", "window_end")


def record_window(connection: duckdb.DuckDBPyConnection, row: dict) -> None:
    """Write the row of an attempt: it replaces an earlier row of the same attempt, or gets the next attempt number."""
    columns = schema.OPS_TABLES["extract_windows"]
    where = " and ".join(f"{name} = ${name}" for name in WINDOW_KEY)
    identity = {name: row[name] for name in WINDOW_KEY}
    started = {**identity, "started_at": row["started_at"]}
    earlier = connection.execute(
        f"delete from ops.extract_windows where {where} and started_at = $started_at returning attempt", started
    ).fetchone()
    last = database.scalar(connection, f"select coalesce(max(attempt), 0) from ops.extract_windows where {where}", identity)
    values = {name: row.get(name) for name in columns} | {"attempt": earlier[0] if earlier else last + 1}
    if row["status"] != RUNNING:
        # `builds` finds later loads by this time, so it grows also when the clock is set back
        latest = database.scalar(connection, "select max(loaded_at) + to_microseconds(1) from ops.extract_windows")
        values["loaded_at"] = max(datetime.now(UTC), latest or datetime.min.replace(tzinfo=UTC))
    database.insert(connection, "ops.extract_windows", [values])


def record_set_aside(connection: duckdb.DuckDBPyConnection) -> int:
    """Write everything that was set aside into `ops.set_aside`, and each lost window as a failed attempt. Safe to repeat.

    Returns:
        How many failed attempts were added.
    """
    items, added = list(lost_packages.listed()), 0
    with database.transaction(connection):
        for item in items:
            row = item.window and item.window | {"status": FAILED, "error": f"its package was set aside: {item.reason}"}
            # a complete one was loaded before it was damaged
            if row and status(connection, row) not in (COMPLETE, FAILED):
                record_window(connection, row | {"finished_at": item.at})
                added += 1
        connection.execute("delete from ops.set_aside")
        database.insert(connection, "ops.set_aside", [_row(item) for item in items])
    return added


def _row(item: set_aside.SetAside) -> dict:
    window = item.window or {}
    return {name: window.get(name) for name in WINDOW_KEY} | {
        "kind": item.kind, "name": item.path.name, "reason": item.reason, "set_aside_at": item.at,
        "is_settled": item.is_settled,
    }  # fmt: skip


def status(connection: duckdb.DuckDBPyConnection, row: dict) -> str | None:
    """Return the recorded status of an attempt; None if it was not recorded yet."""
    where = " and ".join(f"{name} = ${name}" for name in (*WINDOW_KEY, "started_at"))
    values = {name: row[name] for name in (*WINDOW_KEY, "started_at")}
    found = connection.execute(f"select status from ops.extract_windows where {where}", values).fetchone()
    return found[0] if found else None
