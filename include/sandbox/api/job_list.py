"""getServiceJobs: filters, sorting, and pages by position of a list that changes.

A page token holds a position, as Amazon's does: a job that leaves the list between two pages shifts all jobs after it.
"""

import base64
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

import numpy as np
import orjson

from include.sandbox.api.errors import invalid
from include.sandbox.world.job import Job
from include.sandbox.world.payload import list_item
from include.sandbox.world.timeline import Numbers
from include.sandbox.world.times import FOREVER, from_iso
from include.sandbox.world.world import World

PAGE_SIZE = 20
KEPT_LISTS, KEPT_ITEMS = 16, 100_000


class JobList:
    """Pages of jobs; a list is found again only after a change. `token_seconds`: lifetime of a page token, by the wall clock."""

    def __init__(self, world: World, token_seconds: float = 600) -> None:
        self.world, self.token_seconds = world, token_seconds
        self._find = lru_cache(maxsize=KEPT_LISTS)(self._find_at)
        self._items: dict[int, tuple[int, int, bytes]] = {}

    def page(self, query: dict[str, Any]) -> bytes:
        """Return the body of one page."""
        numbers = self._list(query)
        size = query.get("pageSize", PAGE_SIZE)
        first = self._position(query["pageToken"]) if "pageToken" in query else 0
        head: dict[str, Any] = {"totalResultSize": len(numbers)}
        if first + size < len(numbers):
            head["nextPageToken"] = _token(first + size, size)
        if first > 0:
            head["previousPageToken"] = _token(max(0, first - size), size)
        now = self.world.now()
        jobs = b",".join([self._item(number, now) for number in numbers[first : first + size].tolist()])
        return b'{"payload":' + orjson.dumps(head)[:-1] + b',"jobs":[' + jobs + b"]}}"

    def _list(self, query: dict[str, Any]) -> Numbers:
        """Return the numbers of all jobs of a query, in its order."""
        marketplace_id = query["marketplaceIds"][0]
        if ("createdAfter" in query) == ("lastUpdatedAfter" in query):
            raise invalid("Exactly one of createdAfter and lastUpdatedAfter must be specified.")
        if marketplace_id not in self.world.marketplace_ids:
            return np.empty(0, np.int64)
        filters = {name: value for name, value in query.items() if name not in ("pageToken", "pageSize")}
        return self._find(orjson.dumps(filters, option=orjson.OPT_SORT_KEYS), self.world.position(marketplace_id))

    def _find_at(self, filters: bytes, position: tuple[int, int]) -> Numbers:
        """Find a list; at the same `position` of the world it is the same."""
        query = orjson.loads(filters)
        created = "createdAfter" in query
        after, before = ("createdAfter", "createdBefore") if created else ("lastUpdatedAfter", "lastUpdatedBefore")
        # a `before` of the other kind narrows the list further
        other = "lastUpdatedBefore" if created else "createdBefore"
        search = self.world.created if created else self.world.updated
        until = from_iso(query[before]) if before in query else FOREVER
        numbers = search(query["marketplaceIds"][0], from_iso(query[after]), until)
        conditions = _filters(query, other, self.world.now())
        if conditions:
            fitting = [number for number in numbers.tolist() if all(fits(self.world.job(number)) for fits in conditions)]
            numbers = np.array(fitting, np.int64)
        if query.get("sortField") == "JOB_STATUS":
            now = self.world.now()
            numbers = np.array(sorted(numbers.tolist(), key=lambda number: self.world.job(number).at(now).status), np.int64)
        return numbers if query.get("sortOrder") == "ASC" else numbers[::-1]

    def _item(self, number: int, now: int) -> bytes:
        since, until, body = self._items.get(number, (0, 0, b""))
        if not since <= now < until or number in self.world.changed:
            job = self.world.job(number)
            body = list_item(job, now)
            if len(self._items) >= KEPT_ITEMS:
                self._items.clear()
            self._items[number] = *job.span(now), body
        return body

    def _position(self, token: str) -> int:
        try:
            content = orjson.loads(base64.b64decode(unquote(token), altchars=b"-_", validate=True))
            index, issued = content["firstRecord"]["index"], content["issued"]
            is_fresh = 0 <= time.time() - issued <= self.token_seconds
        except (ValueError, KeyError, TypeError):
            raise invalid("The page token is not valid.") from None
        if not is_fresh or not isinstance(index, int) or index < 0:
            raise invalid("The page token has expired.")
        return index


def _token(first: int, size: int) -> str:
    """Return a token as Amazon writes it, with its padding escaped: `...fX0%3D`."""
    content = {"firstRecord": {"index": first}, "lastRecord": {"index": first + size - 1}, "issued": time.time()}
    return base64.urlsafe_b64encode(orjson.dumps(content)).decode().replace("=", "%3D")


def _filters(query: dict[str, Any], other_before: str, now: int) -> list[Callable[[Job], bool]]:
    """Return a predicate for each filter of the query besides its window."""
    fits: dict[str, Callable[[Any], Callable[[Job], bool]]] = {
        "serviceOrderIds": lambda ids: lambda job: job.order_id in ids,
        "productOrderIds": lambda ids: lambda job: bool(job.at(now).items) and job.product_order_id in ids,
        "trackingIds": lambda ids: lambda job: job.tracking_id in ids and is_shipped(job, now),
        "serviceJobStatus": lambda statuses: lambda job: job.at(now).status in statuses,
        "asins": lambda asins: lambda job: job.service.asin in asins,
        "requiredSkills": lambda skills: lambda job: not set(skills).isdisjoint(job.service.skills),
        "storeIds": lambda stores: lambda job: job.store.store_id in stores,
        "createdBefore": lambda text: lambda job: job.created <= from_iso(text),
        "lastUpdatedBefore": lambda text: lambda job: job.updated(now) <= from_iso(text),
    }
    narrowing = [name for name in query if name in fits and (not name.endswith("Before") or name == other_before)]
    filters = [fits[name](query[name]) for name in narrowing]
    if "scheduleStartDate" in query or "scheduleEndDate" in query:
        first = from_iso(query["scheduleStartDate"]) if "scheduleStartDate" in query else 0
        last = from_iso(query["scheduleEndDate"]) if "scheduleEndDate" in query else FOREVER
        if last < first:
            raise invalid("scheduleEndDate should not be earlier than scheduleStartDate.")
        filters.append(lambda job: any(first <= item.start <= last for item in job.at(now).appointments))
    return filters


def is_shipped(job: Job, now: int) -> bool:
    """Return whether an item of the job is on its way or delivered: then the API shows its tracking id."""
    return any(item.status in ("SHIPPED", "DELIVERED") for item in job.at(now).items)
