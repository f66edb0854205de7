"""The ledger of windows, `ops.extract_windows`, and `ops.set_aside`: how Python writes both."""

from datetime import UTC, datetime

import duckdb

from include.warehouse import database, schema
from include.warehouse.loading import set_aside
from include.warehouse.loading.package import COMPLETE, FAILED, RUNNING

# what the quarantine says, once, of each listed job without an id: by it the jobs that were loaded are counted
NAMELESS = "a service job without an id cannot be told from others"
WINDOW_KEY = ("account", "marketplace_id", "entity", "mode", "filter", "window_start", "window_end")


def record_window(connection: duckdb.DuckDBPyConnection, row: dict) -> None:
    """Write the attempt's row: the same attempt replaces its earlier row, another one counts up."""
    columns = schema.OPS_TABLES["extract_windows"]
    where = " and ".join(f"{name} = ${name}" for name in WINDOW_KEY)
    identity = {name: row[name] for name in WINDOW_KEY}
    started = {**identity, "started_at": row["started_at"]}
    known = connection.execute(
        f"delete from ops.extract_windows where {where} and started_at = $started_at returning attempt", started
    ).fetchone()
    (last,) = connection.execute(f"select coalesce(max(attempt), 0) from ops.extract_windows where {where}", identity).fetchone()
    values = {name: row.get(name) for name in columns} | {"attempt": known[0] if known else last + 1}
    if row["status"] != RUNNING:
        # who asks what was loaded since (`builds`) goes by this order, whatever was done to the clock
        (latest,) = connection.execute("select max(loaded_at) + to_microseconds(1) from ops.extract_windows").fetchone()
        values["loaded_at"] = max(datetime.now(UTC), latest or datetime.min.replace(tzinfo=UTC))
    _insert(connection, "extract_windows", values)


def record_set_aside(connection: duckdb.DuckDBPyConnection) -> int:
    """Write down what was set aside: a lost window as a failed attempt, and everything in `ops.set_aside`.

    Returns:
        How many windows this was news of. Repeating it changes nothing.
    """
    things, news = list(set_aside.listed()), 0
    with database.transaction(connection):
        for thing in things:
            row = thing.window and thing.window | {"status": FAILED, "error": f"its package was set aside: {thing.reason}"}
            # one that is complete was loaded before it was damaged
            if row and _status(connection, row) not in (COMPLETE, FAILED):
                record_window(connection, row | {"finished_at": thing.at})
                news += 1
        connection.execute("delete from ops.set_aside")
        for thing in things:
            _insert(connection, "set_aside", _row(thing))
    return news


def _row(thing: set_aside.SetAside) -> dict:
    window = thing.window or {}
    about = {name: window.get(name) for name in WINDOW_KEY}
    return about | {
        "kind": thing.kind, "name": thing.path.name, "reason": thing.reason, "set_aside_at": thing.at,
        "is_settled": thing.is_settled,
    }  # fmt: skip


def _status(connection: duckdb.DuckDBPyConnection, row: dict) -> str | None:
    where = " and ".join(f"{name} = ${name}" for name in (*WINDOW_KEY, "started_at"))
    values = {name: row[name] for name in (*WINDOW_KEY, "started_at")}
    found = connection.execute(f"select status from ops.extract_windows where {where}", values).fetchone()
    return found[0] if found else None


def _insert(connection: duckdb.DuckDBPyConnection, table: str, values: dict) -> None:
    names = ", ".join(f'"{name}"' for name in values)
    connection.execute(f"insert into ops.{table} ({names}) values ({', '.join(f'${name}' for name in values)})", values)
