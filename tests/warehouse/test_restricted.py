"""Personal data where it is kept: sealed on its way, encrypted where it rests, and nowhere else."""

import json
from datetime import UTC, datetime, timedelta

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from include.extract import records
from include.extract.privacy import buyer_keys
from include.warehouse import database, paths, restricted
from include.warehouse.loading import packages
from include.warehouse.loading.load import load_packages
from include.warehouse.loading.windows import CREATED, JOBS, SCHEDULED, UPDATED, Window

# of yesterday: what was read longer ago than the term is not kept
NOON = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=1)
WINDOW = Window("seller", "ATVPDKIKX0DER", JOBS, SCHEDULED, UPDATED, NOON, NOON + timedelta(hours=1))
PERSONAL = ("Jane Q. Public", "+1 206 555 0143", "John Doe", "12b Old Mill Road")


def payload(name: str = PERSONAL[0], **fields: object) -> dict:
    address = {"name": PERSONAL[2], "addressLine1": PERSONAL[3], "city": "Seattle", "entryCode": "1234"}
    buyer = {"buyerId": "B1", "name": name, "phone": PERSONAL[1]}
    return {"serviceJobId": "job-1", "buyer": buyer, "serviceLocation": {"address": address}} | fields


@pytest.fixture
def keeping(warehouse, monkeypatch):
    monkeypatch.setenv("SERVICES_PERSONAL_DATA", "keep")
    monkeypatch.setenv("SERVICES_PERSONAL_DATA_KEY", "a key of 32 characters or more, with a ' in it")
    buyer_keys.cache_clear()
    return warehouse


def extract(minute: int = 0, name: str = PERSONAL[0], window: Window = WINDOW, **fields: object) -> packages.Package:
    """One job, read as an extraction does it: spooled, then packed."""
    read = records.job(window, payload(name, **fields), True, NOON + timedelta(minutes=minute), buyer_keys())
    package = packages.begin(window, "run-1")
    for table, row in (("personal_data", read.personal), ("service_jobs", read.row)):
        if row:
            batch = records.batch(table, [row])
            package.spool(table, batch)
            (package.data / table).mkdir(parents=True)
            batch = batch.append_column("_dlt_load_id", pa.array([f"load-{minute}"]))
            pq.write_table(batch, package.data / table / "0.parquet")
    return package


def load() -> None:
    with database.connect() as connection:
        load_packages(connection)


def contacts() -> list[tuple]:
    with restricted.opened(read_only=True) as vault:
        return vault.execute(f"select service_job_id, buyer_name, buyer_phone, recipient_name, address_line_1 "
                             f"from {restricted.TABLE}").fetchall()  # fmt: skip


def found_in_clear(folder) -> list[str]:
    files = [file for file in folder.rglob("*") if file.is_file()]
    return [file.name for file in files if any(text.encode() in file.read_bytes() for text in PERSONAL)]


def test_by_default_nothing_is_taken(warehouse):
    package = extract()
    assert not package.files("personal_data")
    package.complete()
    load()
    assert not paths.restricted_database().exists()
    assert found_in_clear(warehouse) == []


def test_kept_data_is_sealed_in_the_package_and_encrypted_in_its_database(keeping):
    package = extract()
    assert found_in_clear(keeping) == []
    package.complete()
    load()
    assert contacts() == [("job-1", *PERSONAL)]
    assert found_in_clear(keeping) == []
    assert paths.restricted_database().stat().st_mode & 0o077 == 0
    with pytest.raises(duckdb.Error):
        duckdb.connect(str(paths.restricted_database()), read_only=True)
    assert not list(paths.packages_dir().rglob("personal_data/*.parquet"))


def test_the_newest_contact_stays_whatever_the_order(keeping):
    for minute, name in ((5, "Newer"), (9, "Newest"), (7, "Late")):
        extract(minute, name).complete()
        load()
    assert [row[1] for row in contacts()] == ["Newest"]


def days_ago(days: int) -> str:
    return (NOON - timedelta(days=days)).isoformat()


def job(status: str, scheduled: int | None = None, proven: int | None = None, minutes: int = 60) -> dict:
    """Fields of a job with one appointment, at times in days before now."""
    appointment: dict = {"appointmentId": "A1", "appointmentStatus": "ACTIVE"}
    if scheduled is not None:
        appointment["appointmentTime"] = {"startTime": days_ago(scheduled), "durationInMinutes": minutes}
    if proven is not None:
        appointment["poa"] = {"appointmentTime": {"startTime": days_ago(proven), "durationInMinutes": minutes}}
    return {"serviceJobStatus": status, "createTime": days_ago(90), "appointments": [appointment]}


def long_ago(filter: str) -> Window:
    start = NOON - timedelta(days=40)
    return Window("seller", "ATVPDKIKX0DER", JOBS, SCHEDULED, filter, start, start + timedelta(days=1))


@pytest.mark.parametrize(
    ("fields", "window", "is_kept"),
    [
        (job("COMPLETED", scheduled=40, proven=31), WINDOW, False),
        (job("COMPLETED", scheduled=40, proven=27), WINDOW, True),
        (job("COMPLETED", scheduled=40), WINDOW, False),
        (job("COMPLETED", scheduled=5, minutes=10**18), WINDOW, True),
        (job("CANCELLED", scheduled=31), WINDOW, False),
        (job("CANCELLED", scheduled=-9), WINDOW, True),
        # who was not updated since a month was not cancelled since; when one was created says nothing
        (job("CANCELLED", scheduled=-9), long_ago(UPDATED), False),
        (job("CANCELLED", scheduled=-9), long_ago(CREATED), True),
        (job("NOT_SERVICED", scheduled=60), long_ago(UPDATED), True),
        ({"serviceJobStatus": "HOLD"}, WINDOW, True),
    ],
)
def test_what_is_past_its_term_on_arrival_is_never_stored(keeping, caplog, fields, window, is_kept):
    caplog.set_level("INFO")
    extract(window=window, **fields).complete()
    load()
    assert len(contacts() if paths.restricted_database().exists() else []) == is_kept
    assert ("1 contacts are past their term" in caplog.text) is not is_kept
    assert not list(paths.packages_dir().rglob("personal_data/*.parquet"))
    with database.connect() as connection:
        assert connection.execute("select count(*) from raw.service_jobs").fetchone() == (1,)


@pytest.mark.parametrize(("known", "is_kept"), [("CANCELLED", False), ("NOT_SERVICED", True)])
def test_what_the_marts_know_of_a_cancellation_counts(keeping, known, is_kept):
    with database.connect() as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.fct_job_status_history as select 'seller' as account, 'job-1' as service_job_id, "
            "$status as job_status, $since::timestamptz as valid_from, true as is_current",
            {"status": known, "since": days_ago(31)},
        )
    extract(**job("CANCELLED", scheduled=-9)).complete()
    load()
    assert paths.restricted_database().exists() is is_kept


def test_another_key_opens_nothing_and_loses_nothing(keeping, monkeypatch):
    extract(1).complete()
    load()
    extract(2, "Second").complete()
    right = "a key of 32 characters or more, with a ' in it"
    monkeypatch.setenv("SERVICES_PERSONAL_DATA_KEY", "another key of 32 characters or more")
    with pytest.raises(restricted.NoKey, match="Set the key it was read with"):
        load()
    with pytest.raises(restricted.NoKey, match="another key than SERVICES_PERSONAL_DATA_KEY"):
        contacts()
    monkeypatch.setenv("SERVICES_PERSONAL_DATA_KEY", right)
    load()
    assert [row[1] for row in contacts()] == ["Second"]


@pytest.mark.parametrize("key", ["", "short"])
def test_without_a_key_nothing_is_read(keeping, monkeypatch, key):
    monkeypatch.setenv("SERVICES_PERSONAL_DATA_KEY", key)
    buyer_keys.cache_clear()
    with pytest.raises(restricted.NoKey, match="SERVICES_PERSONAL_DATA_KEY 32 characters"):
        buyer_keys()


def test_what_stood_in_an_unexpected_place_is_kept_with_the_contact(keeping):
    more = {"customerContact": {"name": "Jane in the kitchen", "visits": 3}, "scopeOfWork": ["ring at Doe's"]}
    extract(**more).complete("load-1")
    load()
    with restricted.opened(read_only=True) as vault:
        ((kept,),) = vault.execute(f"select {restricted.UNEXPECTED} from {restricted.TABLE}").fetchall()
    assert json.loads(kept) == {
        "customerContact.name": "Jane in the kitchen", "scopeOfWork": ["ring at Doe's"],
        "serviceLocation.address.entryCode": "1234",
    }  # fmt: skip
    with database.connect() as connection:
        ((extra,),) = connection.execute("select _extra::varchar from raw.service_jobs").fetchall()
    assert json.loads(extra) == {"customerContact.name": {"type": "text", "length": 19}, "customerContact.visits": 3}


def test_a_vault_of_an_earlier_version_gets_the_new_column(keeping):
    with restricted.opened() as vault:
        vault.execute(f"alter table {restricted.TABLE} drop column {restricted.UNEXPECTED}")
    extract(level="door 3").complete("load-1")
    load()
    with restricted.opened(read_only=True) as vault:
        assert '"door 3"' in vault.execute(f"select {restricted.UNEXPECTED} from {restricted.TABLE}").fetchone()[0]
