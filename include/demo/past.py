"""The weeks before the demonstration, as scheduled runs would have loaded them: what changed when, and capacity as it was.

The API shows only the present, so a backfill cannot tell when an appointment was moved, nor how busy a past day was. Therefore
the clock of the local API moves through the weeks, and at each stop what scheduled runs read is read: jobs, with what was
updated since the stop before, and capacity. The packages are loaded by the first run of Airflow. The writes to Amazon that this
seller has made in the generated past are entered in the journal, as if the pipeline had sent them.
"""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from typing_extensions import override

from include.demo import place
from include.demo.control import control
from include.extract import capacity, packaging, plan, runs
from include.extract.backfill import Backfill
from include.extract.privacy import buyer_keys
from include.extract.settings import settle_lag
from include.services_api import Account, ServicesClient
from include.services_api.budget import Grant, RateBudget
from include.services_api.clock import ApiClock
from include.warehouse.journal import api_writes
from include.warehouse.loading.packages import Package
from include.warehouse.loading.windows import CAPACITY, Window

WEEKS = timedelta(weeks=8)
STEP = timedelta(days=1)
HORIZON_DAYS = 2
RUN_ID = "demo"
OPERATIONS = {
    "reschedule": "rescheduleAppointmentForServiceJobByServiceJobId",
    "cancel": "cancelServiceJobByServiceJobId",
}


class WorldClock(ApiClock):
    """The time of the local API's world in place of this machine's, which the API's `Date` shows."""

    def set(self, moment: datetime) -> None:
        """Set the time from which the clock runs."""
        self._began, self._began_at = time.monotonic(), moment.astimezone(UTC)

    @override
    def update(self, headers: object, sent: float) -> bool:
        return True

    @override
    def check(self) -> datetime:
        return self.now()


class NoBudget(RateBudget):
    """A rate budget without limits: while the past is read, the local API has none either."""

    def __init__(self) -> None:
        pass

    @override
    def acquire(self, name: str, limit: Any, priority: str = "scheduled", max_share: float = 1.0) -> Grant:
        return Grant(0, limit.rate)


class PastClient(ServicesClient):
    """A client whose answers are received at the time of the world."""

    def __init__(self, account: Account) -> None:
        super().__init__(account, budget=NoBudget())
        self.world_clock = self._transport.clock = WorldClock(account.name)

    @override
    def checked_time(self) -> datetime:
        return self.clock.now()


def stops(now: datetime) -> list[datetime]:
    """The times at which the past is read. The last one is an hour before `now`, where the first run of Airflow continues."""
    last = now - timedelta(hours=1)
    return [last - step * STEP for step in range(WEEKS // STEP, -1, -1)]


def load(api_url: str, now: datetime, say: Callable[[str], None]) -> None:
    """Write load packages and journal entries of the weeks before `now`.

    Args:
        api_url: The local API; afterwards its clock is at `now` again.
        now: The time at which the demonstration's world stands still.
        say: Prints a line.
    """
    first, *later = stops(now)
    say(f"Reading {WEEKS.days // 7} weeks of the past, day by day and without rate limits")
    with _clients(api_url) as clients, _horizon():
        control(api_url, "PUT", "limits", {"enforced": False})
        for stop in (first, *later):
            control(api_url, "POST", "clock", {"now": stop.isoformat()})
            for client in clients:
                client.world_clock.set(stop + settle_lag())
                _read(client, stop, now, is_first=stop == first)
        control(api_url, "POST", "clock", {"now": now.isoformat()})
        control(api_url, "PUT", "limits", {"enforced": True})
    _enter_writes(control(api_url, "GET", f"writes?since={first:%Y-%m-%dT%H:%M:%SZ}")["writes"])


def _read(client: PastClient, stop: datetime, now: datetime, is_first: bool) -> None:
    """Read what scheduled runs would have read at a stop; at the first one, what a backfill would have."""
    end = stop + settle_lag()
    if is_first:
        start = now - timedelta(days=place.DAYS + 1)
        backfill = Backfill.from_params({"start": start.isoformat(), "end": stop.isoformat()})
        runs.backfill(client, backfill, end, RUN_ID)
    else:
        runs.scheduled_jobs(client, end - STEP, end, RUN_ID)
    _read_capacity(client, end)


def _read_capacity(client: PastClient, end: datetime) -> None:
    account, keys = client.account, buyer_keys()

    def resources(window: Window, package: Package, counts: Counter) -> list:
        return [capacity.resource_capacity(client, window, account.resource_ids, keys, counts)]

    windows = plan.scheduled_snapshot(account.name, CAPACITY, account.marketplace_ids, end, client.clock.now())
    packaging.pack_windows(client, windows, resources, RUN_ID)


def _enter_writes(writes: list[dict[str, Any]]) -> None:
    for number, write in enumerate(writes):
        key = f"demo-{write['service_job_id']}-{number}"
        with api_writes.held_still():
            if api_writes.latest(key):
                continue
            attempt = api_writes.begin(
                key, 1, account=place.ACCOUNT, operation=OPERATIONS[write["kind"]], requested_by=RUN_ID, sent_at=write["at"],
                **{name: write[name] for name in ("marketplace_id", "service_job_id", "appointment_id", "reason_code")},
            )  # fmt: skip
        attempt.end(api_writes.ACCEPTED, answered_at=write["at"], request_id=f"demo-{number}")


@contextmanager
def _clients(api_url: str) -> Iterator[list[PastClient]]:
    """One client for each marketplace, which knows the stores there."""
    stores = control(api_url, "GET", "health")["stores"]
    clients = [PastClient(_account(api_url, marketplace_id, stores)) for marketplace_id in place.MARKETPLACES.values()]
    with ExitStack() as stack:
        for client in clients:
            stack.enter_context(client)
        yield clients


def _account(api_url: str, marketplace_id: str, stores: list[dict[str, Any]]) -> Account:
    connection = place.connection(api_url)
    return Account(
        place.ACCOUNT, connection["login"], connection["password"], connection["extra"]["refresh_token"],
        marketplace_ids=(marketplace_id,), endpoint=api_url, token_url=connection["extra"]["token_url"],
        resource_ids=tuple(store["store_id"] for store in stores if store["marketplace_id"] == marketplace_id),
    )  # fmt: skip


@contextmanager
def _horizon() -> Iterator[None]:
    """Read capacity only up to the next stop and a little further."""
    before = os.environ.get("SERVICES_HORIZON_DAYS")
    os.environ["SERVICES_HORIZON_DAYS"] = str(HORIZON_DAYS)
    try:
        yield
    finally:
        if before is None:
            del os.environ["SERVICES_HORIZON_DAYS"]
        else:
            os.environ["SERVICES_HORIZON_DAYS"] = before
