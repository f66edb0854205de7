"""Paging follows tokens to the end, and stops at a token that comes again."""

from datetime import UTC, datetime, timedelta

import pytest

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
