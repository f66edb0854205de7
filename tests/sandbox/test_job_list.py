"""getServiceJobs: windows, filters, order, and pages by position over a list that lives."""

from __future__ import annotations

import time

import pytest

from include.sandbox.world.times import from_iso, to_iso
from tests.sandbox.conftest import NOW, START, UK, US, Running


def test_everything_updated_in_the_history_is_every_job(world: Running) -> None:
    truth = world.control("GET", "truth", tables="fct_service_jobs")["fct_service_jobs"]
    read = [job for mkt in (US, UK) for job in world.job_ids(marketplaceIds=mkt, lastUpdatedAfter=START, lastUpdatedBefore=NOW)]
    assert sorted(read) == sorted(row["service_job_id"] for row in truth)
    assert len(read) > 300


def test_windows_share_their_border_and_nothing_else(world: Running) -> None:
    middle = "2026-11-01T00:00:00Z"
    first = world.job_ids(lastUpdatedAfter=START, lastUpdatedBefore=middle)
    second = world.job_ids(lastUpdatedAfter=middle)
    assert not set(first) & set(second)
    assert set(first) | set(second) == set(world.job_ids(lastUpdatedAfter=START))
    created = world.job(first[0])["createTime"]
    assert first[0] in world.job_ids(createdAfter=created, createdBefore=created)


def test_every_filter_narrows_the_list_to_what_it_names(world: Running) -> None:
    job = world.find(lambda each: "trackingIds" in each and "appointments" in each and each["scopeOfWork"]["requiredSkills"])
    start = job["appointments"][0]["appointmentTime"]["startTime"]
    filters = {
        "serviceOrderIds": job["serviceOrderId"],
        "productOrderIds": job["productOrderIds"][0],
        "trackingIds": job["trackingIds"][0],
        "serviceJobStatus": job["serviceJobStatus"],
        "asins": job["scopeOfWork"]["asin"],
        "requiredSkills": job["scopeOfWork"]["requiredSkills"][0],
        "storeIds": job["storeId"],
        "scheduleStartDate": start,
        "lastUpdatedBefore": NOW,
    }
    everything = world.job_ids(createdAfter=START)
    for name, value in filters.items():
        found = world.job_ids(createdAfter=START, **{name: value})
        assert job["serviceJobId"] in found, name
        assert len(found) < len(everything) or name == "lastUpdatedBefore", name
    assert len(world.job_ids(createdAfter=START, serviceOrderIds=job["serviceOrderId"])) == 1


def test_order_and_page_size(world: Running) -> None:
    ascending = [job for page in world.pages(createdAfter=START, sortOrder="ASC", pageSize=7) for job in page["jobs"]]
    times = [job["createTime"] for job in ascending]
    assert times == sorted(times)
    assert [job["serviceJobId"] for job in ascending] == world.job_ids(createdAfter=START)[::-1]
    by_status = [page["jobs"] for page in world.pages(createdAfter=START, sortField="JOB_STATUS", sortOrder="ASC")]
    statuses = [job["serviceJobStatus"] for jobs in by_status for job in jobs]
    assert statuses == sorted(statuses)


def test_the_list_holds_less_than_the_detail(world: Running) -> None:
    jobs = [job for page in world.pages(createdAfter=START) for job in page["jobs"]]
    appointments = [each for job in jobs for each in job.get("appointments", [])]
    assert appointments
    assert not any({"appointmentId", "poa"} & each.keys() for each in appointments)


def test_a_job_that_leaves_the_list_while_it_is_paged_shifts_the_rest(own_world: Running) -> None:
    window = {"lastUpdatedAfter": START, "lastUpdatedBefore": NOW}
    everything = own_world.job_ids(**window)
    pages = own_world.pages(**window)
    seen = [job["serviceJobId"] for job in next(pages)["jobs"]]
    own_world.control("POST", "clock", {"advance_seconds": 60})
    leaving = next(job for job in map(own_world.job, seen) if job["serviceJobStatus"] in ("NOT_SERVICED", "PENDING_SCHEDULE"))
    path = f"serviceJobs/{leaving['serviceJobId']}/cancellations"
    own_world.call("PUT", path, params={"cancellationReasonCode": "S1"}).raise_for_status()
    rest = list(pages)
    seen += [job["serviceJobId"] for page in rest for job in page["jobs"]]
    assert set(everything) - set(seen) == {everything[20]}
    assert rest[0]["totalResultSize"] == len(everything) - 1


def test_page_tokens_age(launch) -> None:
    world = launch("--days", "5", "--now", NOW, "--frozen", "--limits", "off", "--token-seconds", "0.2", "--seed", "3")
    query = {"marketplaceIds": US, "createdAfter": START, "pageSize": 5}
    token = world.call("GET", "serviceJobs", params=query).json()["payload"]["nextPageToken"]
    time.sleep(0.3)
    answer = world.call("GET", "serviceJobs", params=query | {"pageToken": token})
    assert (answer.status_code, "expired" in answer.text) == (400, True)


def test_pages_lead_back_and_forth(world: Running) -> None:
    pages = world.pages(createdAfter=START, pageSize=5)
    first, second = next(pages), next(pages)
    query = {"marketplaceIds": US, "createdAfter": START, "pageSize": 5, "pageToken": second["previousPageToken"]}
    assert world.call("GET", "serviceJobs", params=query).json()["payload"]["jobs"] == first["jobs"]
    assert "previousPageToken" not in first


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"createdAfter": START, "lastUpdatedAfter": START},
        {"createdAfter": "yesterday"},
        {"createdAfter": START, "pageSize": "0"},
        {"createdAfter": START, "pageSize": "21"},
        {"createdAfter": START, "pageSize": "many"},
        {"createdAfter": START, "marketplaceIds": f"{US},{UK}"},
        {"createdAfter": START, "marketplaceIds": ""},
        {"createdAfter": START, "serviceJobStatus": "DONE"},
        {"createdAfter": START, "sortField": "ID"},
        {"createdAfter": START, "asins": "SHORT"},
        {"createdAfter": START, "asins": ",".join(["B07MOUNT01"] * 21)},
        {"createdAfter": START, "storeIds": ",".join(["s"] * 51)},
        {"createdAfter": START, "serviceOrderIds": "no order"},
        {"createdAfter": START, "scheduleStartDate": NOW, "scheduleEndDate": START},
        {"createdAfter": START, "pageToken": "nonsense"},
    ],
)
def test_a_query_that_breaks_a_rule_is_refused(world: Running, query: dict) -> None:
    answer = world.call("GET", "serviceJobs", params={"marketplaceIds": US} | query)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == "InvalidInput"


def test_unknown_parameters_are_ignored_and_noted(world: Running) -> None:
    query = {"marketplaceIds": US, "createdAfter": START, "MarketplaceId": US}
    assert world.call("GET", "serviceJobs", params=query).status_code == 200
    assert world.control("GET", "log")["requests"][-1]["notes"] == ["unknown query parameter MarketplaceId"]


def test_the_world_moves_with_its_clock(own_world: Running) -> None:
    before = own_world.job_ids(createdAfter=START)
    tomorrow = to_iso(from_iso(NOW) + 2 * 86_400)
    own_world.control("POST", "clock", {"now": tomorrow})
    after = own_world.job_ids(createdAfter=START)
    assert set(before) < set(after)
    updated = own_world.job_ids(lastUpdatedAfter=NOW)
    assert set(after) - set(before) <= set(updated)
    assert set(updated) & set(before)
    own_world.control("POST", "clock", {"now": NOW})
    assert own_world.job_ids(createdAfter=START) == before


def test_a_running_clock_runs(launch) -> None:
    world = launch("--days", "2", "--now", NOW)
    time.sleep(1.1)
    assert world.control("GET", "clock")["now"] > NOW
    world.control("POST", "clock", {"frozen": True})
    assert world.control("GET", "clock")["frozen"] is True
