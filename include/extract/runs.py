"""The three extractions that a task can ask for. Each reads its windows into packages and returns counts, never data."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

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
    """Jobs updated in one data interval, or in what is over of it by the API's clock, in every marketplace of the account.

    Then it reads what earlier runs have left unread.

    Raises:
        ClockWrong: the machine's clock cannot be trusted; nothing was read.
        NothingToRead: the interval lies ahead.
        WindowsFailed: some windows could not be read.
    """
    account, now = client.account, client.checked_time()
    windows = plan.scheduled_jobs(account.name, account.marketplace_ids, start, end, now)
    totals = Counter(_jobs(client, windows, run_id, bookmark=Shortened((end - settings.settle_lag()).astimezone(UTC))))

    def read(windows: list[Window], job_ids: tuple[str, ...]) -> dict[str, int]:
        return _jobs(client, windows, run_id, job_ids)

    totals.update(leftovers.read_lost_windows(client, read))
    totals.update(leftovers.ask_for_missing_details(client, read))
    return dict(totals)


def backfill(
    client: ServicesClient, wanted: Backfill, asked_at: datetime, run_id: str, show: Callable[[str], None] = lambda text: None
) -> dict[str, float]:
    """What a backfill asks of one account; with `dry_run`, only what it would cost. `show` is told how far it is."""
    account, now = client.account, client.checked_time()
    asked_at = min(asked_at, now)
    if wanted.dry_run:
        return expect(client, wanted.windows(account.name, account.marketplace_ids, asked_at), wanted.job_ids)
    bookmark = Bookmark((account.name, account.marketplace_ids, wanted.scope), asked_at)
    # one that was begun by a clock that was ahead ends now
    windows = wanted.windows(account.name, account.marketplace_ids, min(bookmark.begun_at, now))
    return _jobs(client, windows, run_id, wanted.job_ids, bookmark, Progress(len(windows), show))


def _jobs(
    client: ServicesClient,
    windows: list[Window],
    run_id: str,
    job_ids: tuple[str, ...] = (),
    bookmark: Bookmark | Shortened | None = None,
    progress: Progress | None = None,
) -> dict[str, int]:
    keys, progress = buyer_keys(), progress or Progress(len(windows))

    def resources(window: Window, package: Package, counts: Counter) -> list:
        return [service_jobs(client, window, package, keys, counts, job_ids, progress.batch)]

    return packaging.pack_windows(client, windows, resources, run_id, bookmark, progress)


def scheduled_availability(client: ServicesClient, end: datetime, run_id: str) -> dict[str, int]:
    """Slots and capacity that lie ahead at the end of a data interval, or now if that is earlier."""
    account, keys, now = client.account, buyer_keys(), client.checked_time()

    def resources(window: Window, package: Package, counts: Counter) -> list:
        seen = targets(account, window.marketplace_id)
        if window.entity == SLOTS:
            return [
                slots.appointment_slots(client, window, seen.services, keys, counts),
                slots.job_appointment_slots(client, window, seen.jobs, keys, counts),
            ]
        forms = {"fixed": capacity.resource_capacity, "range": capacity.resource_capacity_ranges}
        return [forms[name](client, window, seen.resources, keys, counts) for name in settings.capacity_formats()]

    windows = [
        window
        for entity in (SLOTS, CAPACITY)
        for window in plan.scheduled_snapshot(account.name, entity, account.marketplace_ids, end, now)
    ]
    return packaging.pack_windows(client, windows, resources, run_id)
