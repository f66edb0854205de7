"""Merges observations into the histories in `raw`, in the order of time, and keeps those that changed something.

A table of `raw` depends on all observations that were ever loaded, but not on the order in which packages came: of each key, in
the order of `observed_at`, it has every observation whose content differs from the one before. For example, the capacity of the
slot at 9:00, and of the slot at 10:00, in three packages that each read the range from 9:00 to 11:00 completely (a snapshot)::

    package   observed_at   observations            rows of raw after the merge: observed_at, slot, capacity
    A         12:00         9:00 = 2, 10:00 = 1     12:00 9:00 2      12:00 10:00 1
    C         12:20         9:00 = 2                12:00 9:00 2      12:00 10:00 1     12:20 10:00 null
    B         12:10         9:00 = 3                12:00 9:00 2      12:00 10:00 1     12:10 10:00 null
              (late)                                12:10 9:00 3
                                                    12:20 9:00 2

C repeats the capacity of 9:00, which adds no row, and lacks 10:00: a slot in the range of a snapshot without an observation has
vanished, which is a row without content. B was read before C and is loaded after it. It moves the end of 10:00 to 12:10, so the
row of 12:20 is removed, and it changes 9:00 in between, so the observation of 12:20, which was left out, becomes a row.

A merge therefore compares all observations of the keys that it touches: the rows of `raw`, of the package, and of loaded packages
that may interleave with it (`packages.beside`). It writes only the difference, which usually is a few new rows.

dlt's `scd2` and dbt's snapshots compare a load only with the newest stored row. `scd2` dates all changes of a load by one time,
so B would end the newest version of 9:00 with 3, although C had seen 2 after it. A snapshot of dbt ignores a row that is older
than the newest one. `scd2` can limit what counts as deleted to a range (`destination_scope`); a snapshot of dbt cannot.
`tests/benchmarks/test_dlt_ways.py` loads the example with `scd2`.
"""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from include.warehouse import database, schema
from include.warehouse.loading import packages
from include.warehouse.loading.histories import History, Snapshots
from include.warehouse.loading.packages import Package


def merge(connection: duckdb.DuckDBPyConnection, package: Package, history: History) -> int:
    """Merge a package's observations into one table of `raw`; return the number of rows added. Safe to repeat."""
    load_id = package.row["load_id"]
    earlier = packages.beside(package)
    columns = schema.RAW_TABLES[history.table]
    compared = {name: columns[name] for name in dict.fromkeys((*history.key, "observed_at", *history.content))}
    stage(connection, "staged", compared, package.files(history.table), _files(earlier, history.table))
    if history.snapshots:
        table = history.snapshots.table
        stage(connection, "snapshots", schema.SNAPSHOT_TABLES[table], package.files(table), _files(earlier, table))
    _arrange(connection, history)
    connection.execute(f"""
        delete from raw.{history.table}
        where rowid in (select raw_row from observations where raw_row is not null and not is_version)
    """)
    added = _add_observations(connection, history, _files([package, *earlier], history.table), load_id)
    return added + (_add_absences(connection, history, load_id) if history.snapshots else 0)


def _files(sources: list[Package], table: str) -> list[Path]:
    return [file for source in sources for file in source.files(table)]


def _add_observations(connection: duckdb.DuckDBPyConnection, history: History, files: list[Path], load_id: str) -> int:
    """Add the versions that are in files of packages and not in `raw`."""
    if not files:
        return 0
    # all columns are read only of the rows that are added
    return database.scalar(
        connection,
        f"""
        insert into raw.{history.table} by name
        select {_casts(schema.RAW_TABLES[history.table])}, $load_id as _dlt_load_id
        from (
            from {_parquet(files)}
            union all by name
            -- columns that packages of earlier versions lack
            (select * exclude (_dlt_load_id) from raw.{history.table} limit 0)
        )
        where (filename, file_row_number) in (
            select filename, file_row_number from staged
            where rowid in (select staged_row from observations where is_version and raw_row is null)
        )
        """,
        {"load_id": load_id},
    )


def _add_absences(connection: duckdb.DuckDBPyConnection, history: History, load_id: str) -> int:
    """Add a version without content of each key that has vanished."""
    return database.scalar(
        connection,
        f"""
        insert into raw.{history.table} by name
        select {", ".join(history.key)}, observed_at, $load_id as _dlt_load_id
        from observations
        where is_version and is_absence and raw_row is null
        """,
        {"load_id": load_id},
    )


def stage(
    connection: duckdb.DuckDBPyConnection, name: str, columns: dict[str, str], files: list[Path], earlier: Sequence[Path] = ()
) -> None:
    """Create a temporary table of the rows of Parquet files.

    Args:
        connection: The build database.
        name: The temporary table; it also has the columns `is_new`, and `filename` and `file_row_number` of each row.
        columns: The columns to read, and their types.
        files: The files of the package that is merged; their rows are `is_new`.
        earlier: The files of earlier packages.
    """
    definition = ", ".join(f'"{column}" {kind}' for column, kind in columns.items() if column != "_dlt_load_id")
    connection.execute(
        f"create or replace temp table {name} ({definition}, is_new boolean, filename varchar, file_row_number bigint)"
    )
    for paths, is_new in ((files, True), (earlier, False)):
        if paths:
            connection.execute(
                f"insert into {name} select {_casts(columns)}, {is_new}, filename, file_row_number from {_parquet(paths)}"
            )


def _casts(columns: dict[str, str]) -> str:
    return ", ".join(f'cast("{column}" as {kind}) as "{column}"' for column, kind in columns.items() if column != "_dlt_load_id")


def _parquet(files: Sequence[Path]) -> str:
    names = ", ".join(f"'{database.quoted(file)}'" for file in files)
    return f"read_parquet([{names}], union_by_name = true, filename = true, file_row_number = true)"


def _arrange(connection: duckdb.DuckDBPyConnection, history: History) -> None:
    """Create the temporary table `observations`: all observations of the touched keys, and whether each is a version.

    `raw_row` and `staged_row` are its row in `raw` or in `staged`; an absence that follows from a snapshot has neither.
    """
    key, content = ", ".join(history.key), ", ".join(history.content)
    changed = " or ".join(f"{name} is distinct from lag({name}) over in_time" for name in history.content)
    # of two observations at the same microsecond, one is kept whatever the order of loads, and rather one with content
    rank = ", ".join(f"{name} desc nulls last" for name in history.content)
    touched, absences = f"select {key} from staged where is_new", ""
    if history.snapshots:
        stored = f"(select {key} from raw.{history.table} union all select {key} from staged)"
        touched += f" union all {_in_range(history, history.snapshots, stored, history.key, 'snapshots.is_new')}"
        absences = f"union all {_absences(history, history.snapshots)}"
    connection.execute(f"create or replace temp table touched as select distinct {key} from ({touched})")
    connection.execute(f"""
        create or replace temp table observations as
        with found as (
            select {key}, observed_at, {content}, rowid as raw_row, null as staged_row, false as is_absence
            from raw.{history.table} semi join touched using ({key})
            union all
            select {key}, observed_at, {content}, null, rowid, false
            from staged semi join touched using ({key})
            {absences}
        ),

        ranked as (
            select *, row_number() over (partition by {key}, observed_at order by is_absence, {rank}, raw_row nulls last) as rank
            from found
        ),

        compared as (
            select {key}, observed_at, raw_row, staged_row, is_absence,
                ({changed}) or (not is_absence and lag(observed_at) over in_time is null) as is_version
            from ranked
            where rank = 1
            window in_time as (partition by {key} order by observed_at)
        )

        select * from compared
        union all
        select {key}, observed_at, raw_row, staged_row, is_absence, false from ranked where rank > 1
    """)


def _absences(history: History, snapshots: Snapshots) -> str:
    """Return a query for the touched keys that a snapshot should hold and does not, as rows without content."""
    expected = _in_range(history, snapshots, "touched", (*history.key, "observed_at"), "true")
    key, nothing = ", ".join(history.key), ", ".join("null" for _ in history.content)
    return f"""
        select {key}, observed_at, {nothing}, null, null, true
        from ({expected}) as expected anti join (select {key}, observed_at from staged) as seen using ({key}, observed_at)
    """


def _in_range(history: History, snapshots: Snapshots, source: str, columns: tuple[str, ...], condition: str) -> str:
    """Return a query for the rows of `source` in the range of a snapshot of their scope, with columns of both."""
    names = ", ".join(f"source.{name}" if name in history.key else f"snapshots.{name}" for name in columns)
    scope = [f"source.{name} = snapshots.{name}" for name in snapshots.scope]
    since = ">" if snapshots.is_start_outside else ">="
    bounds = [f"source.{snapshots.start} {since} snapshots.range_start", f"source.{snapshots.end} <= snapshots.range_end"]
    return f"""
        select {names} from {source} as source join snapshots on {" and ".join(scope + bounds)}
        where {condition}
    """
