"""Holds published tables against what the local API knows of its own world, row by row and column by column.

The local API tells when something could be noticed by its own clock, the warehouse by the wall clock: a `Reading` is both.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from include.extract import settings
from include.extract.backfill import Backfill
from include.extract.privacy import buyer_keys
from include.warehouse import database
from include.warehouse.loading.windows import SCHEDULED, UPDATED

KEYS = {
    "fct_appointments": ("account", "service_job_id", "appointment_id"),
    "fct_service_jobs": ("account", "service_job_id"),
    "fct_demand_capacity_hourly": ("account", "marketplace_id", "store_id", "hour_start_at"),
    "agg_technician_daily": ("account", "marketplace_id", "technician_id", "service_date"),
    "agg_store_daily": ("account", "marketplace_id", "store_id", "service_date"),
    "agg_account_weekly": ("account", "marketplace_id", "week_start_date"),
    "agg_payments_weekly": ("account", "marketplace_id", "store_id", "week_start_date", "currency", "instrument"),
    "fct_job_items": ("account", "service_job_id", "item_position"),
    "fct_job_payments": ("account", "service_job_id", "payment_position"),
    "fct_reschedules_cancellations": ("account", "service_job_id", "kind", "appointment_id"),
    "rpt_jobs_needing_action": ("account", "service_job_id", "appointment_id", "action"),
    "rpt_technician_schedule": ("account", "service_job_id", "appointment_id", "technician_id"),
    "dim_marketplace": ("marketplace_id",),
    "dim_service": ("account", "marketplace_id", "asin"),
    "dim_store": ("account", "marketplace_id", "store_id"),
    "dim_technician": ("account", "technician_id"),
    "dim_date": ("date_day",),
    "dim_reason_code": ("kind", "code", "country_code", "service_type"),
}
# what depends on when somebody looked
HISTORY_KEYS = {
    "fct_job_status_history": ("account", "service_job_id", "valid_from"),
    "fct_appointment_history": ("account", "service_job_id", "appointment_id", "valid_from"),
    "fct_slot_availability": ("account", "marketplace_id", "store_id", "asin", "slot_start_at", "slot_end_at", "observed_at"),
    "fct_job_slot_availability": (
        "account", "marketplace_id", "service_job_id", "slot_start_at", "slot_end_at", "observed_at",
    ),
    "fct_capacity_ranges": ("account", "marketplace_id", "store_id", "capacity_type", "range_end_at", "observed_at"),
}  # fmt: skip
# read only where SERVICES_CAPACITY_FORMATS says so: elsewhere it is empty, in the warehouse as in the truth
OPTIONAL = {"fct_capacity_ranges"}
OBSERVED = {"first_observed_at", "last_observed_at", "capacity_observed_at", "observed_at", "valid_from", "valid_to"}


# what depends on how the versions of a job were read, of appointments that were moved or cancelled, of jobs, and of aggregates
MOVED = {
    "is_moved_after_window", "is_missed", "is_on_time_arrival", "is_completed_in_window", "lateness_band", "fulfillment_break",
}  # fmt: skip
HOW_READ = {
    "cancelled_date", "scored", "on_time_rate", "window_scored", "window_completion_rate", "no_show_rate", "missed",
    "missed_known", "missed_rate", "fulfillment_breaks",
}  # fmt: skip


class Reading(NamedTuple):
    """`moment`: by the clock of the local API, ISO 8601; `began`, `ended`: by the wall clock."""

    moment: str
    began: datetime
    ended: datetime


def scheduled(end: datetime, length: timedelta = timedelta(hours=1)) -> list[str]:
    """The window of an hour that ends so, for `Reading`s of the local API; its end is the moment up to which it reads."""
    return [SCHEDULED, UPDATED, (end - length - settings.overlap()).isoformat(), end.isoformat()]


def backfilled(start: datetime, end: datetime, asked_at: datetime) -> list[list[str]]:
    """The windows of a backfill of such a range."""
    windows = Backfill.from_params({"start": start.isoformat(), "end": end.isoformat()}).windows("a", ("any",), asked_at)
    return [[window.mode, window.filter, window.start.isoformat(), window.end.isoformat()] for window in windows]


def whatever_was_read(truth: dict[str, list[dict]]) -> dict[str, list[dict]]:
    """The truth without what depends on which versions were read, where nobody knows that: a reader was killed, or overtaken."""
    return {table: [_known_anyway(row) for row in rows] for table, rows in truth.items()}


def _known_anyway(row: dict) -> dict:
    is_moved = row.get("outcome") in ("rescheduled", "cancelled")
    return {name: value for name, value in row.items() if name not in HOW_READ and not (is_moved and name in MOVED)}


def differences(published: Path, truth: dict[str, list[dict]], readings: list[Reading] | None = None, most: int = 5) -> list[str]:
    """One line a difference, at most `most` a table; empty when every row and column agrees.

    Without `readings` the histories and what was observed when are not compared.
    """
    keys = KEYS | (HISTORY_KEYS if readings else {})
    found = []
    with database.connect(published, read_only=True) as connection:
        for table, key in keys.items():
            if table not in truth:
                continue
            expected = {_key(row, key): _expected(row, readings) for row in truth[table]}
            assert len(expected) == len(truth[table]), f"the truth of {table} repeats a key"
            cursor = connection.execute(f"select * from marts.{table}")
            names = [column[0] for column in cursor.description]
            rows = [_actual(dict(zip(names, row, strict=True)), readings) for row in cursor.fetchall()]
            actual = {_key(row, key): row for row in rows}
            assert len(actual) == len(rows), f"marts.{table} repeats a key"
            assert expected or table in OPTIONAL, f"the truth of {table} is empty: this would prove nothing"
            found += [f"{table}: {line}" for line in _compare(expected, actual)[:most]]
    return found


def _compare(expected: dict, actual: dict) -> list[str]:
    lines = [f"missing {key}" for key in expected.keys() - actual.keys()]
    lines += [f"too much {key}: {actual[key]}" for key in actual.keys() - expected.keys()]
    for key in expected.keys() & actual.keys():
        for name, value in expected[key].items():
            if not _same(value, actual[key][name]):
                lines.append(f"{key} {name}: the truth is {value!r}, the warehouse says {actual[key][name]!r}")
    return lines


def _key(row: dict, names: tuple[str, ...]) -> tuple:
    return tuple(row[name] for name in names)


def _actual(row: dict, readings: list[Reading] | None) -> dict:
    noticed = {name: _reading_of(row[name], readings) for name in OBSERVED & row.keys()} if readings else {}
    return {name: _plain(value) for name, value in (row | noticed).items()}


def _reading_of(instant: datetime | None, readings: list[Reading]) -> object:
    return next((each.moment for each in readings if instant and each.began <= instant <= each.ended), instant)


def _expected(row: dict, readings: list[Reading] | None) -> dict:
    row = {name: value for name, value in row.items() if readings or name not in OBSERVED}
    if "_buyer_id" in row:
        row["buyer_key"] = buyer_keys().key(row.pop("_buyer_id"))
    # what begins so is the local API's own beside the contract's columns
    return {name: value for name, value in row.items() if not name.startswith("_")}


def _same(expected: object, actual: object) -> bool:
    if isinstance(expected, float) and isinstance(actual, int | float):
        return abs(expected - actual) < 1e-9 * max(1.0, abs(expected))
    return expected == actual


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value
