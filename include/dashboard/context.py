"""Runs the queries of a tile: values are bound as parameters, rows are returned as dictionaries of JSON types."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

import duckdb

from include.dashboard.filters import Filters, Period
from include.warehouse import database

NAMES = re.compile(r"\$([a-z_]+)")


@dataclass(frozen=True)
class QueryContext:
    """What the queries of one tile need.

    Attributes:
        connection: The published file, opened read-only.
        filters: What the reader has chosen.
        today: The date up to which all jobs are known.
    """

    connection: duckdb.DuckDBPyConnection
    filters: Filters
    today: date

    @property
    def period(self) -> Period:
        """The chosen dates."""
        return self.filters.period(self.today)

    @property
    def capacity_period(self) -> Period:
        """The dates of figures about capacity."""
        return self.filters.capacity_period(self.today)

    def rows(self, query: str, period: Period | None = None, **values: object) -> list[dict]:
        """Run a query.

        Args:
            query: SQL. It may use `$start`, `$end` and `$before` (of `period`), and a filter's name as parameters.
            period: The dates of the query; the chosen ones by default.
            values: Further parameters.
        """
        period = period or self.period
        parameters = {"start": period.start, "end": period.end, "before": period.before.start} | self.filters.values | values
        result = self.connection.execute(query, {name: parameters[name] for name in NAMES.findall(query)})
        names = [column[0] for column in result.description]
        return [dict(zip(names, map(_plain, row), strict=True)) for row in result.fetchall()]

    def row(self, query: str, period: Period | None = None, **values: object) -> dict:
        """Run a query that returns one row; the arguments are those of `rows`."""
        [row] = self.rows(query, period, **values)
        return row


def rate(part: float | None, whole: float | None) -> float | None:
    """`part` divided by `whole`; None if one is None or `whole` is not above 0."""
    return None if part is None or not whole or whole < 0 else part / whole


def today(connection: duckdb.DuckDBPyConnection) -> date:
    """The date up to which all jobs are known; before the first load, the date of the wall clock."""
    as_of = database.scalar(connection, "select max(as_of) from ops.freshness where entity = 'jobs'")
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
