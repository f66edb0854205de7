"""Reads tables of schedules.

A row has `resource_id`, `capacity` and either times or local hours. Times are `start, end`, and if they recur `repeat_until` and
optionally `days_of_week, days_of_month`; they need a time zone, and days are days in UTC. Local hours are `first_date, last_date,
start_time, end_time` and optionally `days_of_week`, in the store's time zone or in `time_zone`.
"""

import re
from datetime import date, datetime

from include.services_api import Availability, Recurrence
from include.services_api.parameters import DAYS_OF_WEEK, choices, number, refuse
from include.writes import local_hours, tables
from include.writes.guide import SHORTEST_SLOT_ELSEWHERE
from include.writes.inputs import moment, texts
from include.writes.local_hours import LocalHours

COLUMNS = ("resource_id", "capacity")
TIMES = ("start", "end", "repeat_until", "days_of_month")
LOCAL_HOURS = ("first_date", "last_date", "start_time", "end_time", "time_zone")
OPTIONAL = (*TIMES, *LOCAL_HOURS, "days_of_week")
FIRST_YEAR, LAST_YEAR = 2000, 2099
TIME = f"a time with a time zone, such as 2026-10-01T14:00:00Z, of the years {FIRST_YEAR} to {LAST_YEAR}"
MOST_CAPACITY = 1_000_000
CAPACITY = f"a whole number from 1 to {MOST_CAPACITY:,}, of digits alone"
WEEKDAYS = f"days such as {', '.join(DAYS_OF_WEEK[:2])}"
CLOCK_TIME = "a local time of whole minutes, such as 08:30"


def read(file: str, table: str | None = None) -> dict[str, list[Availability | LocalHours]]:
    """Read the schedule of each resource, in the order of the table.

    Args:
        file: The path of a CSV, Parquet or DuckDB file with `COLUMNS` and some of `OPTIONAL`.
        table: For a DuckDB file, its `schema.table`.

    Raises:
        InvalidParameter: A row cannot be read; the message names it.
    """
    schedules: dict[str, list[Availability | LocalHours]] = {}
    for row in tables.read(file, COLUMNS, OPTIONAL, table):
        if not row["resource_id"] or len(row["resource_id"]) > 100:
            raise row.refuse("resource_id", "a text of 1 to 100 characters")
        schedules.setdefault(row["resource_id"], []).append(_schedule(row))
    return schedules


def _schedule(row: tables.Row) -> Availability | LocalHours:
    if not (local := next((name for name in LOCAL_HOURS if row[name]), None)):
        return _availability(row)
    if column := next((name for name in TIMES if row[name]), None):
        raise row.refuse(column, f"empty, because the row has {local}")
    return _local_hours(row)


def _availability(row: tables.Row) -> Availability:
    start, end = (row.read(name, _moment, TIME) for name in ("start", "end"))
    # of any marketplace: longer ones are checked once the account is known
    if end - start < SHORTEST_SLOT_ELSEWHERE:
        raise row.refuse("end", "at least 5 minutes after the start")
    capacity = row.read("capacity", _capacity, CAPACITY)
    days = {name: row[name] for name in ("days_of_week", "days_of_month")}
    if not row["repeat_until"]:
        if column := next((name for name, text in days.items() if text), None):
            raise row.refuse("repeat_until", f"given, because the row has {column}")
        return Availability(start, end, capacity)
    until = row.read("repeat_until", _moment, TIME)
    if until < start:
        raise row.refuse("repeat_until", "after the start")
    week = row.read("days_of_week", _days_of_week, WEEKDAYS)
    month = row.read("days_of_month", _days_of_month, "days from 1 to 31") if days["days_of_month"] else ()
    return Availability(start, end, capacity, Recurrence(until, week, month))


def _local_hours(row: tables.Row) -> LocalHours:
    first, last = (row.read(name, _day, f"a date, such as 2026-10-01, of the years {FIRST_YEAR} to {LAST_YEAR}")
                   for name in ("first_date", "last_date"))  # fmt: skip
    hours = LocalHours(
        first, last,
        row.read("start_time", local_hours.clock_time, CLOCK_TIME),
        row.read("end_time", local_hours.end_time, f"{CLOCK_TIME}, or {local_hours.END_OF_DAY}"),
        row.read("capacity", _capacity, CAPACITY),
        row.read("days_of_week", _days_of_week, WEEKDAYS),
        row.read("time_zone", local_hours.time_zone, "an IANA time zone, such as America/New_York"),
    )  # fmt: skip
    if problem := hours.problem():
        raise row.refuse(*problem)
    return hours


def _day(column: str, text: str) -> date:
    result = local_hours.day(column, text)
    if not FIRST_YEAR <= result.year <= LAST_YEAR:
        raise refuse(column, "a date", text)
    return result


def _moment(column: str, text: str) -> datetime:
    time = moment(column, text)
    if not FIRST_YEAR <= time.year <= LAST_YEAR:
        raise refuse(column, TIME, text)
    return time


def _capacity(column: str, text: str) -> int:
    # int() accepts more: 1_000, and digits of other scripts
    if not re.fullmatch("[0-9]{1,7}", text) or not 1 <= int(text) <= MOST_CAPACITY:
        raise refuse(column, "a whole number", text)
    return int(text)


def _days_of_week(column: str, text: str) -> tuple[str, ...]:
    return tuple(choices(column, [day.upper() for day in texts(column, text)], DAYS_OF_WEEK)) if text else ()


def _days_of_month(column: str, text: str) -> tuple[int, ...]:
    return tuple(number(column, _capacity(column, day), 1, 31) for day in texts(column, text))
