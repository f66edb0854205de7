"""Follows page tokens to the end, and only there: a token that comes again is an error, not one more page.

Tokens that are always new do not lead further than a listing can be long: see `limits`.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from include.services_api import limits, operations
from include.services_api.client import ServicesClient
from include.services_api.errors import ServicesApiError
from include.services_api.responses import Response


class EndlessPaging(ServicesApiError):
    """A listing has no end: a page token came again, is no token, or leads on and on."""

    advice = "Ask for less at once, such as fewer days; with the request id, Amazon's support can look the listing up."


class Extent:
    """How long a listing is by now."""

    def __init__(self, operation: str, account: str):
        self._about = {"operation": operation, "account": account}
        self._pages = self._bytes = 0

    def add(self, answer: Response) -> None:
        """Count one more page.

        Raises:
            EndlessPaging: The listing is longer than any of the API's can be.
        """
        self._pages, self._bytes = self._pages + 1, self._bytes + answer.size
        if self._pages > limits.LISTING_PAGES or self._bytes > limits.LISTING_BYTES:
            raise EndlessPaging(
                f"the listing has not ended after {self._pages:,} pages and {self._bytes:,} bytes.",
                request_id=answer.request_id, **self._about,
            )  # fmt: skip


def job_pages(client: ServicesClient, marketplace_id: str, **filters) -> Iterator[Response]:
    """Pages of `get_service_jobs`. Tokens are positions: whoever needs every job compares with `totalResultSize`."""

    def page(token: str | None) -> Response:
        return client.get_service_jobs(marketplace_id, page_token=token, **filters)

    return _pages(page, operations.GET_JOBS.name, client.account.name)


def fixed_capacity_pages(
    client: ServicesClient, marketplace_id: str, resource_id: str, start: datetime, end: datetime, **options
) -> Iterator[Response]:
    """Pages of `get_fixed_slot_capacity`."""

    def page(token: str | None) -> Response:
        return client.get_fixed_slot_capacity(marketplace_id, resource_id, start, end, page_token=token, **options)

    return _pages(page, operations.GET_FIXED_CAPACITY.name, client.account.name)


def range_capacity_pages(
    client: ServicesClient, marketplace_id: str, resource_id: str, start: datetime, end: datetime, **options
) -> Iterator[Response]:
    """Pages of `get_range_slot_capacity`."""

    def page(token: str | None) -> Response:
        return client.get_range_slot_capacity(marketplace_id, resource_id, start, end, page_token=token, **options)

    return _pages(page, operations.GET_RANGE_CAPACITY.name, client.account.name)


def _pages(page: Callable[[str | None], Response], operation: str, account: str) -> Iterator[Response]:
    token, seen, extent = None, set(), Extent(operation, account)
    while True:
        answer = page(token)
        extent.add(answer)
        yield answer
        token = answer.payload.get("nextPageToken")
        if not token:
            return
        if not isinstance(token, str) or token in seen:
            what = "was given before" if isinstance(token, str) else "is no text"
            problem = f"page {len(seen) + 1} gave a page token that {what}: the listing would never end."
            raise EndlessPaging(problem, operation=operation, account=account, request_id=answer.request_id)
        seen.add(token)
