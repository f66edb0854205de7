"""Iterates over the pages of a listing.

A repeated page token is an error, and so is a listing longer than `limits` allows.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from include.services_api import limits
from include.services_api.client import ServicesClient
from include.services_api.errors import ServicesApiError
from include.services_api.operations import GET_FIXED_CAPACITY, GET_JOBS, GET_RANGE_CAPACITY, Operation
from include.services_api.responses import Response


class EndlessPaging(ServicesApiError):
    """A listing does not end: a page token is repeated or invalid, or there are too many pages."""

    advice = "Request less at once, such as fewer days; with the request id, Amazon's support can look the listing up."


class Extent:
    """Counts the pages and bytes of a listing."""

    def __init__(self, operation: str, account: str):
        self._operation, self._account = operation, account
        self._pages = self._bytes = 0

    def add(self, page: Response) -> None:
        """Count one more page.

        Raises:
            EndlessPaging: The listing is longer than `limits` allows.
        """
        self._pages, self._bytes = self._pages + 1, self._bytes + page.size
        if self._pages > limits.LISTING_PAGES or self._bytes > limits.LISTING_BYTES:
            raise EndlessPaging(
                f"the listing has not ended after {self._pages:,} pages and {self._bytes:,} bytes.",
                operation=self._operation, account=self._account, request_id=page.request_id,
            )  # fmt: skip


def job_pages(client: ServicesClient, marketplace_id: str, **filters) -> Iterator[Response]:
    """Pages of `get_service_jobs`. Tokens are positions: compare with `totalResultSize` to be sure of every job."""
    return _pages(client, GET_JOBS, client.get_service_jobs, marketplace_id, **filters)


def fixed_capacity_pages(
    client: ServicesClient, marketplace_id: str, resource_id: str, start: datetime, end: datetime, **options
) -> Iterator[Response]:
    """Pages of `get_fixed_slot_capacity`."""
    return _pages(client, GET_FIXED_CAPACITY, client.get_fixed_slot_capacity, marketplace_id, resource_id, start, end, **options)


def range_capacity_pages(
    client: ServicesClient, marketplace_id: str, resource_id: str, start: datetime, end: datetime, **options
) -> Iterator[Response]:
    """Pages of `get_range_slot_capacity`."""
    return _pages(client, GET_RANGE_CAPACITY, client.get_range_slot_capacity, marketplace_id, resource_id, start, end, **options)


def _pages(
    client: ServicesClient, operation: Operation, read_page: Callable[..., Response], *arguments, **options
) -> Iterator[Response]:
    tokens: set[str] = set()
    token, extent = None, Extent(operation.name, client.account.name)
    while True:
        page = read_page(*arguments, **options, page_token=token)
        extent.add(page)
        yield page
        token = page.payload.get("nextPageToken")
        if not token:
            return
        if not isinstance(token, str) or token in tokens:
            reason = "was used before" if isinstance(token, str) else "is not a text"
            problem = f"page {len(tokens) + 1} has a next page token that {reason}: the listing would never end."
            raise EndlessPaging(problem, operation=operation.name, account=client.account.name, request_id=page.request_id)
        tokens.add(token)
