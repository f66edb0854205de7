"""Puts observations in the order of time and keeps those that changed something: how the tables of `raw` grow.

What a table of `raw` holds is a function of all observations ever loaded, whatever the order in which they came: of each
key, in the order of `observed_at`, every one whose content is not that of the one before. So a merge takes everything known
of the keys that it touches (rows of `raw`, of the package, and of packages loaded before that may lie on both sides of it,
see `packages.beside`), arranges it anew, and writes the difference. Usually that is a few rows that are new; a late package
can also bring back one that was left out for being unchanged, or make one superfluous.
"""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from include.warehouse import database, schema
from include.warehouse.loading import packages
from include.warehouse.loading.packages import Package


@dataclass(frozen=True)
class Snapshots:
    """Answers that hold everything there is in a range: what lies in it and is not in the answer has vanished.

    `table` says which range of which `scope` was read when; `start` and `end` are the columns that lie in the range.
    """

    table: str
    scope: tuple[str, ...]
    start: str
    end: str


@dataclass(frozen=True)
class History:
    """How one table of `raw` keeps history: what a row is about, and which columns make it a new version.

    Something that vanished gets a version whose content is empty.
    """

    table: str
    key: tuple[str, ...]
    content: tuple[str, ...]
    snapshots: Snapshots | None = None

    def is_in(self, package: Package) -> bool:
        return bool(package.files(self.table) or (self.snapshots and package.files(self.snapshots.table)))


_SLOT = ("slot_start_at", "slot_end_at")
HISTORIES = (
    History("service_jobs", ("account", "service_job_id"), ("content_hash",)),
    History(
        "appointment_slots",
        ("account", "marketplace_id", "store_id", "asin", *_SLOT),
        ("capacity", "scheduling_type"),
        Snapshots("appointment_slot_snapshots", ("account", "marketplace_id", "store_id", "asin"), *_SLOT),
    ),
    History(
        "job_appointment_slots",
        ("account", "marketplace_id", "service_job_id", *_SLOT),
        ("capacity", "scheduling_type"),
        Snapshots("job_appointment_slot_snapshots", ("account", "marketplace_id", "service_job_id"), *_SLOT),
    ),
    History(
        "resource_capacity",
        ("account", "marketplace_id", "resource_id", "slot_start_at", "slot_minutes"),
        ("scheduled_capacity", "available_capacity", "encumbered_capacity", "reserved_capacity"),
    ),
    # a range is known by its end: its start passes while it lasts
    History(
        "resource_capacity_ranges",
        ("account", "marketplace_id", "resource_id", "capacity_type", "range_end_at"),
        ("capacity", "range_start_at"),
        Snapshots(
            "resource_capacity_range_snapshots", ("account", "marketplace_id", "resource_id"), "range_end_at", "range_end_at"
        ),
    ),
)


def merge(connection: duckdb.DuckDBPyConnection, package: Package, history: History) -> int:
    """Bring a package's observations into one table of `raw`; returns the number of rows added. Repeating it adds nothing."""
    load_id = package.row["load_id"]
    earlier = packages.beside(package)
    columns = schema.RAW_TABLES[history.table]
    told = {name: columns[name] for name in dict.fromkeys((*history.key, "observed_at", *history.content))}
    _stage(connection, package, earlier, history.table, told, "staged")
    if history.snapshots:
        table = history.snapshots.table
        _stage(connection, package, earlier, table, schema.SNAPSHOT_TABLES[table], "snapshots")
    _arrange(connection, history)
    connection.execute(f"""
        delete from raw.{history.table}
        where rowid in (select raw_row from observations where raw_row is not null and not is_version)
    """)
    added = 0
    # the whole rows are read when it is known which of them are wanted
    if files := [file for one in (package, *earlier) for file in one.files(history.table)]:
        (added,) = connection.execute(
            f"""
            insert into raw.{history.table} by name
            select {_casts(columns)}, $load_id as _dlt_load_id
            from {_parquet(files)}
            where (filename, file_row_number) in (
                select filename, file_row_number from staged
                where rowid in (select staged_row from observations where is_version and raw_row is null)
            )
            """,
            {"load_id": load_id},
        ).fetchone()
    if not history.snapshots:
        return added
    (vanished,) = connection.execute(
        f"""
        insert into raw.{history.table} by name
        select {", ".join(history.key)}, observed_at, $load_id as _dlt_load_id
        from observations
        where is_version and is_absence and raw_row is null
        """,
        {"load_id": load_id},
    ).fetchone()
    return added + vanished


def stage(connection: duckdb.DuckDBPyConnection, files: list[Path], columns: dict[str, str], name: str, is_new: bool) -> None:
    """Add columns of Parquet files, in a table's own types, to the temporary table `name`, which is made where it is missing.

    Beside them it says `is_new`, and in `filename` and `file_row_number` where a row is from.
    """
    definition = ", ".join(f'"{column}" {kind}' for column, kind in columns.items() if column != "_dlt_load_id")
    connection.execute(
        f"create temp table if not exists {name} ({definition}, is_new boolean, filename varchar, file_row_number bigint)"
    )
    if files:
        connection.execute(
            f"insert into {name} select {_casts(columns)}, {is_new}, filename, file_row_number from {_parquet(files)}"
        )


def _casts(columns: dict[str, str]) -> str:
    return ", ".join(f'cast("{column}" as {kind}) as "{column}"' for column, kind in columns.items() if column != "_dlt_load_id")


def _parquet(files: list[Path]) -> str:
    names = ", ".join(f"'{database.quoted(file)}'" for file in files)
    return f"read_parquet([{names}], union_by_name = true, filename = true, file_row_number = true)"


def _stage(
    connection: duckdb.DuckDBPyConnection,
    package: Package,
    earlier: list[Package],
    table: str,
    columns: dict[str, str],
    name: str,
) -> None:
    """The package's rows (`is_new`), and those of packages before."""
    connection.execute(f"drop table if exists {name}")
    stage(connection, package.files(table), columns, name, is_new=True)
    stage(connection, [file for one in earlier for file in one.files(table)], columns, name, is_new=False)


def _arrange(connection: duckdb.DuckDBPyConnection, history: History) -> None:
    """Make the temporary table `observations`: all that is known of the keys touched, once each, and which are versions.

    `raw_row` and `staged_row` say where it stands; one that is an absence and stands nowhere follows from a snapshot.
    """
    key, content = ", ".join(history.key), ", ".join(history.content)
    changed = " or ".join(f"{name} is distinct from lag({name}) over in_time" for name in history.content)
    # two answers of one microsecond: the same one wins in every order, and something wins over nothing
    rank = ", ".join(f"{name} desc nulls last" for name in history.content)
    touched = f"select {key} from staged where is_new"
    absences = ""
    if history.snapshots:
        known = f"select {key} from raw.{history.table} union all select {key} from staged"
        touched += f" union all {_in_range(history, f'({known})', history.key, 'snapshots.is_new')}"
        seen = f"select {key}, observed_at from staged"
        absent = _in_range(history, "touched", (*history.key, "observed_at"), "true")
        nothing = ", ".join("null" for _ in history.content)
        absences = f"""
            union all
            select {key}, observed_at, {nothing}, null, null, true
            from ({absent}) as expected anti join ({seen}) as seen using ({key}, observed_at)
        """
    connection.execute(f"create or replace temp table touched as select distinct {key} from ({touched})")
    connection.execute(f"""
        create or replace temp table observations as
        with known as (
            select {key}, observed_at, {content}, rowid as raw_row, null as staged_row, false as is_absence
            from raw.{history.table} semi join touched using ({key})
            union all
            select {key}, observed_at, {content}, null, rowid, false
            from staged semi join touched using ({key})
            {absences}
        ),

        ranked as (
            select *, row_number() over (partition by {key}, observed_at order by is_absence, {rank}, raw_row nulls last) as rank
            from known
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


def _in_range(history: History, source: str, columns: tuple[str, ...], condition: str) -> str:
    """`columns` of rows of `source` that lie in the range of a snapshot of their scope, and of that snapshot."""
    about = history.snapshots
    scope = " and ".join(f"known.{name} = snapshots.{name}" for name in about.scope)
    names = ", ".join(f"known.{name}" if name in history.key else f"snapshots.{name}" for name in columns)
    return f"""
        select {names} from {source} as known
        join snapshots on {scope} and known.{about.start} >= snapshots.range_start and known.{about.end} <= snapshots.range_end
        where {condition}
    """
