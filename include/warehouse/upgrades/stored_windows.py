"""Upgrades a database that was filled before observations named the mode and the filter of their window."""

import duckdb


def complete(build: duckdb.DuckDBPyConnection) -> None:
    """Fill in `mode` and `filter` of stored observations from the ledger. Safe to repeat; also for packages of earlier versions.

    If several windows have the same bounds, the attempt that ran when the observation was made counts.

    Args:
        build: The build database, with the tables of `raw` and `ops`.
    """
    build.execute("""
        update raw.service_jobs as jobs set mode = found.window.mode, filter = found.window.filter
        from (
            select
                jobs.rowid as id,
                arg_max({'mode': windows.mode, 'filter': windows.filter}, (
                    coalesce(jobs.observed_at between windows.started_at and windows.finished_at, false), windows.attempt
                )) as window
            from raw.service_jobs as jobs join ops.extract_windows as windows using (account, window_start, window_end)
            where jobs.mode is null and windows.entity = 'jobs'
            group by jobs.rowid
        ) as found
        where jobs.rowid = found.id
    """)
