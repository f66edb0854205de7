"""Corrects times of a clock that was ahead, in a warehouse that was filled before clocks were checked against the API's.

An observation with a future time would count as the newest of its key until that time has come. So before packages are merged,
such observations are dated back: to before the packages that wait, and after the other observations of the same key. Their order
stays, and whatever is read from now on is newer.
"""

import logging
from datetime import UTC, datetime, timedelta

import duckdb

from include.warehouse import database
from include.warehouse.loading import packages
from include.warehouse.loading.histories import HISTORIES, History
from include.warehouse.loading.packages import Package

log = logging.getLogger(__name__)

# clocks that differ by less count as equal, as in the tolerance of `include.services_api.clock`
MARGIN = timedelta(minutes=2)


def mend(connection: duckdb.DuckDBPyConnection, waiting: list[Package]) -> int:
    """Date back rows with future times in `raw` and in the ledger of windows, in a transaction of its own.

    The present is the machine's clock, or the newest end of a package if that is later: with a clock that is behind, no row is
    dated back.

    Args:
        connection: The build database.
        waiting: The packages that are about to be loaded; without one nothing is done.

    Returns:
        The number of rows dated back.
    """
    ended = [datetime.fromisoformat(package.row["finished_at"]) for package in waiting if package.row.get("finished_at")]
    if not ended:
        return 0
    now = max(datetime.now(UTC), *ended)
    before = min(now, *(datetime.fromisoformat(package.row["observed_since"]) for package in waiting))
    times = {"latest": now + MARGIN, "before": before}
    with database.transaction(connection):
        counts = {f"raw.{history.table}": _mend_table(connection, history, times) for history in HISTORIES}
        counts["ops.extract_windows"] = _mend_windows(connection, times)
    for package in packages.loaded():
        # a later merge would bring the times of its observations back
        if package.row["status"] == packages.COMPLETE and datetime.fromisoformat(package.row["finished_at"]) > times["latest"]:
            package.remove()
    for table, count in counts.items():
        if count:
            log.warning(
                "%s: %s rows were dated after %s by a clock that was ahead; they are dated back to %s. Read the days in which it "
                "was ahead again (amazon_services_backfill): their windows may have ended too early",
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
    database.model_again(connection, [load for (load,) in moved])
    return len(moved)


def _mend_windows(connection: duckdb.DuckDBPyConnection, times: dict) -> int:
    return database.scalar(
        connection,
        """
        update ops.extract_windows
        set started_at = least(started_at, $before), finished_at = least(finished_at, $before)
        where greatest(started_at, finished_at) > $latest
        """,
        times,
    )
