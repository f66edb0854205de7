"""A world for the tests of incremental builds: jobs, capacity and windows that change by chance, hour by hour."""

from datetime import UTC, datetime, timedelta
from random import Random

from tests.dbt_project.raw_rows import US, Warehouse, appointment, job

START = datetime(2026, 3, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)


def iso(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


class RandomHours:
    """Adds an hour's raw rows at a time: new and changed jobs, late versions, capacity, slots, windows of all kinds."""

    def __init__(self, warehouse: Warehouse, seed: int) -> None:
        self.warehouse = warehouse
        self.chance, self.chance_of_slots = Random(seed), Random(-seed)
        self.hour = 0
        self.job_ids: list[str] = []

    def pass_hour(self) -> None:
        self.hour += self.chance.choice([1, 1, 2, 9])
        now = START + self.hour * HOUR
        self.job_ids += [f"job-{len(self.job_ids) + place}" for place in range(self.chance.randrange(4))]
        seen = [self._version(self.chance.choice(self.job_ids), now) for _ in range(5) if self.job_ids]
        self.warehouse.add_jobs(*{(row["service_job_id"], row["observed_at"]): row for row in seen}.values())
        self.warehouse.add_capacity(*(self._capacity(now) for _ in range(3)))
        self.warehouse.insert("raw.appointment_slots", [self._slot(now) for _ in range(3)])
        self.warehouse.insert("raw.job_appointment_slots", [self._job_slot(now) for _ in range(3) if self.job_ids])
        self.warehouse.insert("raw.resource_capacity_ranges", [self._range(now) for _ in range(6)])
        self._window(now)

    def _version(self, service_job_id: str, now: datetime) -> dict:
        chance = self.chance
        minutes_ago = chance.choice([0, 0, 1, 90, 600])  # some versions come late, from a backfill
        observed_at = iso(now - timedelta(minutes=minutes_ago, seconds=chance.randrange(60)))
        appointments = [self._appointment(service_job_id, place, now) for place in range(chance.randrange(3))]
        preferred = [{"startTime": self._time(now), "durationInMinutes": 60}] if chance.random() < 0.5 else None
        return job(
            service_job_id,
            observed_at=observed_at,
            create_time=iso(START + timedelta(hours=chance.randrange(48))),
            store_id=chance.choice(["S1", "S1", "S2", None]),
            mode=chance.choice(["scheduled", "backfill"]),
            filter=chance.choice(["updated", "updated", "created"]),
            window_start=iso(now - timedelta(minutes=minutes_ago, hours=1)),
            window_end=iso(now - timedelta(minutes=minutes_ago)),
            service_location={"address": {"stateOrRegion": chance.choice(["NY", "California", "tx", None])}},
            marketplace_id=US if service_job_id[-1] < "7" else "A1PA6795UKMFR9",
            service_job_status=chance.choice(["NOT_SERVICED", "COMPLETED", "CANCELLED", "PENDING_SCHEDULE", "HOLD"]),
            appointments=appointments,
            preferred_appointment_times=preferred,
            payments=[{"amount": {"value": chance.randrange(100), "currency": "USD"}}],
            associated_items=[{"asin": "B9", "itemDelivery": {"estimatedDeliveryDate": self._time(now)}}],
        )

    def _appointment(self, service_job_id: str, place: int, now: datetime) -> dict:
        chance = self.chance
        start = self._time(now)
        return appointment(
            start,
            chance.choice([30, 60, 120, 2000, None]),
            status=chance.choice(["ACTIVE", "COMPLETED", "CANCELLED"]),
            arrived=start if chance.random() < 0.4 else None,
            technicians=chance.choice([("T1",), ("T1", "T2"), ()]),
            appointmentId=f"{service_job_id}_{place}" if chance.random() < 0.8 else None,
            rescheduledAppointmentId=f"{service_job_id}_1" if chance.random() < 0.2 else None,
        )

    def _time(self, now: datetime) -> str:
        return iso(now + timedelta(minutes=30 * self.chance.randrange(-60, 30)))

    def _capacity(self, now: datetime) -> dict:
        chance = self.chance
        return {
            "resource_id": chance.choice(["S1", "S2", "S3"]),
            "slot_start_at": iso(now + HOUR * chance.randrange(4)),
            "observed_at": iso(now - timedelta(seconds=chance.randrange(9000))),
            "scheduled_capacity": 5,
            "available_capacity": chance.randrange(3),
            "encumbered_capacity": chance.randrange(5),
            "reserved_capacity": chance.choice([0, 1, 5]),
        }

    def _slot(self, now: datetime) -> dict:
        start = now.replace(minute=0) + HOUR * self.chance.randrange(3)
        return {
            "account": "a", "marketplace_id": US, "store_id": "S1", "asin": "B01",
            "slot_start_at": iso(start), "slot_end_at": iso(start + HOUR),
            "capacity": self.chance.choice([0, 1, 2, None]),
            "observed_at": iso(now - timedelta(seconds=self.chance.randrange(9000))),
        }  # fmt: skip

    def _job_slot(self, now: datetime) -> dict:
        chance = self.chance_of_slots
        start = now.replace(minute=0) + HOUR * chance.randrange(2)
        # a job that is scheduled and changed later, and one that was never read
        return {
            "account": "a", "marketplace_id": US, "service_job_id": chance.choice([*self.job_ids[:2], "never read"]),
            "slot_start_at": iso(start), "slot_end_at": iso(start + HOUR),
            "capacity": chance.choice([1, 2, None]), "scheduling_type": chance.choice(["REAL_TIME_SCHEDULING", None]),
            "observed_at": iso(now - timedelta(seconds=chance.randrange(9000))),
        }  # fmt: skip

    def _range(self, now: datetime) -> dict:
        chance = self.chance_of_slots
        end = START + HOUR * (self.hour // 6 + 1) * 6
        observed_at = now - timedelta(seconds=chance.randrange(9000))
        return {
            "account": "a", "marketplace_id": US, "resource_id": "S1",
            "capacity_type": chance.choice(["SCHEDULED_CAPACITY", "AVAILABLE_CAPACITY"]),
            "range_start_at": chance.choice([None, None, iso(end - 4 * HOUR)]), "range_end_at": iso(end),
            "capacity": chance.choice([2, 2, None]), "window_start": iso(observed_at.replace(minute=0, second=0)),
            "observed_at": iso(observed_at),
        }  # fmt: skip

    def _window(self, now: datetime) -> None:
        for marketplace_id in (US, "A1PA6795UKMFR9"):
            status = self.chance.choice(["complete", "complete", "complete", "failed", "running"])
            mode = self.chance.choice(["scheduled", "scheduled", "backfill"])
            start = now - HOUR * self.chance.choice([1, 2, 10])
            self.warehouse.add_window(iso(start), iso(now), marketplace_id=marketplace_id, status=status, mode=mode)
