"""The local API with real limits and 250 ms latency, and the jobs that the clients race for."""

from datetime import datetime

import pytest

from tests.local_api import LocalApi, local_api

JOBS = 2_000
NOW = "2026-11-01T12:00:00Z"


@pytest.fixture(scope="session")
def api():
    options = ("--days", "3", "--jobs-per-day", "900", "--marketplaces", "US", "--latency-ms", "250", "--token-seconds", "100000")
    with local_api(*options, "--now", NOW, "--frozen") as api:
        yield api


@pytest.fixture(scope="session")
def jobs(api: LocalApi) -> list[tuple[datetime, str]]:
    """(created, id) of 2,000 jobs, in the order in which they were created."""
    known = api.truth(as_of=NOW, tables="fct_service_jobs")["fct_service_jobs"]
    assert len(known) >= JOBS
    return sorted((datetime.fromisoformat(job["created_at"]), job["service_job_id"]) for job in known)[:JOBS]


@pytest.fixture(autouse=True)
def own_budget(tmp_path, monkeypatch):
    monkeypatch.setenv("SERVICES_RATE_BUDGET_URL", (tmp_path / "rate_budget").as_uri())
