"""A client that answers from memory: for what HTTP would only slow down."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from include.services_api.clock import ApiClock
from include.services_api.errors import NotFound

START = datetime(2026, 10, 1, tzinfo=UTC)


@dataclass
class FakeClient:
    """`pages` are the payloads of getServiceJobs in order; `details` by job id, None for 404."""

    pages: list[dict] = field(default_factory=list)
    details: dict[str, dict | None] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    bounds: list[tuple[datetime, datetime]] = field(default_factory=list)
    now: datetime = START + timedelta(days=40)
    max_share: float = 1.0
    clock: ApiClock = field(default_factory=ApiClock)

    account = SimpleNamespace(name="seller")

    def checked_time(self):
        return self.clock.check()

    @property
    def usage(self):
        return SimpleNamespace(requests=len(self.asked), throttled=0, waited_seconds=0.0, bytes=0, last_request_id="request-1")

    def get_service_jobs(self, marketplace_id, *, page_token=None, **bounds):
        if page_token is None:
            self.bounds.append(tuple(bounds.values()))
        payload = self.pages.pop(0)
        if isinstance(payload, Exception):
            raise payload
        return self._answer(payload)

    def get_service_job(self, service_job_id):
        self.asked.append(service_job_id)
        detail = self.details.get(service_job_id)
        if isinstance(detail, Exception):
            raise detail
        if detail is None:
            raise NotFound("getServiceJobByServiceJobId answered 404")
        return self._answer(detail)

    def _answer(self, payload):
        self.now += timedelta(seconds=1)
        return SimpleNamespace(payload=payload, received_at=self.now, size=0, request_id="request-1")


def page(*ids: str, total: int | None = None, token: str | None = None) -> dict:
    jobs = [{"serviceJobId": name, "serviceJobStatus": "NOT_SERVICED"} for name in ids]
    return {"totalResultSize": len(ids) if total is None else total, "nextPageToken": token, "jobs": jobs}
