"""What is booked and what waits, against what was known a week ago."""

import pytest

from include.dashboard import tiles, waiting
from include.dashboard.context import QueryContext, today
from include.dashboard.filters import Filters
from include.warehouse import database, paths
from tests.dashboard.published_rows import published_rows

# a week ago is 1 November, 12:00
AS_OF = "2026-11-08T12:00:00Z"


def job(rows, name: str, status: str, *, created: str = "2026-10-31T09:00:00Z", read: str | None = None, **periods) -> None:
    """A job with the periods of its statuses, each with its begin, in their order; it is read when it is created."""
    rows.add(
        "fct_service_jobs", service_job_id=name, job_status=status, created_at=created, first_observed_at=read or created,
        store_id=periods.pop("store_id", "s"),
    )  # fmt: skip
    starts = list(periods.items() or [(status, read or created)])
    for place, (known, since) in enumerate(starts):
        until = starts[place + 1][1] if place + 1 < len(starts) else None
        rows.add(
            "fct_job_status_history",
            service_job_id=name,
            job_status=known,
            valid_from=since,
            valid_to=until,
            is_current=not until,
        )


def visit(rows, job: str, start: str, *, since: str = "2026-10-31T09:00:00Z", until: str | None = None, **more) -> None:
    """An appointment of an hour, as it stood from `since` to `until`."""
    values = {"appointment_status": "ACTIVE", "assigned_technician_ids": ["t"]} | more
    proof = {name: values.pop(name) for name in ("arrived_at", "finished_at", "poa_uploaded_at", "job_status") if name in values}
    times = {"scheduled_start_at": start, "scheduled_minutes": 60}
    rows.add(
        "fct_appointment_history", service_job_id=job, appointment_id=f"{job} {start}", valid_from=since, valid_to=until,
        is_current=until is None, **times, **values,
    )  # fmt: skip
    rows.add("fct_appointments", service_job_id=job, appointment_id=f"{job} {start}", store_id="s", **times, **proof)


def ahead(**filters: str) -> list[tuple]:
    found = tiles.answer("ahead", Filters.from_query(filters))["horizons"]
    return [(each["days"], each["booked"], each["before"]) for each in found]


def waited() -> int | None:
    [tile] = [tile for tile in tiles.answer("headline", Filters())["tiles"] if tile["key"] == "jobs_waiting"]
    return tile["before"]


def test_the_same_number_of_days_is_compared(warehouse):
    with published_rows() as rows:
        rows.known_up_to(AS_OF)
        job(rows, "old", "NOT_SERVICED")
        visit(rows, "old", "2026-11-02T10:00:00Z")
        visit(rows, "old", "2026-11-04T11:00:00Z", until="2026-11-03T00:00:00Z")
        # it was booked after a week ago, though it starts in the week that followed
        visit(rows, "old", "2026-11-05T10:00:00Z", since="2026-11-04T00:00:00Z")
        visit(rows, "old", "2026-11-08T13:00:00Z")
        visit(rows, "old", "2026-11-10T13:00:00Z", appointment_status="CANCELLED")
        visit(rows, "old", "2026-11-15T11:00:00Z")
        visit(rows, "old", "2026-11-15T13:00:00Z")
    assert ahead() == ahead(store="s") == [(1, 1, 1), (3, 1, 2), (7, 2, 2)]
    assert ahead(store="another") == [(1, 0, None), (3, 0, None), (7, 0, None)]


@pytest.mark.parametrize("filters", [{"account": "another"}, {"marketplace": "another"}, {"service": "another"}])
def test_nothing_is_found_for_what_nobody_has(warehouse, filters):
    with published_rows() as rows:
        rows.known_up_to(AS_OF)
    assert ahead(**filters) == [(1, 0, None), (3, 0, None), (7, 0, None)]
    [tile] = [tile for tile in tiles.answer("headline", Filters(**filters))["tiles"] if tile["key"] == "jobs_waiting"]
    assert (tile["value"], tile["before"]) == (0, None)


def test_jobs_that_were_read_later_make_it_unknown(warehouse):
    with published_rows() as rows:
        rows.known_up_to(AS_OF)
        job(rows, "known", "NOT_SERVICED")
        job(rows, "of a backfill", "COMPLETED", read="2026-11-06T00:00:00Z")
        visit(rows, "known", "2026-11-02T10:00:00Z")
    assert ahead() == [(1, 0, None), (3, 0, None), (7, 0, None)]
    assert waited() is None


def test_what_the_last_window_brought_is_known(warehouse):
    """A window ends at 12:00, and its jobs are received a quarter of an hour later."""
    with published_rows() as rows:
        rows.known_up_to(AS_OF)
        job(rows, "a", "NOT_SERVICED", created="2026-11-01T11:30:00Z", read="2026-11-01T12:15:00Z")
        visit(rows, "a", "2026-11-02T10:00:00Z", since="2026-11-01T12:15:00Z")
        visit(rows, "a", "2026-11-02T11:00:00Z", since="2026-11-01T13:15:00Z")
    assert ahead()[0] == (1, 0, 1)


ENDED, LATE = "2026-11-01T08:00:00Z", "2026-11-02T20:00:00Z"
PROVEN = {"arrived_at": ENDED, "finished_at": "2026-11-01T09:00:00Z"}


@pytest.mark.parametrize(
    "case, expected",
    [
        ("needs an appointment", 1),
        ("needs one, and has it since", 1),
        ("has an appointment", 0),
        ("has been waiting for two months", 0),
        ("ended without a proof", 1),
        ("proven after that", 1),
        ("proven before", 0),
        ("proven, and not closed", 1),
        ("cancelled after that", 1),
        ("cancelled before", 0),
        ("unfulfillable", 0),
        ("on hold, with a technician", 0),
        ("nobody assigned", 1),
        ("ended two months ago", 0),
        ("completed without a proof", 1),
    ],
)
def test_jobs_that_waited(warehouse, case, expected):
    with published_rows() as rows:
        rows.known_up_to(AS_OF)
        job(rows, "another", "COMPLETED")
        old = "2026-09-01T00:00:00Z"
        match case:
            case "needs an appointment":
                job(rows, "a", "PENDING_SCHEDULE")
            case "needs one, and has it since":
                job(rows, "a", "NOT_SERVICED", PENDING_SCHEDULE="2026-10-31T09:00:00Z", NOT_SERVICED=LATE)
                visit(rows, "a", "2026-11-05T08:00:00Z", since=LATE)
            case "has an appointment":
                job(rows, "a", "PENDING_SCHEDULE")
                visit(rows, "a", "2026-11-05T08:00:00Z")
            case "has been waiting for two months":
                job(rows, "a", "PENDING_SCHEDULE", created=old)
            case "ended without a proof":
                job(rows, "a", "NOT_SERVICED")
                visit(rows, "a", ENDED)
            case "proven after that":
                job(rows, "a", "COMPLETED", NOT_SERVICED="2026-10-31T09:00:00Z", COMPLETED=LATE)
                visit(rows, "a", ENDED, poa_uploaded_at=LATE, job_status="COMPLETED", **PROVEN)
            case "proven before":
                job(rows, "a", "COMPLETED")
                visit(rows, "a", ENDED, poa_uploaded_at="2026-11-01T10:00:00Z", job_status="COMPLETED", **PROVEN)
            case "proven, and not closed":
                job(rows, "a", "NOT_SERVICED")
                visit(rows, "a", ENDED, poa_uploaded_at="2026-11-01T10:00:00Z", job_status="NOT_SERVICED", **PROVEN)
            case "cancelled after that":
                job(rows, "a", "CANCELLED", NOT_SERVICED="2026-10-31T09:00:00Z", CANCELLED=LATE)
                visit(rows, "a", ENDED, job_status="CANCELLED")
            case "cancelled before":
                job(rows, "a", "CANCELLED")
                visit(rows, "a", ENDED, job_status="CANCELLED")
            case "unfulfillable":
                job(rows, "a", "NOT_FULFILLABLE")
                visit(rows, "a", ENDED, job_status="NOT_FULFILLABLE")
            case "on hold, with a technician":
                job(rows, "a", "PAYMENT_DECLINED")
                visit(rows, "a", ENDED, job_status="PAYMENT_DECLINED")
            case "nobody assigned":
                job(rows, "a", "NOT_SERVICED")
                visit(rows, "a", "2026-11-05T08:00:00Z", assigned_technician_ids=[])
            case "ended two months ago":
                job(rows, "a", "NOT_SERVICED", created=old)
                visit(rows, "a", "2026-09-02T08:00:00Z", since=old)
            case "completed without a proof":
                job(rows, "a", "COMPLETED")
                visit(rows, "a", ENDED, job_status="COMPLETED")
    assert waited() == expected
    with database.connect(paths.published_database(), read_only=True) as connection:
        assert waiting.waited(QueryContext(connection, Filters(store="another"), today(connection))) == 0
