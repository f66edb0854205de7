"""How a tile asks: rows as dictionaries, values as parameters, numbers and times as JSON has them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

import duckdb

from include.dashboard.filters import Filters, Period

NAMES = re.compile(r"\$([a-z_]+)")


@dataclass(frozen=True)
class QueryContext:
    """One question's surroundings: the open file, what was chosen, and today by the file's own clock."""

    connection: duckdb.DuckDBPyConnection
    filters: Filters
    today: date

    @property
    def period(self) -> Period:
        return self.filters.period(self.today)

    @property
    def capacity_period(self) -> Period:
        return self.filters.capacity_period(self.today)

    def rows(self, query: str, period: Period | None = None, **values: object) -> list[dict]:
        """The query's rows. It may name `$start` and `$end` (of `period`, default the chosen one) and the filters."""
        period = period or self.period
        known = {"start": period.start, "end": period.end, "before": period.before.start} | self.filters.values | values
        wanted = {name: known[name] for name in NAMES.findall(query)}
        result = self.connection.execute(query, wanted)
        names = [column[0] for column in result.description]
        return [dict(zip(names, map(_plain, row), strict=True)) for row in result.fetchall()]

    def row(self, query: str, period: Period | None = None, **values: object) -> dict:
        (only,) = self.rows(query, period, **values)
        return only


def rate(part: float | None, whole: float | None) -> float | None:
    """A share, None where nothing was counted."""
    return part / whole if whole else None


def today(connection: duckdb.DuckDBPyConnection) -> date:
    """The date up to which all jobs are known; the wall clock's where nothing is known yet."""
    (as_of,) = connection.execute("select max(as_of) from ops.freshness where entity = 'jobs'").fetchone()
    return (as_of or datetime.now(UTC)).astimezone(UTC).date()


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value
