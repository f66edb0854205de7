"""A warehouse that was filled before values in unexpected places were dropped loses them with the update, and nothing else.

`unexpected_places.txz` is what `unexpected_places.py` made with the last commit before: published twice, with three packages
that wait to be loaded, and an hour that failed after some jobs.
"""

import json
import tarfile
from datetime import timedelta
from pathlib import Path

import pytest

from include.extract import runs
from include.extract.backfill import Backfill
from include.services_api import ServicesClient
from include.warehouse import database, paths, schema
from include.warehouse.building.transform import build_models
from include.warehouse.loading import packages
from include.warehouse.loading.load import load_packages
from include.warehouse.publishing import versions
from include.warehouse.publishing.publish import publish
from tests.end_to_end.scripted_api import scripted_api
from tests.searching import found
from tests.upgrades.unexpected_places import HASH_KEY, HOUR, PRIVATE, listed

JOBS = "select service_job_id, content_hash from raw.service_jobs order by service_job_id, observed_at"


@pytest.fixture
def installation(warehouse: Path, monkeypatch) -> Path:
    with tarfile.open(Path(__file__).with_name("unexpected_places.txz")) as archive:
        archive.extractall(warehouse, filter="data")
    (warehouse / "payloads.json").rename(warehouse.parent / "payloads.json")
    monkeypatch.setenv("SERVICES_BUYER_HASH_KEY", HASH_KEY)
    # the archive was made some time ago
    monkeypatch.setattr(packages, "SPOOL_KEPT", timedelta(days=36_500))
    return warehouse


def payloads(installation: Path) -> list[dict]:
    return json.loads((installation.parent / "payloads.json").read_text())


def rows(query: str) -> list[tuple]:
    with database.connect() as connection:
        return connection.execute(query).fetchall()


def read(jobs: list, hour: int) -> None:
    with scripted_api() as api, ServicesClient(api.account()) as client:
        listed(api, jobs)
        start = HOUR + timedelta(hours=hour)
        wanted = Backfill.from_params({"start": start.isoformat(), "end": (start + timedelta(hours=1)).isoformat()})
        runs.backfill(client, wanted, start + timedelta(days=1), f"hour-{hour}")
    with database.connect() as connection:
        load_packages(connection)


def test_nothing_private_is_left_and_no_job_has_a_new_version(installation):
    everywhere = {file.split("/")[0] for file, _ in found(installation, PRIVATE)}
    assert everywhere >= {"build.duckdb", "published", "packages"}, "nothing to remove: this would prove nothing"
    jobs = payloads(installation)
    counted = "select service_job_id, count(*) from raw.service_jobs where not contains(service_job_id, 'waiting') group by all"
    with database.connect() as connection:
        before = dict(connection.execute(counted).fetchall())
        load_packages(connection)
    # two versions of one job differed in what is no longer stored
    assert before["job-1"] == 2 and dict(rows(counted)) == before | {"job-1": 1}
    stored = rows(JOBS)
    read(jobs, 5)
    assert rows(JOBS) == stored
    # the hour that failed goes on from its spool; what follows is as if all had been read today
    read([job | {"serviceJobId": f"{job['serviceJobId']}-spooled"} for job in jobs], 3)
    read([job | {"serviceJobId": f"{job['serviceJobId']}-again"} for job in jobs], 6)
    columns = "service_job_status, _extra, appointments, associated_items, service_location, scope_of_work"
    contents = [
        set(rows(f"select {columns} from raw.service_jobs where service_job_id {condition}"))
        for condition in ("similar to 'job-\\d+'", "like '%-spooled'", "like '%-waiting'", "like '%-again'")
    ]
    assert contents[0] == contents[1] == contents[2] == contents[3] and len(contents[0]) > 10

    build_models()
    publish(paths.build_database(), paths.published_database(), run_id="updated")
    assert len(versions.versions(paths.published_database())) == 1
    assert found(installation, PRIVATE) == []


def test_what_was_known_is_not_told_as_new_and_is_updated_once(installation):
    with database.connect() as connection:
        schema.ensure(connection)
        drift = "select path, times, is_value_kept from ops.schema_drift where path like 'customerContact%' order by path"
        once = connection.execute(drift).fetchall()
        assert once[0] == ("customerContact.name", 3, False) and ("customerContact.visits", 2, True) in once
        assert (
            connection.execute("select max(first_observed_at) from ops.schema_drift").fetchone()[0]
            < connection.execute("select now() - interval 1 second").fetchone()[0]
        )
        quarantined = connection.execute("from ops.quarantined_records order by all").fetchall()
        schema.ensure(connection)
        assert connection.execute(drift).fetchall() == once
        assert connection.execute("from ops.quarantined_records order by all").fetchall() == quarantined
        payloads = [json.loads(row[5]) for row in quarantined if row[5]]
    assert payloads and all(payload.keys() == {"type", "length"} for payload in payloads)
