"""The three extractions that tasks run. Each reads its windows into packages and returns counts, never data."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from include.extract import capacity, leftovers, packaging, plan, settings, slots
from include.extract.backfill import Backfill, expect
from include.extract.jobs import service_jobs
from include.extract.privacy import buyer_keys
from include.extract.progress import Bookmark, Progress
from include.extract.shortened import Shortened
from include.extract.targets import targets
from include.services_api import ServicesClient
from include.warehouse.loading.packages import Package
from include.warehouse.loading.windows import CAPACITY, SLOTS, Window


def scheduled_jobs(client: ServicesClient, start: datetime, end: datetime, run_id: str) -> dict[str, int]:
    """Read the jobs updated in one data interval, in every marketplace of the account, then what earlier runs could not read.

    Of an interval that is not over by the API's clock, the part that is over is read.

    Raises:
        ClockWrong: The machine's clock is wrong; nothing was read.
        NothingToRead: The interval lies in the future.
        WindowsFailed: Some windows could not be read.
    """
    account, now = client.account, client.checked_time()
    windows = plan.scheduled_jobs(account.name, account.marketplace_ids, start, end, now)
    totals = Counter(_jobs(client, run_id, windows, bookmark=Shortened((end - settings.settle_lag()).astimezone(UTC))))
    for read_again in (leftovers.read_lost_windows, leftovers.read_missing_details):
        totals.update(read_again(client, partial(_jobs, client, run_id)))
    return dict(totals)


def backfill(
    client: ServicesClient, request: Backfill, asked_at: datetime, run_id: str, show: Callable[[str], None] = lambda text: None
) -> dict[str, float]:
    """Read the jobs of a backfill for one account, or estimate its cost (`dry_run`); `show` is called with the progress as text.

    The errors are those of `scheduled_jobs`.
    """
    account, now = client.account, client.checked_time()
    asked_at = min(asked_at, now)
    if request.dry_run:
        return expect(client, request.windows(account.name, account.marketplace_ids, asked_at), request.job_ids)
    bookmark = Bookmark((account.name, account.marketplace_ids, request.scope), asked_at)
    # a backfill that began while the clock was ahead ends now
    windows = request.windows(account.name, account.marketplace_ids, min(bookmark.begun_at, now))
    return {**_jobs(client, run_id, windows, request.job_ids, bookmark, Progress(len(windows), show))}


def _jobs(
    client: ServicesClient,
    run_id: str,
    windows: list[Window],
    job_ids: tuple[str, ...] = (),
    bookmark: Bookmark | Shortened | None = None,
    progress: Progress | None = None,
) -> dict[str, int]:
    keys, progress = buyer_keys(), progress or Progress(len(windows))

    def resources(window: Window, package: Package, counts: Counter) -> list:
        return [service_jobs(client, window, package, keys, counts, job_ids, progress.batch)]

    return packaging.pack_windows(client, windows, resources, run_id, bookmark, progress)


def scheduled_availability(client: ServicesClient, end: datetime, run_id: str) -> dict[str, int]:
    """Read slots and capacity from the end of a data interval, or from now if that is earlier, up to the horizon.

    The errors are those of `scheduled_jobs`.
    """
    account, keys, now = client.account, buyer_keys(), client.checked_time()

    def resources(window: Window, package: Package, counts: Counter) -> list:
        found = targets(account, window.marketplace_id)
        if window.entity == SLOTS:
            return [
                slots.appointment_slots(client, window, found.services, keys, counts),
                slots.job_appointment_slots(client, window, found.jobs, keys, counts),
            ]
        formats = {"fixed": capacity.resource_capacity, "range": capacity.resource_capacity_ranges}
        return [formats[name](client, window, found.resources, keys, counts) for name in settings.capacity_formats()]

    windows = [
        window
        for entity in (SLOTS, CAPACITY)
        for window in plan.scheduled_snapshot(account.name, entity, account.marketplace_ids, end, now)
    ]
    return packaging.pack_windows(client, windows, resources, run_id)
