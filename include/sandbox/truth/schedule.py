"""rpt_technician_schedule: the stops of each technician from today to seven days ahead."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from include.sandbox.truth.frame import Frame, Row
from include.sandbox.world.times import MINUTE

OPEN, DONE = ("upcoming", "awaiting_proof", "no_show"), ("serviced", "unproven")
DAYS_AHEAD = 7
COPIED = (
    "account", "marketplace_id", "store_id", "service_job_id", "appointment_id", "service_title", "job_status", "outcome",
    "time_zone", "service_date", "scheduled_start_at", "scheduled_end_at", "last_observed_at",
)  # fmt: skip
PLACES = ("city", "state_or_region", "postal_code")


def rpt_technician_schedule(
    appointments: Iterable[Row], jobs: Iterable[Row], names: dict[str, str | None], frame: Frame
) -> list[Row]:
    """Return a row for each stop.

    Args:
        appointments: Rows of fct_appointments.
        jobs: Rows of fct_service_jobs.
        names: The name of each technician.
        frame: The frame of the judgement.
    """
    job_of = {job["service_job_id"]: job for job in jobs}
    stops_of: dict[str | None, list[Row]] = defaultdict(list)
    for stop in _stops(appointments, job_of, names, frame):
        stops_of[stop["technician_id"]].append(stop)
    for technician_id, stops in stops_of.items():
        if technician_id is not None:
            _compare(sorted(stops, key=_order), frame)
    return [stop for stops in stops_of.values() for stop in stops if _is_in_schedule(stop, frame)]


def _stops(appointments: Iterable[Row], job_of: dict[str, Row], names: dict[str, str | None], frame: Frame) -> Iterator[Row]:
    for row in appointments:
        days = None if row["service_date"] is None else _days_ahead(row, frame)
        if days is None or not (row["outcome"] in OPEN or (row["outcome"] in DONE and days <= 0)):
            continue
        # of other days only those that can overlap with a day of the schedule
        if not -1 <= days <= DAYS_AHEAD + 1:
            continue
        job, zone = job_of[row["service_job_id"]], ZoneInfo(row["time_zone"])
        for technician_id in set(row["performing_technician_ids"]) or {None}:
            yield {name: row[name] for name in COPIED} | {name: job[name] for name in PLACES} | {
                "store_name": frame.store_names.get((row["marketplace_id"], row["store_id"])) or row["store_id"],
                "technician_id": technician_id,
                "technician_name": None if technician_id is None else names.get(technician_id),
                "scheduled_start_local": _local(row["scheduled_start_at"], zone),
                "scheduled_end_local": _local(row["scheduled_end_at"], zone),
                "stop_number": None,
                "gap_minutes": None,
                "overlap_minutes": None,
                "is_double_booked": False,
            }  # fmt: skip


def _compare(stops: list[Row], frame: Frame) -> None:
    """Compare each stop of a technician with the others; they are sorted."""
    for place, stop in enumerate(stops):
        start, end, day = stop["scheduled_start_at"], stop["scheduled_end_at"], stop["service_date"]
        of_day = [other for other in stops[:place] if other["service_date"] == day and _is_in_schedule(other, frame)]
        stop["stop_number"] = len(of_day) + 1
        day_ends = _ends(of_day)
        stop["gap_minutes"] = max(0, start - max(day_ends)) // MINUTE if day_ends else None
        lasting = max(_ends(stops[:place]), default=start)
        if lasting <= start:
            stop["overlap_minutes"] = 0
        elif end is not None:
            stop["overlap_minutes"] = max(0, min(lasting, end) - start) // MINUTE
        stop["is_double_booked"] = any(_overlap(stop, other) for other in stops if other is not stop)


def _ends(stops: list[Row]) -> list[int]:
    """Return the known ends."""
    return [stop["scheduled_end_at"] for stop in stops if stop["scheduled_end_at"] is not None]


def _overlap(stop: Row, other: Row) -> bool:
    first, second = sorted((stop, other), key=lambda row: row["scheduled_start_at"])
    if first["scheduled_start_at"] == second["scheduled_start_at"]:
        return True
    return first["scheduled_end_at"] is not None and second["scheduled_start_at"] < first["scheduled_end_at"]


def _order(stop: Row) -> tuple:
    postal_code = stop["postal_code"]
    return stop["scheduled_start_at"], postal_code is None, postal_code or "", stop["service_job_id"], stop["appointment_id"]


def _is_in_schedule(stop: Row, frame: Frame) -> bool:
    return 0 <= _days_ahead(stop, frame) <= DAYS_AHEAD


def _days_ahead(row: Row, frame: Frame) -> int:
    """Return how many local days a row lies after today."""
    today = datetime.fromtimestamp(frame.as_of, UTC).astimezone(ZoneInfo(row["time_zone"])).date()
    return (row["service_date"] - today) // timedelta(days=1)


def _local(seconds: int | None, zone: ZoneInfo) -> str | None:
    """Return the local time of a moment, as text without an offset."""
    return None if seconds is None else datetime.fromtimestamp(seconds, zone).replace(tzinfo=None).isoformat()
