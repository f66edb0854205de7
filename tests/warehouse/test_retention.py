"""What has to go is gone from everywhere, what may stay stays, and the record names nobody."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from include.extract.privacy import buyer_keys
from include.warehouse import compaction, database, paths, restricted, schema
from include.warehouse.publishing import versions
from include.warehouse.publishing.publish import publish
from include.warehouse.retention import retention, terms

NOW = datetime(2026, 11, 1, tzinfo=UTC)
BUYER, OTHER = "f" * 31 + "1", "e" * 32
SLOT_TABLES = ("appointment_slots", "job_appointment_slots", "resource_capacity", "resource_capacity_ranges")
SLOT_MARTS = ("fct_slot_availability", "fct_job_slot_availability", "fct_capacity_ranges")
KEY = "a key of 32 characters or more, for tests"


@pytest.fixture
def build(warehouse: Path, monkeypatch) -> Path:
    monkeypatch.setenv("SERVICES_PERSONAL_DATA", "keep")
    monkeypatch.setenv("SERVICES_PERSONAL_DATA_KEY", KEY)
    buyer_keys.cache_clear()
    with database.connect() as connection:
        schema.ensure(connection)
        connection.execute("""
            create schema intermediate;
            create table intermediate.int_as_of (account varchar, marketplace_id varchar, as_of timestamptz);
            create table intermediate.built_loads (load_id varchar, row_count bigint);
            create table marts.fct_service_jobs (account varchar, service_job_id varchar, job_status varchar,
                created_at timestamptz, completed_at timestamptz, buyer_key varchar);
            create table marts.fct_job_status_history (account varchar, service_job_id varchar, valid_from timestamptz,
                is_current boolean);
            create table marts.fct_appointments (account varchar, service_job_id varchar, scheduled_end_at timestamptz);
        """)
    return paths.build_database()


def job(name: str, status: str, *, since: int, completed: int | None = None, ends: int | None = None, buyer: str = OTHER) -> None:
    """A job as the marts know it, with a contact; times are days before now, negative ones days after."""
    ago = lambda days: None if days is None else NOW - timedelta(days=days)  # noqa: E731
    with database.connect() as connection:
        connection.execute(
            "insert into marts.fct_service_jobs values ('a', ?, ?, ?, ?, ?)", [name, status, ago(90), ago(completed), buyer]
        )
        connection.execute("insert into marts.fct_job_status_history values ('a', ?, ?, true)", [name, ago(since)])
        connection.execute("insert into marts.fct_appointments values ('a', ?, ?)", [name, ago(ends)])
        connection.execute(
            "insert into raw.service_jobs by name select 'a' as account, ? as service_job_id, ?::json as buyer",
            [name, f'{{"buyerKey": "{buyer}", "isPrimeMember": true}}'],
        )
    contact(name, observed=since, buyer=buyer)


def contact(name: str, *, observed: int = 0, buyer: str = OTHER) -> None:
    restricted.keep(sealed(name, observed, buyer))


def sealed(name: str, observed: int, buyer: str):
    from include.extract import records

    row = {"account": "a", "marketplace_id": "m", "service_job_id": name, "observed_at": NOW - timedelta(days=observed),
           "buyer_key": buyer, "sealed": restricted.sealer()({"buyer.name": f"Name of {name}"})}  # fmt: skip
    return records.batch("personal_data", [row])


def kept() -> set[str]:
    with restricted.opened(read_only=True) as vault:
        return {name for (name,) in vault.execute(f"select service_job_id from {restricted.TABLE}").fetchall()}


def rows(query: str, file: Path | None = None) -> list[tuple]:
    with database.connect(file, read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_contacts_go_thirty_days_after_the_end_of_their_job(build):
    job("completed-29", "COMPLETED", since=20, completed=29)
    job("completed-31", "COMPLETED", since=20, completed=31)
    job("cancelled-29", "CANCELLED", since=29, ends=-5)
    job("cancelled-31", "CANCELLED", since=31, ends=-5)
    job("cancelled-long-ago-read-late", "CANCELLED", since=1, ends=60)
    job("unproven-31", "COMPLETED", since=31, ends=40)
    job("ahead", "NOT_SERVICED", since=80, ends=-9)
    job("stale", "NOT_SERVICED", since=80, ends=31)
    contact("unknown-29", observed=29)
    contact("unknown-31", observed=31)

    removed = retention.remove_personal_data("run-1", NOW)

    assert kept() == {"completed-29", "cancelled-29", "ahead", "unknown-29"}
    assert removed["restricted"] == 6
    assert rows("select run_id, reason, place, rows from ops.removals") == [("run-1", "term", "restricted", 6)]
    assert retention.remove_personal_data("run-2", NOW)["restricted"] == 0


def test_a_shorter_term_is_taken_and_a_longer_one_only_on_purpose(build, monkeypatch):
    job("completed-8", "COMPLETED", since=8, completed=8)
    monkeypatch.setenv("SERVICES_PERSONAL_DATA_DAYS", "31")
    with pytest.raises(ValueError, match=r"allows 30 days .* SERVICES_PERSONAL_DATA_BEYOND_30_DAYS=yes"):
        retention.remove_personal_data("run-1", NOW)
    monkeypatch.setenv("SERVICES_PERSONAL_DATA_BEYOND_30_DAYS", "yes")
    assert terms.personal_data_term() == timedelta(days=31)
    monkeypatch.setenv("SERVICES_PERSONAL_DATA_DAYS", "7")
    retention.remove_personal_data("run-1", NOW)
    assert kept() == set()
    monkeypatch.setenv("SERVICES_PERSONAL_DATA_DAYS", "a month")
    with pytest.raises(ValueError, match="SERVICES_PERSONAL_DATA_DAYS should be a whole number of days"):
        terms.personal_data_term()


def test_packages_and_spools_lose_theirs_too(build):
    import pyarrow.parquet as pq
    from pyarrow import feather

    for folder in ("one/data", "loaded/two/spool"):
        (paths.packages_dir() / folder / "personal_data").mkdir(parents=True)
        for name, observed, buyer in (("old", 31, OTHER), ("new", 1, OTHER), ("theirs", 1, BUYER)):
            file = paths.packages_dir() / folder / "personal_data" / name
            if folder.endswith("spool"):
                feather.write_feather(sealed(name, observed, buyer), file.with_suffix(".arrow"))
            else:
                pq.write_table(sealed(name, observed, buyer), file.with_suffix(".parquet"))

    assert retention.remove_personal_data("run-1", NOW)["packages"] == 2
    assert retention.forget_buyer(BUYER, "run-2")["packages"] == 2

    left = [pq.read_table(file)["service_job_id"].to_pylist() for file in paths.packages_dir().rglob("*.parquet")]
    left += [feather.read_table(file)["service_job_id"].to_pylist() for file in paths.packages_dir().rglob("*.arrow")]
    assert len(left) == 6
    assert sorted(name for names in left for name in names) == ["new", "new"]


def test_a_forgotten_buyer_is_nowhere_and_stays_forgotten(build):
    job("theirs", "COMPLETED", since=3, completed=3, buyer=BUYER)
    job("others", "COMPLETED", since=3, completed=3)
    published = paths.published_database()
    publish(build, published, run_id="1")
    publish(build, published, run_id="2")
    reader = duckdb.connect(str(published), read_only=True)

    retention.forget_buyer(BUYER, "run-1")
    retention.compact_all(force=True)

    assert reader.execute("select count(buyer_key) from marts.fct_service_jobs").fetchone() == (2,)
    reader.close()
    assert kept() == {"others"}
    for file in (build, published, *versions.versions(published)):
        assert rows("select service_job_id from marts.fct_service_jobs where buyer_key is not null", file) == [("others",)]
    assert versions.versions(published)[0].samefile(published)
    assert len(versions.versions(published)) == 2
    assert rows("select buyer::varchar from raw.service_jobs where service_job_id = 'theirs'") == [('{"isPrimeMember":true}',)]
    assert {reason for (reason,) in rows("select reason from ops.removals")} == {"buyer"}
    found = [file.name for file in paths.warehouse_dir().rglob("*") if file.is_file() and BUYER.encode() in file.read_bytes()]
    assert found == ["build.duckdb"]  # the note that they are to be forgotten

    job("theirs-again", "COMPLETED", since=1, completed=1, buyer=BUYER)
    retention.remove_personal_data("run-2", NOW)
    assert rows(f"select count(*) from marts.fct_service_jobs where buyer_key = '{BUYER}'") == [(0,)]
    assert "theirs-again" not in kept()


def test_of_slots_long_over_the_last_observation_stays(build):
    with database.connect() as connection:
        connection.execute("""
            create temp table observed as
            select 'a' as account, 'm' as marketplace_id, 's' as store_id, 's' as resource_id, 'j' as service_job_id, 'B' as asin,
                'AVAILABLE_CAPACITY' as capacity_type, 60 as slot_minutes, 'load' || version as _dlt_load_id,
                timestamptz '2026-11-01 00:00:00Z' - to_days(age) as slot_start_at,
                slot_start_at + interval 1 hour as slot_end_at,
                slot_start_at as range_start_at, slot_end_at as range_end_at,
                version as capacity, version as available_capacity, slot_start_at - to_hours(9 - version) as observed_at
            from unnest([500, 300]) as ages(age), range(3) as versions(version);
            create table marts.fct_slot_availability as select * exclude (_dlt_load_id), true as is_current from observed;
            create table marts.fct_job_slot_availability as from marts.fct_slot_availability;
            create table marts.fct_capacity_ranges as from marts.fct_slot_availability;
        """)
        known = {name for (name, *_) in connection.sql("describe observed").fetchall()}
        for table in SLOT_TABLES:
            columns = ", ".join(name for name in schema.RAW_TABLES[table] if name in known)
            connection.execute(f"insert into raw.{table} by name select {columns} from observed")
        # a load has a row of each of the two slots in each table, all of which dbt models
        connection.execute("insert into intermediate.built_loads select 'load' || range, 8 from range(3)")

    removed = retention.drop_slot_history("run-1", NOW)

    places = {f"raw.{table}" for table in SLOT_TABLES} | {f"marts.{table}" for table in SLOT_MARTS}
    assert removed == dict.fromkeys(places, 2)
    assert set(rows("select run_id, reason, place, rows from ops.removals")) == {
        ("run-1", "slot_history", place, 2) for place in places
    }
    for table in places:
        of = "available_capacity" if table == "raw.resource_capacity" else "capacity"
        when = "range_end_at" if "ranges" in table else "slot_start_at"
        capacities = f"select list({of} order by {of}) from {table} group by {when} order by {when}"
        assert rows(capacities) == [([2],), ([0, 1, 2],)]
    # dbt takes none of these loads for a new one
    assert (
        rows("""
        select load_id from intermediate.built_loads join (
            select _dlt_load_id as load_id, count(*) as rows
            from (
                select _dlt_load_id from raw.appointment_slots union all select _dlt_load_id from raw.job_appointment_slots
                union all select _dlt_load_id from raw.resource_capacity
                union all select _dlt_load_id from raw.resource_capacity_ranges
            )
            group by all
        ) using (load_id)
        where row_count <> rows
    """)
        == []
    )
    assert set(retention.drop_slot_history("run-2", NOW).values()) == {0}


def test_compaction_gives_back_room_and_changes_nothing(build):
    with database.connect() as connection:
        connection.execute("create table marts.filler as select random() as number from range(500_000)")
        connection.execute("create table marts.kept as select range as number from range(1000)")
        connection.execute("create view marts.seen as select * from marts.kept")
        connection.execute("checkpoint")
        connection.execute("drop table marts.filler")
        connection.execute("create table marts.later as select 1 as one")
    marts = paths.built_marts(build)
    before, after = compaction.compact(marts)
    assert after < before / 2
    assert rows("select count(*), sum(number) from marts.seen") == [(1000, 499500)]
    assert compaction.compact(marts) == (after, after)
    assert sorted(file.name for file in build.parent.iterdir()) == [build.name, marts.name]


def test_a_compaction_that_fails_leaves_everything_as_it_was(build, monkeypatch):
    before = shutil.copyfile(build, build.with_name("before")).read_bytes()
    monkeypatch.setattr(database, "quoted", lambda path: "/no/such/folder/file")
    with pytest.raises(duckdb.Error):
        compaction.compact(build, force=True)
    assert {file.name for file in build.parent.iterdir()} == {"before", build.name, paths.built_marts(build).name}
    assert build.read_bytes() == before
