"""Personal data where it is kept: sealed on its way, encrypted where it rests, and nowhere else."""

from datetime import UTC, datetime, timedelta

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from include.extract import records
from include.extract.privacy import buyer_keys
from include.warehouse import database, packages, paths, restricted
from include.warehouse.load import load_packages
from include.warehouse.windows import JOBS, SCHEDULED, UPDATED, Window

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)
WINDOW = Window("seller", "ATVPDKIKX0DER", JOBS, SCHEDULED, UPDATED, NOON, NOON + timedelta(hours=1))
PERSONAL = ("Jane Q. Public", "+1 206 555 0143", "John Doe", "12b Old Mill Road")


def payload(name: str = PERSONAL[0]) -> dict:
    address = {"name": PERSONAL[2], "addressLine1": PERSONAL[3], "city": "Seattle", "entryCode": "1234"}
    buyer = {"buyerId": "B1", "name": name, "phone": PERSONAL[1]}
    return {"serviceJobId": "job-1", "buyer": buyer, "serviceLocation": {"address": address}}


@pytest.fixture
def keeping(warehouse, monkeypatch):
    monkeypatch.setenv("SERVICES_PERSONAL_DATA", "keep")
    monkeypatch.setenv("SERVICES_PERSONAL_DATA_KEY", "a key of 32 characters or more, with a ' in it")
    buyer_keys.cache_clear()
    return warehouse


def extract(minute: int = 0, name: str = PERSONAL[0]) -> packages.Package:
    """One job, read as an extraction does it: spooled, then packed."""
    read = records.job(WINDOW, payload(name), True, NOON + timedelta(minutes=minute), buyer_keys())
    package = packages.begin(WINDOW, "run-1")
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


def test_another_key_opens_nothing_and_loses_nothing(keeping, monkeypatch):
    extract(1).complete()
    load()
    extract(2, "Second").complete()
    right = "a key of 32 characters or more, with a ' in it"
    monkeypatch.setenv("SERVICES_PERSONAL_DATA_KEY", "another key of 32 characters or more")
    with pytest.raises(restricted.NoKey, match="Set the key it was read with"):
        load()
    with pytest.raises(restricted.NoKey, match="is not opened by SERVICES_PERSONAL_DATA_KEY"):
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
