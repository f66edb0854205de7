"""The truth as a whole: every table, as JSON-ready rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cached_property
from typing import Any

from include.sandbox.api.call import Service
from include.sandbox.truth import aggregates, dimensions, facts, histories
from include.sandbox.truth.actions import rpt_jobs_needing_action
from include.sandbox.truth.breaks import fct_reschedules_cancellations
from include.sandbox.truth.demand import Place, fct_demand_capacity_hourly
from include.sandbox.truth.facts import Frame, Row
from include.sandbox.truth.readings import HORIZON, Reading, read_jobs, versions, with_availability
from include.sandbox.truth.told import Flaws
from include.sandbox.truth.weekly import agg_account_weekly
from include.sandbox.world.capacity import Capacity
from include.sandbox.world.times import HOUR, from_iso, to_iso


def truth(
    service: Service,
    flaws: Flaws,
    as_of: str | None = None,
    account: str = "amazon_services_default",
    tables: str = "",
    capacity_from: str | None = None,
    capacity_to: str | None = None,
    store_time_zones: str = "",
) -> dict[str, list[Row]]:
    """Rows by table, judged at `as_of` (default: the clock), of what was noted as read; where nothing was, of what stands now.

    `tables`: comma-separated names, all by default. `capacity_from`, `capacity_to`: where nothing was noted, the hours whose
    capacity counts as known, by default from the beginning of the world to 14 days past `as_of`. `store_time_zones`:
    `store=zone,...` where a store keeps another one than its marketplace.
    """
    moment = from_iso(as_of) if as_of else service.world.now()
    frame = Frame(account, moment, store_zones=dict(pair.split("=") for pair in store_time_zones.split(",") if pair))
    first = from_iso(capacity_from) if capacity_from else service.world.start
    last = from_iso(capacity_to) if capacity_to else moment // HOUR * HOUR + HORIZON
    found = Truth(service.readings or [_now(service, flaws, first // HOUR * HOUR, last)], frame)
    return {name: [_present(row) for row in TABLES[name](found)] for name in (tables.split(",") if tables else TABLES)}


def note_reading(service: Service, flaws: Flaws, availability: bool) -> None:
    """Somebody has read all jobs as they stand now and, with `availability`, what lies ahead of the stores and services that the
    reading before had named.
    """
    reading = read_jobs(service, flaws)
    if availability:
        named = service.readings[-1] if service.readings else reading
        first = reading.moment // HOUR * HOUR
        reading = with_availability(reading, service, named.payloads.values(), first, first + HORIZON)
    service.readings.append(reading)


def _now(service: Service, flaws: Flaws, first: int, last: int) -> Reading:
    reading = read_jobs(service, flaws)
    return with_availability(reading, service, reading.payloads.values(), first, last)


class Truth:
    """What several tables are made of. The newest reading is the present."""

    def __init__(self, readings: list[Reading], frame: Frame) -> None:
        self.readings, self.frame = readings, frame
        self.payloads = list(readings[-1].payloads.values())
        self.everything = [job for reading in readings for job in reading.payloads.values()]

    @cached_property
    def appointments_of_job(self) -> list[list[Row]]:
        return [facts.fct_appointments(job, self.frame) for job in self.payloads]

    @cached_property
    def appointments(self) -> list[Row]:
        first: dict[tuple[str, str], int] = {}
        for reading in self.readings:
            for job in reading.payloads.values():
                for name in facts.appointment_ids(job):
                    first.setdefault((job["serviceJobId"], name), reading.moment)
        return [
            row
            | {
                "first_observed_at": first[row["service_job_id"], row["appointment_id"]],
                "last_observed_at": self.versions_of_job[row["service_job_id"]][-1][0],
            }
            for rows in self.appointments_of_job
            for row in rows
        ]

    @cached_property
    def service_jobs(self) -> list[Row]:
        rows = []
        for job, appointments in zip(self.payloads, self.appointments_of_job, strict=True):
            (first, _), *_, (last, _) = self.versions_of_job[job["serviceJobId"]] * 2
            observed = {"first_observed_at": first, "last_observed_at": last}
            rows.append(facts.fct_service_job(job, appointments, self.frame) | observed)
        return rows

    @cached_property
    def versions_of_job(self) -> dict[Any, list[tuple[int, Any]]]:
        return versions(self.readings, lambda reading: reading.payloads)

    @cached_property
    def items_of_job(self) -> list[list[Row]]:
        return [
            facts.fct_job_items(job, rows, self.frame) for job, rows in zip(self.payloads, self.appointments_of_job, strict=True)
        ]

    @cached_property
    def hours(self) -> list[Row]:
        """A past hour keeps the last capacity that was read of it."""
        known: dict[Place, dict[int, Capacity]] = {}
        changed: dict[tuple[Place, int], int] = {}
        for reading in self.readings:
            for place, hours in reading.capacity.items():
                before = known.setdefault(place, {})
                changed |= {(place, hour): reading.moment for hour, capacity in hours.items() if before.get(hour) != capacity}
                before |= hours
        rows = fct_demand_capacity_hourly(self.payloads, known, self.frame)
        for row in rows:
            row["capacity_observed_at"] = changed.get(((row["marketplace_id"], row["store_id"]), row["hour_start_at"]))
        return rows

    def actions(self) -> list[Row]:
        of_job = zip(self.payloads, self.service_jobs, self.appointments_of_job, self.items_of_job, strict=True)
        return [row for rows in of_job for row in rpt_jobs_needing_action(*rows, self.frame)]

    @cached_property
    def job_history(self) -> list[Row]:
        return histories.fct_job_status_history(self.readings, self.frame)

    @cached_property
    def appointment_history(self) -> list[Row]:
        return histories.fct_appointment_history(self.readings, self.frame)

    def breaks(self) -> list[Row]:
        return fct_reschedules_cancellations(self.service_jobs, self.appointments, self.job_history, self.appointment_history)


TABLES: dict[str, Callable[[Truth], list[Row]]] = {
    "fct_appointments": lambda truth: truth.appointments,
    "fct_service_jobs": lambda truth: truth.service_jobs,
    "fct_job_payments": lambda truth: [row for job in truth.payloads for row in facts.fct_job_payments(job, truth.frame)],
    "fct_job_items": lambda truth: [row for rows in truth.items_of_job for row in rows],
    "fct_demand_capacity_hourly": lambda truth: truth.hours,
    "fct_slot_availability": lambda truth: histories.fct_slot_availability(truth.readings, truth.frame),
    "fct_job_status_history": lambda truth: truth.job_history,
    "fct_appointment_history": lambda truth: truth.appointment_history,
    "fct_reschedules_cancellations": Truth.breaks,
    "agg_technician_daily": lambda truth: aggregates.agg_technician_daily(truth.appointments),
    "agg_store_daily": lambda truth: aggregates.agg_store_daily(truth.appointments, truth.service_jobs, truth.hours, truth.frame),
    "agg_account_weekly": lambda truth: agg_account_weekly(truth.appointments, truth.service_jobs, truth.frame),
    "rpt_jobs_needing_action": Truth.actions,
    "dim_technician": lambda truth: dimensions.dim_technician(truth.everything, truth.frame),
    "dim_store": lambda truth: dimensions.dim_store(truth.payloads, truth.frame),
    "dim_service": lambda truth: dimensions.dim_service(truth.payloads, truth.frame),
    "dim_marketplace": lambda truth: dimensions.dim_marketplace(),
    "dim_date": lambda truth: dimensions.dim_date(),
    "dim_reason_code": lambda truth: dimensions.dim_reason_code(),
}


def _present(row: Row) -> Row:
    return {name: _plain(name, value) for name, value in row.items()}


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    is_time = name.endswith("_at") or name in ("valid_from", "valid_to")
    return to_iso(value) if is_time and value is not None else value
