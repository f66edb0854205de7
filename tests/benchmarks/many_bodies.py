"""Response bodies of any number of jobs, made on the fly from those of a small world, and clients that are answered by them."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from types import SimpleNamespace
from urllib.parse import parse_qsl, urlsplit

import orjson
import requests
from requests.adapters import BaseAdapter

from include.sandbox.world.clock import Clock
from include.sandbox.world.payload import detail, list_item
from include.sandbox.world.times import from_iso
from include.sandbox.world.world import World
from include.services_api import operations, responses
from include.services_api.clock import ApiClock
from include.services_api.operations import Operation
from include.services_api.responses import Response

MARKETPLACE = "ATVPDKIKX0DER"
START = datetime(2026, 9, 1, tzinfo=UTC)
PAGE = 20
# answered with a 200 each: what a client reads of it is measured, not what it sends
DETAIL, LIST = "job", "jobs"


@dataclass
class Bodies:
    """Bodies of `count` jobs, a second between one job's update and the next one's. `version`: what tells two states apart."""

    count: int
    version: int = 1
    first: int = 0
    _templates: list[tuple[str, list[bytes], list[bytes]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        world = World(
            Clock(from_iso("2026-11-10T12:00:00Z"), True), seed=3, days=20, jobs_per_day=100, stores=20, countries=("US",)
        )
        now = world.now()
        for job in world.jobs():
            name, version = job.job_id.encode(), b'"quantity":%d' % self.version
            full = re.sub(rb'"quantity":\d+', version, orjson.dumps(detail(job, now)), count=1)
            # a body is then made by one join: the making of bodies is not what is measured
            self._templates.append((job.job_id, full.split(name), list_item(job, now).split(name)))

    def make_all(self) -> "Bodies":
        """Every job's bytes beforehand, where the clock is not to count their making: some 4 KB each."""
        numbers = range(self.first, self.first + self.count)
        details, listed = {n: self.detail(n) for n in numbers}, {n: self._listed(n) for n in numbers}
        self.detail, self._listed = details.__getitem__, listed.__getitem__
        return self

    def _template(self, number: int) -> tuple[str, list[bytes], list[bytes]]:
        return self._templates[number % len(self._templates)]

    def name(self, number: int) -> str:
        return f"{self._template(number)[0]}-{number:07d}"

    def detail(self, number: int) -> bytes:
        return self.name(number).encode().join(self._template(number)[1])

    def body(self, name: str) -> bytes:
        return b'{"payload":' + self.detail(int(name[-7:])) + b"}"

    def page(self, numbers: range, place: int, full: bool = False) -> bytes:
        """A page of the list; with `full`, every job on it in full."""
        shown = numbers[place * PAGE : (place + 1) * PAGE]
        jobs = [self.detail(number) if full else self._listed(number) for number in shown]
        head = {"totalResultSize": len(numbers)} | (
            {"nextPageToken": str(place + 1)} if shown and shown[-1] != numbers[-1] else {}
        )
        return b'{"payload":' + orjson.dumps(head)[:-1] + b',"jobs":[' + b",".join(jobs) + b"]}}"

    def _listed(self, number: int) -> bytes:
        return self.name(number).encode().join(self._template(number)[2])

    def between(self, start: datetime, end: datetime) -> range:
        """Numbers of jobs that were updated in a range, its end excluded: so no job is in two windows."""
        bounds = [round((moment - START).total_seconds()) for moment in (start, end)]
        first, last = (min(max(bound, 0), self.count) for bound in bounds)
        return range(self.first + first, self.first + last)

    @property
    def end(self) -> datetime:
        return START + timedelta(seconds=self.count)


class BytesClient:
    """What the client does with a body once it is there: no HTTP, no limits."""

    max_share = 1.0
    usage = SimpleNamespace(requests=0, throttled=0, waited_seconds=0.0, last_request_id=None)

    def __init__(self, bodies: Bodies, account: str = "amazon_services_default") -> None:
        self.bodies = bodies
        self.account = SimpleNamespace(name=account, marketplace_ids=(MARKETPLACE,))
        self.clock = ApiClock(account)
        self.checked_time = self.clock.check

    def get_service_jobs(self, marketplace_id, *, last_updated_after, last_updated_before, page_token=None, page_size=PAGE):
        numbers = self.bodies.between(last_updated_after, last_updated_before)
        return self._answer(operations.GET_JOBS, self.bodies.page(numbers, int(page_token or 0)))

    def get_service_job(self, service_job_id):
        return self._answer(operations.GET_JOB, self.bodies.body(service_job_id))

    def _answer(self, operation: Operation, body: bytes) -> Response:
        response = SimpleNamespace(status_code=200, ok=True, headers={}, content=body)
        return responses.read(operation, self.account.name, response, self.clock.now())


class BytesAdapter(BaseAdapter):
    """The same for a library that brings its own HTTP client: a transport of `requests` that answers from memory."""

    def __init__(self, bodies: Bodies) -> None:
        super().__init__()
        self.bodies = bodies

    def send(self, request, **options):
        query = dict(parse_qsl(urlsplit(request.url).query))
        response = requests.Response()
        response.status_code, response.request, response.url = 200, request, request.url
        response.headers["Content-Type"] = "application/json"
        response._content = self.bodies.page(range(self.bodies.count), int(query.get("pageToken") or 0), full=True)
        return response

    def close(self) -> None:
        pass

    @cached_property
    def session(self) -> requests.Session:
        session = requests.Session()
        session.mount("http://", self)
        return session
