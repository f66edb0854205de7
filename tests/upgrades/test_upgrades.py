"""An update of the code under an installation that exists: it goes on, and shows what a warehouse built anew would show.

Each fixture is what an earlier commit left (`make_fixture`), in the middle of its work: one hour is read and not loaded, the next
one failed. Today's code reads that hour, loads, builds, audits and publishes. The same packages, all of them, then go into an
empty warehouse, and every mart of the two is compared.
"""

import shutil
import tarfile
from pathlib import Path

import pytest

from include.extract import privacy
from include.services_api import ServicesClient
from include.warehouse import database, paths
from include.warehouse.building.transform import build_models
from include.warehouse.publishing import versions
from tests.local_api import local_api
from tests.upgrades.installation import FAILED_HOUR, account, bring_up_to_date, copy_packages, read_hour
from tests.upgrades.make_fixture import HASH_KEY, HERE, WORLD

FIRST, BEFORE_DRIFT = "425de9b", "f31407f"
FIXTURES = sorted(file.name.partition(".")[0] for file in HERE.glob("*.tar.xz"))


@pytest.fixture
def unpacked(tmp_path, monkeypatch, request) -> Path:
    """The folder that holds the fixture's `warehouse`, which is the one in use, and its `observations`."""
    with tarfile.open(HERE / f"{request.param}.tar.xz") as tar:
        tar.extractall(tmp_path, filter="data")
    monkeypatch.setenv("SERVICES_BUYER_HASH_KEY", HASH_KEY)
    use(tmp_path / "warehouse", monkeypatch)
    yield tmp_path
    privacy.buyer_keys.cache_clear()


def use(warehouse: Path, monkeypatch) -> None:
    monkeypatch.setenv("SERVICES_WAREHOUSE_DIR", str(warehouse))
    privacy.buyer_keys.cache_clear()


def read_the_failed_hour() -> list[dict]:
    """Returns the requests that it took."""
    with local_api(*WORLD) as api, ServicesClient(account(api.url)) as client:
        api.control("POST", "clock", {"advance_seconds": 3600 * FAILED_HOUR})
        read_hour(client, FAILED_HOUR)
        return api.log()


def published() -> dict[str, list[tuple]]:
    with database.connect(paths.published_database(), read_only=True) as connection:
        tables = connection.execute("select table_name from duckdb_tables() where schema_name = 'marts' order by 1").fetchall()
        return {table: connection.execute(f"from marts.{table} order by all").fetchall() for (table,) in tables}


def columns_of_slots() -> list[str]:
    with database.connect(paths.published_database(), read_only=True) as connection:
        return [name for name, *_ in connection.execute("describe marts.fct_slot_availability").fetchall()]


def copy_journal(source: Path, target: Path) -> None:
    target.mkdir(parents=True)
    for file in source.rglob("*.json"):
        shutil.copy2(file, target)


@pytest.mark.parametrize(
    "unpacked", [pytest.param(name, marks=pytest.mark.soak) if name == FIRST else name for name in FIXTURES], indirect=True
)
def test_an_installation_goes_on_after_an_update(unpacked, monkeypatch):
    observations, anew = unpacked / "observations", unpacked / "anew"
    copy_journal(paths.writes_dir(), anew / "writes")
    read_the_failed_hour()
    copy_packages(observations)
    bring_up_to_date("after the update")
    after_the_update = published()
    assert [folder for folder in paths.packages_dir().glob("2*")] == [], "nothing that was read before waits for ever"

    use(anew, monkeypatch)
    shutil.copytree(observations, paths.packages_dir())
    bring_up_to_date("anew")
    built_anew = published()

    assert after_the_update.keys() == built_anew.keys()
    for table, rows in built_anew.items():
        assert after_the_update[table] == rows, table
    for table in ("fct_service_jobs", "fct_slot_availability", "fct_job_slot_availability"):
        assert len(built_anew[table]) > 100, table


@pytest.mark.parametrize("unpacked", [BEFORE_DRIFT], indirect=True)
def test_what_lies_around_an_installation_is_of_use_after_an_update(unpacked):
    kept = versions.versions(paths.published_database())
    assert "scheduling_type" not in columns_of_slots()
    assert len(kept) == 2 and len(list(paths.writes_dir().rglob("*.json"))) == 2
    spooled = len(list(paths.packages_dir().glob("*/spool/service_jobs/*.arrow")))
    assert spooled == 1
    details = [one for one in read_the_failed_hour() if one["operation"] == "getServiceJobByServiceJobId"]
    bring_up_to_date("after the update")
    with database.connect() as connection:
        (listed,) = connection.execute(
            "select details + 2 from ops.extract_windows where run_id = ? and entity = 'jobs' and status = 'complete'",
            [f"hour {FAILED_HOUR}"],
        ).fetchone()
        writes = connection.execute("select outcome, requested_by from ops.api_writes order by sent_at").fetchall()
    assert len(details) == listed - 2, "a spool of before spares its jobs"
    assert writes == [("accepted", "the first hour"), ("accepted", "the second hour")]
    # a column that this installation did not have is filled, also in rows of before
    assert "scheduling_type" in columns_of_slots()
    with database.connect(paths.published_database(), read_only=True) as connection:
        unfilled = "select count(*) from marts.fct_slot_availability where (capacity is null) <> (scheduling_type is null)"
        assert connection.execute(unfilled).fetchone() == (0,)
    # everything was made anew once, since the models are others, and is not again
    build_models()
    with database.connect(read_only=True) as connection:
        assert connection.execute("select is_complete from intermediate.int_build_scope").fetchall() == [(False,)]
    # an earlier version, of before the update, can be gone back to
    assert versions.rollback(paths.published_database(), kept[0].name).name == kept[0].name
    assert "fct_service_jobs" in published()


def test_the_fixtures_are_small_and_those_that_are_told_of():
    assert {FIRST, BEFORE_DRIFT} <= set(FIXTURES)
    assert all((HERE / f"{name}.tar.xz").stat().st_size < 500_000 for name in FIXTURES)
