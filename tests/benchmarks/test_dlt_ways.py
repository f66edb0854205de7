"""dlt's own ways beside ours: what extraction and loading take of dlt, and what they do themselves for a reason.

`include.extract.packaging` holds the table of both, with the figures that are printed here.
"""

import multiprocessing
import os
import shutil
import signal
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import dlt
import duckdb
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dlt.destinations.impl.ducklake.configuration import DuckLakeCredentials

from include.extract import packaging, records, snapshots
from include.extract.jobs import BATCH_JOBS
from include.extract.privacy import BuyerKeys
from include.warehouse import database
from include.warehouse.loading import packages
from include.warehouse.loading.load import load_packages
from include.warehouse.loading.packages import Package
from include.warehouse.loading.windows import JOBS, SCHEDULED, SLOTS, UPDATED, Window
from tests.benchmarks.many_bodies import MARKETPLACE, START, Bodies

TABLE = "service_jobs"
ROUNDS = 5
HOUR = timedelta(hours=1)


def window(hours: int = 0, entity: str = JOBS) -> Window:
    start = START + hours * HOUR
    return Window("amazon_services_default", MARKETPLACE, entity, SCHEDULED, UPDATED, start, start + HOUR)


def batches(jobs: int, observed_at: datetime = START) -> list[pa.Table]:
    bodies, keys = Bodies(jobs), BuyerKeys("a secret of sixteen or more")
    rows = [records.job(window(), orjson.loads(bodies.detail(number)), True, observed_at, keys).row for number in range(jobs)]
    return [records.batch(TABLE, rows[first : first + BATCH_JOBS]) for first in range(0, jobs, BATCH_JOBS)]


def resource(tables: list[pa.Table], name: str = TABLE, **hints):
    return dlt.resource(tables, name=name, **hints)


def pipeline(folder: Path, destination=None) -> dlt.Pipeline:
    return dlt.pipeline("ways", pipelines_dir=str(folder), destination=destination, dataset_name="raw")


# one window into one package ------------------------------------------------------------------------------------------


def ours(package: Package, tables: list[pa.Table]) -> None:
    def spooled() -> Iterator:
        for table in tables:
            package.spool(TABLE, table)
            yield table

    packaging._extract(package, [dlt.resource(spooled, name=TABLE)])


def run_into_files(package: Package, tables: list[pa.Table]) -> None:
    destination = dlt.destinations.filesystem(bucket_url=package.folder.as_uri())
    pipeline(package.folder / "dlt", destination).run(resource(tables), loader_file_format="parquet")


def extract_and_normalize(package: Package, tables: list[pa.Table]) -> None:
    steps = pipeline(package.folder / "dlt", dlt.destinations.filesystem(bucket_url=package.folder.as_uri()))
    steps.extract(resource(tables), loader_file_format="parquet")
    steps.normalize()


def extract_every_batch(package: Package, tables: list[pa.Table]) -> None:
    """What dlt offers in the place of a spool: a package of its own for each batch that was read."""
    steps = pipeline(package.folder / "dlt")
    steps.config.restore_from_destination = False
    for table in tables:
        steps.extract(resource([table]), schema=packaging._contract())


@pytest.mark.parametrize("jobs", [10, 10_000])
def test_a_window_becomes_a_package(warehouse, jobs):
    tables = batches(jobs)
    ways = (ours, run_into_files, extract_and_normalize, extract_every_batch)
    seconds: dict[Callable, list[float]] = {way: [] for way in ways}
    for _ in range(ROUNDS + 1):
        for way in ways:  # in turns: the machine is not equally quick at all times
            package = packages.begin(window(), "run")
            started = time.process_time()
            way(package, tables)
            seconds[way].append(time.process_time() - started)
            package.discard()
    # the first round warms up what is imported once
    medians = {way: statistics.median(seconds[way][1:]) for way in ways}
    print(f"\n{jobs:,} jobs in batches of {BATCH_JOBS}, seconds of processor time:")
    for way, median in medians.items():
        print(f"  {way.__name__:24} {median:6.3f} s  {median / medians[ours]:5.2f}")
    assert medians[ours] < min(medians[run_into_files], medians[extract_and_normalize])
    # of one batch, ours and `extract_every_batch` are one extraction each, and ours also spools it
    assert len(tables) == 1 or medians[ours] < medians[extract_every_batch]


# a crash --------------------------------------------------------------------------------------------------------------


def die_at(step: str, folder: Path) -> None:
    def read() -> Iterator:
        for number in range(3):
            yield pa.table({"service_job_id": [f"job-{number}"]})
        if step == "reading":
            os.kill(os.getpid(), signal.SIGKILL)

    pipeline(folder).extract(dlt.resource(read, name=TABLE))
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize(("step", "waiting"), [("reading", 0), ("extracted", 1)])
def test_what_dlt_keeps_of_a_crash(tmp_path, step, waiting):
    """Nothing of the details that were read until then: its packages are safe from one step to the next."""
    process = multiprocessing.get_context("spawn").Process(target=die_at, args=(step, tmp_path))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    after = pipeline(tmp_path, dlt.destinations.filesystem(bucket_url=(tmp_path / "files").as_uri()))
    assert len(after.list_extracted_load_packages()) == waiting
    files = [file for file in tmp_path.rglob("*.parquet") if file.stat().st_size]
    assert len(files) == waiting
    if waiting:
        # without this, a destination that has no tables yet makes dlt drop what waits
        after.config.restore_from_destination = False
        # the next run loads what waits, and does not extract what it is given
        after.run(resource([pa.table({"service_job_id": ["new"]})]), loader_file_format="parquet")
        (file,) = (tmp_path / "files").rglob(f"{TABLE}/*.parquet")
        assert pq.read_table(file)["service_job_id"].to_pylist() == ["job-0", "job-1", "job-2"]


# the cursor -----------------------------------------------------------------------------------------------------------


def test_an_incremental_cursor_skips_a_window_that_failed(tmp_path):
    """The hour from 1 to 2 failed, and is read after the one from 2 to 3: for dlt it is older than its cursor."""

    @dlt.resource(name=TABLE)
    def read(ends: datetime, cursor=dlt.sources.incremental("window_end")) -> Iterator:  # noqa: B008
        yield pa.table({"window_end": [ends]})

    files = pipeline(tmp_path / "dlt", dlt.destinations.filesystem(bucket_url=(tmp_path / "files").as_uri()))
    for hour in (1, 3, 2):
        files.run([read(START + hour * HOUR)], loader_file_format="parquet")
    loaded = pq.ParquetDataset(sorted((tmp_path / "files").rglob(f"{TABLE}/*.parquet"))).read()
    assert loaded["window_end"].to_pylist() == [START + HOUR, START + 3 * HOUR]


# the merge ------------------------------------------------------------------------------------------------------------

NINE, TEN = START + 9 * HOUR, START + 10 * HOUR
SNAPSHOTS = {0: {NINE: 2, TEN: 1}, 20: {NINE: 2}, 10: {NINE: 3}}
HISTORY = [(0, NINE, 2), (0, TEN, 1), (10, NINE, 3), (10, TEN, None), (20, NINE, 2)]


def slots(minute: int) -> list[tuple[str, pa.Table]]:
    """The example of `history`: the slots at 9:00 and 10:00 as they were seen a minute after `START`."""
    about = {"account": "a", "marketplace_id": "m", "store_id": "s", "asin": "b", "observed_at": START + minute * HOUR / 60}
    seen = [about | {"slot_start_at": at, "slot_end_at": at + HOUR, "capacity": n} for at, n in SNAPSHOTS[minute].items()]
    snapshot = about | {"range_start": NINE, "range_end": TEN + HOUR}
    tables = {"appointment_slots": seen, "appointment_slot_snapshots": [snapshot]}
    return [(table, records.batch(table, rows)) for table, rows in tables.items()]


def minutes_of(rows: list[tuple[datetime, datetime, int | None]]) -> list[tuple[int, datetime, int | None]]:
    return [(round((at - START).total_seconds() / 60), slot, capacity) for at, slot, capacity in rows]


def test_a_late_package_gives_the_history_that_was_seen(warehouse):
    clocks = {}
    for minute in SNAPSHOTS:
        begun = START + minute * HOUR / 60
        clocks[minute] = packages.begin(window(minute, SLOTS), "run", lambda begun=begun: begun)
        marked = [dlt.mark.with_table_name(batch, table) for table, batch in slots(minute)]
        packaging._extract(clocks[minute], [resource(marked, "appointment_slots")])
    with database.connect() as connection:
        for minute in SNAPSHOTS:
            clocks[minute].complete("load")
            load_packages(connection)
        query = "select observed_at, slot_start_at, capacity from raw.appointment_slots order by all"
        rows = connection.execute(query).fetchall()
    assert minutes_of(rows) == HISTORY


def duckdb_file(folder: Path):
    return dlt.destinations.duckdb(str(folder / "dlt.duckdb"))


def ducklake(folder: Path):
    try:
        duckdb.connect().execute("load ducklake")
    except duckdb.Error as error:
        pytest.skip(f"DuckDB's extension ducklake is not installed: {error}")
    lake = DuckLakeCredentials("lake", catalog=f"duckdb:///{folder}/catalog.ducklake", storage=(folder / "lake").as_uri())
    return dlt.destinations.ducklake(lake)


DESTINATIONS = pytest.mark.parametrize("destination", [duckdb_file, ducklake])


@DESTINATIONS
def test_a_late_package_ends_the_newest_version_in_dlts_scd2(tmp_path, destination):
    """dlt closes and opens versions at one time a load, and has not kept that 9:00 was still 2 at the 20th minute."""
    into = pipeline(tmp_path / "dlt", destination(tmp_path))
    for minute in SNAPSHOTS:
        ((_, seen), _) = slots(minute)
        version = pa.array([f"{at} {n}" for at, n in SNAPSHOTS[minute].items()])
        disposition = {
            "disposition": "merge", "strategy": "scd2", "row_version_column_name": "version",
            "boundary_timestamp": START + minute * HOUR / 60,
            "destination_scope": f"{{table}}.slot_start_at between timestamptz '{NINE}' and timestamptz '{TEN}'",
        }  # fmt: skip
        into.run(resource([seen.append_column("version", version)], "slots", write_disposition=disposition))
    with into.sql_client() as client:
        rows = client.execute_sql("select _dlt_valid_from, _dlt_valid_to, slot_start_at, capacity from slots order by all")
    found = [(*minutes_of([(valid_from, slot, n)])[0], valid_to and minutes_of([(valid_to, slot, n)])[0][0])
             for valid_from, valid_to, slot, n in rows]  # fmt: skip
    assert found == [(0, NINE, 2, 10), (0, TEN, 1, 20), (10, NINE, 3, None)]


def load_ours(folder: Path, number: int, tables: list[pa.Table]) -> None:
    package = packages.begin(window(number), "run", lambda: START + number * HOUR)
    package.complete(packaging._extract(package, [resource(tables)]))
    with database.connect() as connection:
        load_packages(connection)


def load_dlts(strategy: str, destination: Callable) -> Callable:
    def load(folder: Path, number: int, tables: list[pa.Table]) -> None:
        (folder / strategy).mkdir(exist_ok=True)
        into = pipeline(folder / strategy / "dlt", destination(folder / strategy))
        disposition = {"disposition": "merge", "strategy": strategy, "row_version_column_name": "content_hash"}
        if strategy == "upsert":
            disposition["skip_unchanged_rows"] = True
        else:
            disposition["boundary_timestamp"] = START + number * HOUR
        into.run(resource(tables, primary_key=("account", "service_job_id"), write_disposition=disposition))

    load.__name__ = strategy
    return load


@DESTINATIONS
def test_ten_thousand_jobs_are_loaded(warehouse, tmp_path, destination):
    """The first time, and again an hour later, when nothing has changed; ours always into DuckDB."""
    ways = (load_ours, load_dlts("upsert", destination), load_dlts("scd2", destination))
    for number, name in enumerate(("new", "unchanged")):
        tables = batches(10_000, START + number * HOUR)
        seconds = {}
        for way in ways:
            started = time.process_time()
            way(tmp_path, number, tables)
            seconds[way.__name__] = time.process_time() - started
        print(f"\n10,000 jobs, {name}, from Arrow to {destination.__name__}, seconds of processor time:")
        for way, spent in seconds.items():
            print(f"  {way:24} {spent:6.3f} s  {spent / seconds['load_ours']:5.2f}")
        with database.connect() as connection:
            loaded = connection.execute("select count(*), count(distinct service_job_id) from raw.service_jobs").fetchone()
        assert loaded == (10_000, 10_000), "an unchanged job is no new version"


# targets in parallel --------------------------------------------------------------------------------------------------


def test_targets_in_batches_or_one_by_one(warehouse):
    """dlt reads in parallel what a resource defers, and each answer is a table of its own."""
    targets = tuple(f"store-{number}" for number in range(2_000))

    def read(target: str) -> dict[str, list[dict]]:
        return {"appointment_slots": [{"account": target, "capacity": 1, "observed_at": START}] * 10}

    @dlt.resource(name="appointment_slots")
    def in_batches() -> Iterator:
        yield from snapshots.read_all(window(entity=SLOTS), targets, read)

    @dlt.resource(name="appointment_slots")
    def deferred() -> Iterator:
        for target in targets:
            yield lambda target=target: records.batch("appointment_slots", read(target)["appointment_slots"])

    seconds = {}
    for way in (in_batches, deferred, in_batches, deferred):
        package = packages.begin(window(entity=SLOTS), "run")
        started = time.process_time()
        packaging._extract(package, [way()])
        seconds[way] = time.process_time() - started
        (file,) = package.files("appointment_slots")
        assert pq.read_metadata(file).num_rows == 10 * len(targets)
        shutil.rmtree(package.data)
        package.discard()
    print(f"\n{len(targets):,} targets: in batches {seconds[in_batches]:.2f} s, deferred {seconds[deferred]:.2f} s")
    assert seconds[in_batches] < seconds[deferred]
