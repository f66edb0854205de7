"""The truth as a whole: every table, as JSON-ready rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cached_property
from typing import Any

from include.sandbox.api.call import Service
from include.sandbox.truth import aggregates, dimensions, facts, histories
from include.sandbox.truth.actions import rpt_jobs_needing_action
from include.sandbox.truth.demand import Place, fct_demand_capacity_hourly
from include.sandbox.truth.facts import Frame, Row
from include.sandbox.truth.weekly import agg_account_weekly
from include.sandbox.world.capacity import Capacity, StoreCapacity, free_slots
from include.sandbox.world.company import Store
from include.sandbox.world.payload import detail
from include.sandbox.world.times import DAY, HOUR, from_iso, to_iso

HORIZON = 14 * DAY


def truth(
    service: Service,
    as_of: str | None = None,
    account: str = "amazon_services_default",
    tables: str = "",
    capacity_from: str | None = None,
    capacity_to: str | None = None,
    store_time_zones: str = "",
) -> dict[str, list[Row]]:
    """Rows by table, of the world as it stands at its clock, judged at `as_of` (default: the clock).

    `tables`: comma-separated names, all by default. `capacity_from`, `capacity_to`: the hours whose capacity counts as known,
    by default from the beginning of the world to 14 days past `as_of`. `store_time_zones`: `store=zone,...` where a store
    keeps another one than its marketplace.
    """
    now = service.world.now()
    moment = from_iso(as_of) if as_of else now
    frame = Frame(account, moment, store_zones=dict(pair.split("=") for pair in store_time_zones.split(",") if pair))
    first = from_iso(capacity_from) if capacity_from else service.world.start
    last = from_iso(capacity_to) if capacity_to else moment // HOUR * HOUR + HORIZON
    found = Truth(service, frame, now, first // HOUR * HOUR, last)
    return {name: [_present(row) for row in TABLES[name](found)] for name in (tables.split(",") if tables else TABLES)}


class Truth:
    """The world at one moment, and what several tables are made of."""

    def __init__(self, service: Service, frame: Frame, now: int, first: int, last: int) -> None:
        self.service, self.frame, self.now, self.first, self.last = service, frame, now, first, last
        self.jobs = list(service.world.jobs())
        self.payloads = [detail(job, now) for job in self.jobs]

    @cached_property
    def appointments_of_job(self) -> list[list[Row]]:
        return [facts.fct_appointments(job, self.frame) for job in self.payloads]

    @cached_property
    def appointments(self) -> list[Row]:
        return [row for rows in self.appointments_of_job for row in rows]

    @cached_property
    def service_jobs(self) -> list[Row]:
        return [
            facts.fct_service_job(job, rows, self.frame)
            for job, rows in zip(self.payloads, self.appointments_of_job, strict=True)
        ]

    @cached_property
    def items_of_job(self) -> list[list[Row]]:
        return [
            facts.fct_job_items(job, rows, self.frame) for job, rows in zip(self.payloads, self.appointments_of_job, strict=True)
        ]

    @cached_property
    def hours(self) -> list[Row]:
        return fct_demand_capacity_hourly(self.payloads, self._capacities(), self.frame)

    def actions(self) -> list[Row]:
        of_job = zip(self.payloads, self.service_jobs, self.appointments_of_job, self.items_of_job, strict=True)
        return [row for rows in of_job for row in rpt_jobs_needing_action(*rows, self.frame)]

    def slots(self) -> list[Row]:
        named = {(job.store, job.service) for job in self.jobs}
        offers = sorted(named, key=lambda offer: (offer[0].number, offer[1].asin))
        return dimensions.fct_slot_availability(
            (
                (store, service, free_slots(self.service.world, store, self._calendar(store), service, self.now, self.last))
                for store, service in offers
            ),
            self.frame,
        )

    def _capacities(self) -> dict[Place, dict[int, Capacity]]:
        """Of the stores that a reader can know: those that a job names."""
        capacities = {}
        for store in {job.store for job in self.jobs}:
            known = StoreCapacity(self.service.world, store, self._calendar(store), self.first, self.last)
            hours = {hour: known.slot(hour, hour + HOUR) for hour in range(self.first, self.last, HOUR)}
            capacities[store.marketplace.marketplace_id, store.store_id] = hours
        return capacities

    def _calendar(self, store: Store) -> Any:
        return self.service.calendars[store.store_id]


TABLES: dict[str, Callable[[Truth], list[Row]]] = {
    "fct_appointments": lambda truth: truth.appointments,
    "fct_service_jobs": lambda truth: truth.service_jobs,
    "fct_job_payments": lambda truth: [row for job in truth.payloads for row in facts.fct_job_payments(job, truth.frame)],
    "fct_job_items": lambda truth: [row for rows in truth.items_of_job for row in rows],
    "fct_demand_capacity_hourly": lambda truth: truth.hours,
    "fct_slot_availability": Truth.slots,
    "fct_job_status_history": lambda truth: [
        row for job in truth.jobs for row in histories.fct_job_status_history(job, truth.frame.account, truth.now)
    ],
    "fct_appointment_history": lambda truth: [
        row for job in truth.jobs for row in histories.fct_appointment_history(job, truth.frame.account, truth.now)
    ],
    "agg_technician_daily": lambda truth: aggregates.agg_technician_daily(truth.appointments),
    "agg_store_daily": lambda truth: aggregates.agg_store_daily(truth.appointments, truth.service_jobs, truth.hours, truth.frame),
    "agg_account_weekly": lambda truth: agg_account_weekly(truth.appointments, truth.service_jobs, truth.frame),
    "rpt_jobs_needing_action": Truth.actions,
    "dim_technician": lambda truth: dimensions.dim_technician(truth.payloads, truth.frame),
    "dim_store": lambda truth: dimensions.dim_store(truth.payloads, truth.frame),
    "dim_service": lambda truth: dimensions.dim_service(truth.payloads, truth.frame),
    "dim_marketplace": lambda truth: dimensions.dim_marketplace(),
    "dim_reason_code": lambda truth: dimensions.dim_reason_code(),
}


def _present(row: Row) -> Row:
    return {name: _plain(name, value) for name, value in row.items()}


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return to_iso(value) if name.endswith("_at") and value is not None else value
