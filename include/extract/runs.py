"""The three extractions that a task can ask for. Each reads its windows into packages and returns counts, never data."""

from collections import Counter
from datetime import datetime

from include.extract import availability, packaging, plan
from include.extract.backfill import Backfill, expect
from include.extract.jobs import service_jobs
from include.extract.privacy import buyer_keys
from include.extract.targets import targets
from include.services_api import ServicesClient
from include.warehouse.packages import Package
from include.warehouse.windows import CAPACITY, SLOTS, Window


def scheduled_jobs(client: ServicesClient, start: datetime, end: datetime, run_id: str) -> dict[str, int]:
    """Jobs updated in one data interval, in every marketplace of the account."""
    windows = plan.scheduled_jobs(client.account.name, client.account.marketplace_ids, start, end)
    return _jobs(client, windows, run_id)


def backfill(client: ServicesClient, wanted: Backfill, asked_at: datetime, run_id: str) -> dict[str, float]:
    """What a backfill asks of one account; with `dry_run`, only what it would cost."""
    windows = wanted.windows(client.account.name, client.account.marketplace_ids, asked_at)
    if wanted.dry_run:
        return expect(client, windows, wanted.job_ids)
    return _jobs(client, windows, run_id, wanted.job_ids)


def _jobs(client: ServicesClient, windows: list[Window], run_id: str, job_ids: tuple[str, ...] = ()) -> dict[str, int]:
    keys = buyer_keys()

    def resources(window: Window, package: Package, counts: Counter) -> list:
        return [service_jobs(client, window, package, keys, counts, job_ids)]

    return packaging.pack_windows(client, windows, resources, run_id)


def scheduled_availability(client: ServicesClient, end: datetime, run_id: str) -> dict[str, int]:
    """Slots and capacity that lie ahead at the end of a data interval."""
    account, keys = client.account, buyer_keys()

    def resources(window: Window, package: Package, counts: Counter) -> list:
        seen = targets(account, window.marketplace_id)
        if window.entity == SLOTS:
            return [availability.appointment_slots(client, window, seen.services, keys, counts)]
        return [availability.resource_capacity(client, window, seen.resources, keys, counts)]

    windows = [
        window
        for entity in (SLOTS, CAPACITY)
        for window in plan.scheduled_snapshot(account.name, entity, account.marketplace_ids, end)
    ]
    return packaging.pack_windows(client, windows, resources, run_id)
