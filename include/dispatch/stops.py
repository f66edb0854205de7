"""Reads the stops of each technician from the published file."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime

import duckdb

from include.warehouse import database, paths

JobKey = tuple[str, str, str]  # account, marketplace_id, service_job_id

STOPS = """
    select {columns}
    from marts.rpt_technician_schedule
    where technician_id is not null
    order by account, technician_id, service_date, stop_number
"""
# of the jobs in the schedule: which appointment came in place of which
REPLACEMENTS = """
    select account, service_job_id, appointment_id, replaces_appointment_id
    from marts.fct_appointments
    where replaces_appointment_id is not null
        and (account, service_job_id) in (select (account, service_job_id) from marts.rpt_technician_schedule)
"""


class NoSchedule(Exception):
    """The published file has no schedule. The message says what to do."""


@dataclass(frozen=True, slots=True)
class Technician:
    """A technician of an account."""

    account: str
    technician_id: str
    name: str | None


@dataclass(frozen=True, slots=True)
class Stop:
    """A row of `rpt_technician_schedule`; the fields are columns of it."""

    account: str
    marketplace_id: str
    store_id: str | None
    store_name: str | None
    technician_id: str
    technician_name: str | None
    service_date: date
    stop_number: int
    service_job_id: str
    appointment_id: str
    service_title: str | None
    job_status: str | None
    outcome: str
    city: str | None
    state_or_region: str | None
    postal_code: str | None
    time_zone: str
    scheduled_start_at: datetime
    scheduled_end_at: datetime | None
    scheduled_start_local: datetime
    scheduled_end_local: datetime | None
    gap_minutes: int | None
    overlap_minutes: int | None
    is_double_booked: bool
    last_observed_at: datetime

    @property
    def job(self) -> JobKey:
        """The key of its job."""
        return self.account, self.marketplace_id, self.service_job_id

    @property
    def technician(self) -> Technician:
        """Who has to be there."""
        return Technician(self.account, self.technician_id, self.technician_name)


@dataclass(frozen=True, slots=True)
class Schedule:
    """The stops of each technician, in their order; and the first appointment of each that was moved."""

    stops: dict[Technician, list[Stop]]
    moved_from: dict[tuple[str, str, str], str]

    def first_appointment(self, stop: Stop) -> str:
        """Return the appointment that was moved, once or several times, to become this stop; else its own one."""
        appointment_id, seen = stop.appointment_id, {stop.appointment_id}
        while (before := self.moved_from.get((stop.account, stop.service_job_id, appointment_id))) and before not in seen:
            appointment_id = before
            seen.add(before)
        return appointment_id


def read() -> Schedule:
    """Read the published schedule.

    Raises:
        NoSchedule: Nothing is published yet, or an earlier version of this project published it.
    """
    published = paths.published_database()
    if not published.exists():
        raise NoSchedule(f"{published} does not exist yet: `make demo`, or a run of amazon_services_warehouse, makes it.")
    with database.connect(published, read_only=True) as connection:
        try:
            columns = ", ".join(field.name for field in fields(Stop))
            stops = [Stop(*row) for row in connection.execute(STOPS.format(columns=columns)).fetchall()]
            replacements = connection.execute(REPLACEMENTS).fetchall()
        except duckdb.CatalogException as error:
            raise NoSchedule(
                f"{published} has no table rpt_technician_schedule, because an earlier version of this project published it. The "
                "next publication has the table."
            ) from error
    return Schedule(_by_technician(stops), {(account, job, new): old for account, job, new, old in replacements})


def _by_technician(stops: Iterable[Stop]) -> dict[Technician, list[Stop]]:
    found: dict[Technician, list[Stop]] = {}
    for stop in stops:
        found.setdefault(stop.technician, []).append(stop)
    return found
