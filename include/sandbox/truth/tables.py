"""All tables of the truth as rows that are ready for JSON."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import Any

from include.sandbox.truth import aggregates, dimensions, histories, slots
from include.sandbox.truth.actions import rpt_jobs_needing_action
from include.sandbox.truth.appointments import fct_appointments
from include.sandbox.truth.demand import fct_demand_capacity_hourly
from include.sandbox.truth.frame import Frame, Place, Row, appointment_ids
from include.sandbox.truth.jobs import fct_job_items, fct_job_payments, fct_service_job
from include.sandbox.truth.moves import Reasons, cancellation, covered_ranges, generated_reasons, moves
from include.sandbox.truth.readings import HORIZON_DAYS, Reader, Reading, versions
from include.sandbox.truth.reschedules import fct_reschedules_cancellations
from include.sandbox.truth.schedule import rpt_technician_schedule
from include.sandbox.truth.stores import dim_store, zones_and_names
from include.sandbox.truth.weekly import agg_account_weekly, agg_payments_weekly
from include.sandbox.world.capacity import Capacity
from include.sandbox.world.reasons import REASON_CODES
from include.sandbox.world.times import DAY, HOUR, from_iso, to_iso


def truth(
    reader: Reader,
    as_of: str | None = None,
    account: str = "amazon_services_default",
    tables: str = "",
    capacity_from: str | None = None,
    capacity_to: str | None = None,
    stores_file: str = "",
    writes_since: str | None = None,
) -> dict[str, list[Row]]:
    """Return rows by table.

    Args:
        reader: Its readings are the source; without any, the present state of the world.
        as_of: ISO-8601 time of the judgement (default: the clock).
        account: The account in all rows.
        tables: Comma-separated names (default: all).
        capacity_from: Without readings, the first hour with known capacity (default: the beginning of the world).
        capacity_to: Without readings, the end of the known capacity (default: 14 days after `as_of`).
        stores_file: The content of the stores file (default: no file).
        writes_since: ISO-8601 time from which the warehouse knows the writes in the generated lives of jobs (default: none).
    """
    world = reader.service.world
    moment = from_iso(as_of) if as_of else world.now()
    frame = Frame(account, moment)
    first = from_iso(capacity_from) if capacity_from else world.start
    last = from_iso(capacity_to) if capacity_to else moment // HOUR * HOUR + HORIZON_DAYS * DAY
    readings = reader.readings or [reader.present(first // HOUR * HOUR, last)]
    reasons = {} if writes_since is None else generated_reasons(world.jobs(), from_iso(writes_since), world.now())
    result = Truth(readings, frame, stores_file, reasons | reader.service.reasons)
    names = tables.split(",") if tables else TABLES
    return {name: [_to_json(row) for row in TABLES[name](result)] for name in names}


class Truth:
    """The rows that several tables share. The newest reading is the present."""

    def __init__(self, readings: list[Reading], frame: Frame, stores_file: str, reasons: Reasons) -> None:
        self.readings, self.reasons = readings, reasons
        self.payloads = list(readings[-1].payloads.values())
        self.all_payloads = [job for reading in readings for job in reading.payloads.values()]
        self.stores = dim_store(self.payloads, stores_file, frame.account)
        zones, names = zones_and_names(self.stores)
        self.frame = replace(frame, store_zones=zones, store_names=names)

    @cached_property
    def appointments_of_job(self) -> list[list[Row]]:
        """Rows of fct_appointments by job, without the moments of observation."""
        ranges = covered_ranges(self.readings)
        return [
            fct_appointments(job, self.frame, moves(self.versions_of_job[job["serviceJobId"]], ranges, self.reasons))
            for job in self.payloads
        ]

    @cached_property
    def appointments(self) -> list[Row]:
        """Rows of fct_appointments."""
        first: dict[tuple[str, str], int] = {}
        for reading in self.readings:
            for job in reading.payloads.values():
                for appointment_id in appointment_ids(job):
                    first.setdefault((job["serviceJobId"], appointment_id), reading.moment)
        return [
            row
            | {
                "first_observed_at": first[row["service_job_id"], row["appointment_id"]],
                "last_observed_at": self.versions_of_job[row["service_job_id"]][-1][0].moment,
            }
            for rows in self.appointments_of_job
            for row in rows
        ]

    @cached_property
    def service_jobs(self) -> list[Row]:
        """Rows of fct_service_jobs."""
        rows = []
        for job, appointments in zip(self.payloads, self.appointments_of_job, strict=True):
            known = self.versions_of_job[job["serviceJobId"]]
            observed = {"first_observed_at": known[0][0].moment, "last_observed_at": known[-1][0].moment}
            rows.append(fct_service_job(job, appointments, self.frame, cancellation(known, self.reasons)) | observed)
        return rows

    @cached_property
    def versions_of_job(self) -> dict[str, list[tuple[Reading, Row | None]]]:
        """Distinct consecutive payloads by job."""
        return versions(self.readings, lambda reading: reading.payloads)

    @cached_property
    def items_of_job(self) -> list[list[Row]]:
        """Rows of fct_job_items by job."""
        return [fct_job_items(job, rows, self.frame) for job, rows in zip(self.payloads, self.appointments_of_job, strict=True)]

    @cached_property
    def payments(self) -> list[Row]:
        """Rows of fct_job_payments."""
        return [row for job in self.payloads for row in fct_job_payments(job, self.frame)]

    @cached_property
    def payments_weekly(self) -> list[Row]:
        """Rows of agg_payments_weekly."""
        return agg_payments_weekly(self.service_jobs, self.payments)

    @cached_property
    def hours(self) -> list[Row]:
        """Rows of fct_demand_capacity_hourly; a past hour keeps the last capacity that was read."""
        latest: dict[Place, dict[int, Capacity]] = {}
        changed: dict[tuple[Place, int], int] = {}
        for reading in self.readings:
            for place, hours in reading.availability.capacity.items():
                before = latest.setdefault(place, {})
                changed |= {(place, hour): reading.moment for hour, capacity in hours.items() if before.get(hour) != capacity}
                before |= hours
        rows = fct_demand_capacity_hourly(self.payloads, latest, self.frame)
        for row in rows:
            row["capacity_observed_at"] = changed.get(((row["marketplace_id"], row["store_id"]), row["hour_start_at"]))
        return rows

    def actions(self) -> list[Row]:
        """Rows of rpt_jobs_needing_action."""
        of_job = zip(self.payloads, self.service_jobs, self.appointments_of_job, self.items_of_job, strict=True)
        return [row for rows in of_job for row in rpt_jobs_needing_action(*rows, self.frame)]

    def schedule(self) -> list[Row]:
        """Rows of rpt_technician_schedule."""
        names = {row["technician_id"]: row["technician_name"] for row in self.technicians}
        return rpt_technician_schedule(self.appointments, self.service_jobs, names, self.frame)

    @cached_property
    def technicians(self) -> list[Row]:
        """Rows of dim_technician."""
        return dimensions.dim_technician(self.all_payloads, self.frame)

    @cached_property
    def job_history(self) -> list[Row]:
        """Rows of fct_job_status_history."""
        return histories.fct_job_status_history(self.readings, self.frame)

    @cached_property
    def appointment_history(self) -> list[Row]:
        """Rows of fct_appointment_history."""
        return histories.fct_appointment_history(self.readings, self.frame)

    def reschedules(self) -> list[Row]:
        """Rows of fct_reschedules_cancellations."""
        histories_of_both = self.job_history, self.appointment_history
        return fct_reschedules_cancellations(self.service_jobs, self.appointments, *histories_of_both, self.reasons)

    def weekly(self) -> list[Row]:
        """Rows of agg_account_weekly."""
        return agg_account_weekly(self.appointments, self.service_jobs, self.payments_weekly, self.frame)


TABLES: dict[str, Callable[[Truth], list[Row]]] = {
    "fct_appointments": lambda truth: truth.appointments,
    "fct_service_jobs": lambda truth: truth.service_jobs,
    "fct_job_payments": lambda truth: truth.payments,
    "fct_job_items": lambda truth: [row for rows in truth.items_of_job for row in rows],
    "fct_demand_capacity_hourly": lambda truth: truth.hours,
    "fct_slot_availability": lambda truth: slots.fct_slot_availability(truth.readings, truth.frame),
    "fct_job_slot_availability": lambda truth: slots.fct_job_slot_availability(truth.readings, truth.frame),
    "fct_capacity_ranges": lambda truth: slots.fct_capacity_ranges(truth.readings, truth.frame),
    "fct_job_status_history": lambda truth: truth.job_history,
    "fct_appointment_history": lambda truth: truth.appointment_history,
    "fct_reschedules_cancellations": Truth.reschedules,
    "agg_technician_daily": lambda truth: aggregates.agg_technician_daily(truth.appointments),
    "agg_store_daily": lambda truth: aggregates.agg_store_daily(truth.appointments, truth.service_jobs, truth.hours, truth.frame),
    "agg_payments_weekly": lambda truth: truth.payments_weekly,
    "agg_account_weekly": Truth.weekly,
    "rpt_jobs_needing_action": Truth.actions,
    "rpt_technician_schedule": Truth.schedule,
    "dim_technician": lambda truth: truth.technicians,
    "dim_store": lambda truth: truth.stores,
    "dim_service": lambda truth: dimensions.dim_service(truth.payloads, truth.frame),
    "dim_marketplace": lambda truth: dimensions.dim_marketplace(),
    "dim_date": lambda truth: dimensions.dim_date(),
    "dim_reason_code": lambda truth: REASON_CODES,
}


def _to_json(row: Row) -> Row:
    return {name: _plain(name, value) for name, value in row.items()}


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    is_time = name.endswith("_at") or name in ("valid_from", "valid_to")
    return to_iso(value) if is_time and value is not None else value
