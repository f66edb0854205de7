"""Paging follows tokens to the end, and stops at a token that comes again."""

from datetime import UTC, datetime, timedelta

import pytest

from include.services_api import Response, limits
from include.services_api.paging import EndlessPaging, fixed_capacity_pages, job_pages, range_capacity_pages
from tests.services_api.conftest import MARKETPLACE
from tests.services_api.loopback import Reply

START = datetime(2026, 10, 1, tzinfo=UTC)


def test_jobs(client, loopback):
    loopback.script(*(Reply(body={"payload": {"jobs": [], "nextPageToken": token}}) for token in ("a", "b", "")))
    assert len(list(job_pages(client, MARKETPLACE, created_after=START))) == 3
    assert [request["query"].get("pageToken") for request in loopback.requests] == [None, "a", "b"]


@pytest.mark.parametrize("pages", [fixed_capacity_pages, range_capacity_pages])
def test_capacity(client, loopback, pages):
    loopback.script(Reply(body={"capacities": [], "nextPageToken": "a"}), Reply(body={"capacities": []}))
    assert len(list(pages(client, MARKETPLACE, "r1", START, START + timedelta(days=1)))) == 2
    assert [request["query"].get("nextPageToken") for request in loopback.requests] == [None, "a"]


def test_an_endless_listing_ends(client, loopback):
    loopback.script(Reply(body={"payload": {"jobs": [], "nextPageToken": "again"}}))
    pages = job_pages(client, MARKETPLACE, created_after=START)
    assert next(pages).payload["nextPageToken"] == "again"
    with pytest.raises(EndlessPaging, match=r"getServiceJobs \(connection my_shop\)"):
        list(pages)
    assert len(loopback.requests) == 2


@pytest.fixture
def endless(client, monkeypatch):
    """A client whose pages are full and whose tokens are always new; it counts the pages that were asked for."""
    counts = {"pages": 0}

    def page(*arguments: object, **options: object) -> Response:
        counts["pages"] += 1
        payload = {"jobs": [], "capacities": [], "nextPageToken": f"token-{counts['pages']}"}
        return Response(payload, payload, [], "request-7", datetime.now(UTC), counts.get("size", 100))

    for name in ("get_service_jobs", "get_fixed_slot_capacity", "get_range_slot_capacity"):
        monkeypatch.setattr(client, name, page)
    return counts


LISTINGS = {
    "jobs": lambda client: job_pages(client, MARKETPLACE, created_after=START),
    "fixed": lambda client: fixed_capacity_pages(client, MARKETPLACE, "r1", START, START + timedelta(days=1)),
    "range": lambda client: range_capacity_pages(client, MARKETPLACE, "r1", START, START + timedelta(days=1)),
}


@pytest.mark.parametrize("listing", LISTINGS)
def test_tokens_that_are_always_new_end(client, endless, listing):
    with pytest.raises(EndlessPaging, match=r"my_shop.*has not ended after 2,001 pages.*request-7"):
        list(LISTINGS[listing](client))
    assert endless["pages"] == limits.LISTING_PAGES + 1


@pytest.mark.parametrize("listing", LISTINGS)
def test_large_pages_end_sooner(client, endless, listing):
    endless["size"] = limits.RESPONSE_BYTES
    with pytest.raises(EndlessPaging, match="my_shop"):
        list(LISTINGS[listing](client))
    assert endless["pages"] * limits.RESPONSE_BYTES <= limits.LISTING_BYTES + limits.RESPONSE_BYTES


@pytest.mark.parametrize("token", [7, ["a"], {"a": 1}, True, 0.5])
def test_a_token_that_is_none(client, loopback, token):
    loopback.script(Reply(body={"capacities": [], "nextPageToken": token}))
    with pytest.raises(EndlessPaging, match=r"my_shop.*is not a text"):
        list(fixed_capacity_pages(client, MARKETPLACE, "r1", START, START + timedelta(days=1)))
    assert len(loopback.requests) == 1
