"""The frame in which facts are judged, and readers of the fields of a job's payload. What cannot be read is None."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from include.sandbox.world.marketplaces import BY_ID, DBT_PROJECT
from include.sandbox.world.times import HOUR, MINUTE, from_iso

Row = dict[str, Any]
Place = tuple[str, str]  # marketplace_id, store_id
# the thresholds are settings of the dbt project; no code of it is used
THRESHOLDS = yaml.safe_load((DBT_PROJECT / "dbt_project.yml").read_text())["vars"]


@dataclass(frozen=True, slots=True)
class Frame:
    """Account, time of the judgement in seconds, thresholds, and time zones and names of stores that have their own."""

    account: str
    as_of: int
    grace_minutes: int = THRESHOLDS["on_time_grace_minutes"]
    no_show_minutes: int = THRESHOLDS["no_show_after_minutes"]
    store_zones: dict[Place, str] = field(default_factory=dict)
    store_names: dict[Place, str] = field(default_factory=dict)

    def zone(self, marketplace_id: str, store_id: str) -> str:
        """Return the time zone of a store."""
        return self.store_zones.get((marketplace_id, store_id)) or BY_ID[marketplace_id].time_zone

    def store_date(self, seconds: int | None, row: Row) -> date | None:
        """Return the date of a moment at the store of a row."""
        return self.local_date(seconds, self.zone(row["marketplace_id"], row["store_id"]))

    def local_date(self, seconds: int | None, zone: str) -> date | None:
        """Return the date of a moment in a time zone."""
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC).astimezone(ZoneInfo(zone)).date()


def job_key(job: Row, frame: Frame) -> Row:
    """Return the columns that identify a job in all facts."""
    return {
        "account": frame.account,
        "marketplace_id": job["marketplaceId"],
        "store_id": job["storeId"],
        "service_job_id": job["serviceJobId"],
    }


def appointment_ids(job: Row) -> list[str]:
    """Return the ids of a job's appointments in the payload's order; positions replace missing ids."""
    return [
        appointment.get("appointmentId") or f"{job['serviceJobId']}#{position}"
        for position, appointment in enumerate(job.get("appointments", []), 1)
    ]


def preferred_starts(job: Row) -> list[int]:
    """Return the readable starts of the preferred times."""
    starts = (seconds(time.get("startTime")) for time in job.get("preferredAppointmentTimes", []))
    return [start for start in starts if start is not None]


def technician_names(job: Row) -> dict[str, str | None]:
    """Return every technician in a job's payload, with a name if the payload has one."""
    names: dict[str, str | None] = {}
    for appointment in job.get("appointments", []):
        for technician in appointment.get("assignedTechnicians", []) + appointment.get("poa", {}).get("technicians", []):
            if "technicianId" in technician:
                names[technician["technicianId"]] = technician.get("name") or names.get(technician["technicianId"])
    return names


def technician_ids(technicians: list[Row] | None) -> list[str]:
    """Return the ids in a list of technicians."""
    return [technician["technicianId"] for technician in technicians or [] if "technicianId" in technician]


def scheduled(holder: Row) -> tuple[int | None, int | None]:
    """Return start and minutes of an `appointmentTime`."""
    time = holder.get("appointmentTime", {})
    return seconds(time.get("startTime")), time.get("durationInMinutes")


def after(start: int | None, minutes: int | None) -> int | None:
    """Return the moment so many minutes after a start."""
    return None if start is None or minutes is None else start + minutes * MINUTE


def seconds(text: str | None) -> int | None:
    """Return the seconds of an ISO-8601 time."""
    return None if text is None else from_iso(text)


def hours_between(start: int | None, end: int | None) -> float | None:
    """Return the hours from one moment to another."""
    return None if start is None or end is None else (end - start) / HOUR
