"""Follows page tokens to the end, and only there: a token that comes again is an error, not one more page."""

from collections.abc import Callable, Iterator
from datetime import datetime

from include.services_api import operations
from include.services_api.answers import Answer
from include.services_api.client import ServicesClient
from include.services_api.errors import ServicesApiError


class EndlessPaging(ServicesApiError):
    """A page token came again: following it would never end."""


def job_pages(client: ServicesClient, marketplace_id: str, **filters) -> Iterator[Answer]:
    """Pages of `get_service_jobs`. Tokens are positions: whoever needs every job compares with `totalResultSize`."""

    def page(token: str | None) -> Answer:
        return client.get_service_jobs(marketplace_id, page_token=token, **filters)

    return _pages(page, operations.GET_JOBS.name, client.account.name)


def fixed_capacity_pages(
    client: ServicesClient, marketplace_id: str, resource_id: str, start: datetime, end: datetime, **options
) -> Iterator[Answer]:
    """Pages of `get_fixed_slot_capacity`."""

    def page(token: str | None) -> Answer:
        return client.get_fixed_slot_capacity(marketplace_id, resource_id, start, end, page_token=token, **options)

    return _pages(page, operations.GET_FIXED_CAPACITY.name, client.account.name)


def range_capacity_pages(
    client: ServicesClient, marketplace_id: str, resource_id: str, start: datetime, end: datetime, **options
) -> Iterator[Answer]:
    """Pages of `get_range_slot_capacity`."""

    def page(token: str | None) -> Answer:
        return client.get_range_slot_capacity(marketplace_id, resource_id, start, end, page_token=token, **options)

    return _pages(page, operations.GET_RANGE_CAPACITY.name, client.account.name)


def _pages(page: Callable[[str | None], Answer], operation: str, account: str) -> Iterator[Answer]:
    token, seen = None, set()
    while True:
        answer = page(token)
        yield answer
        token = answer.payload.get("nextPageToken")
        if not token:
            return
        if token in seen:
            problem = f"page {len(seen) + 1} gave a page token that was given before: the listing would never end."
            raise EndlessPaging(problem, operation=operation, account=account, request_id=answer.request_id)
        seen.add(token)
