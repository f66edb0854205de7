"""Times of a clock that was ahead, in a warehouse that was filled before clocks were checked against the API's.

An observation that lies ahead would outrank every newer one until its time has come. So before packages are merged, whatever is
dated after all that can have happened is dated back: to before the packages that wait, and after what is known of the same key.
The order among the observations of a key stays; what is read from now on is newer. Nothing is found where all clocks were right.
"""

import logging
from datetime import UTC, datetime, timedelta

import duckdb

from include.warehouse import database, schema
from include.warehouse.loading import packages
from include.warehouse.loading.history import HISTORIES, History
from include.warehouse.loading.packages import Package

log = logging.getLogger(__name__)

# clocks that differ by less are taken for equal, as in the tolerance of `include.services_api.clock`
MARGIN = timedelta(minutes=2)


def mend(connection: duckdb.DuckDBPyConnection, waiting: list[Package]) -> int:
    """Date back what lies ahead in `raw` and in the ledger of windows, in a transaction of its own.

    The clock is the machine's, or the newest end of a package if that is later: a machine that is behind dates nothing back.

    Args:
        waiting: the packages that are about to be loaded; without one nothing is done.

    Returns:
        The number of rows dated back.
    """
    ended = [datetime.fromisoformat(one.row["finished_at"]) for one in waiting if one.row.get("finished_at")]
    if not ended:
        return 0
    now = max(datetime.now(UTC), *ended)
    before = min(now, *(datetime.fromisoformat(one.row["observed_since"]) for one in waiting))
    times = {"latest": now + MARGIN, "before": before}
    with database.transaction(connection):
        counts = {f"raw.{history.table}": _mend_table(connection, history, times) for history in HISTORIES}
        counts["ops.extract_windows"] = _mend_windows(connection, times)
    for one in packages.loaded():
        # kept to be arranged with what is yet to come: its observations would bring their times back
        if one.row["status"] == packages.COMPLETE and datetime.fromisoformat(one.row["finished_at"]) > times["latest"]:
            one.remove()
    for table, count in counts.items():
        if count:
            log.warning(
                "%s: %s rows were dated after %s, by a clock that was ahead; they are dated back to %s. Read the days again in "
                "which it was (amazon_services_backfill): their windows may have ended too early",
                table, count, times["latest"], before,
            )  # fmt: skip
    return sum(counts.values())


def _mend_table(connection: duckdb.DuckDBPyConnection, history: History, times: dict) -> int:
    key = ", ".join(history.key)
    same = " and ".join(f"known.{name} is not distinct from ahead.{name}" for name in history.key)
    moved = connection.execute(
        f"""
        with ahead as (
            select rowid as id, {key}, observed_at from raw.{history.table} where observed_at > $latest
        ),

        placed as (
            select
                id,
                greatest($before, (
                    select max(known.observed_at) from raw.{history.table} as known
                    where {same} and known.observed_at <= $latest
                )) + to_microseconds(row_number() over (partition by {key} order by observed_at)) as observed_at
            from ahead
        )

        update raw.{history.table} as kept set observed_at = placed.observed_at
        from placed where kept.rowid = placed.id
        returning kept._dlt_load_id
        """,
        times,
    ).fetchall()
    if moved and schema.exists(connection, "intermediate.built_loads"):
        # dbt knows loads by their rows, and these are none that it has built
        connection.execute(
            "delete from intermediate.built_loads where list_contains(?::varchar[], load_id)", [[load for (load,) in moved]]
        )
    return len(moved)


def _mend_windows(connection: duckdb.DuckDBPyConnection, times: dict) -> int:
    return connection.execute(
        """
        update ops.extract_windows
        set started_at = least(started_at, $before), finished_at = least(finished_at, $before)
        where greatest(started_at, finished_at) > $latest
        """,
        times,
    ).fetchone()[0]
