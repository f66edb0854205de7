"""The filters of the page: account, marketplace, store, service, dates, and the day of the schedule, all validated here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

LONGEST_VALUE = 100
LONGEST_DAYS = 366
DEFAULT_DAYS = 28
# beyond any service job, and far enough from the ends of the calendar for years to be added and subtracted
FIRST_DATE, LAST_DATE = date(2000, 1, 1), date(2099, 12, 31)
# capacity is known in advance: without chosen dates its figures cover this many days
DAYS_AHEAD = 14

# the filter's name on the page, and the column that every mart has for it
COLUMNS = {"account": "account", "marketplace": "marketplace_id", "store": "store_id", "service": "asin"}


class BadFilter(ValueError):
    """The value of a filter is invalid; the message says why."""


@dataclass(frozen=True)
class Period:
    """Dates from `start` to `end`, both included."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """The number of days."""
        return (self.end - self.start).days + 1

    @property
    def before(self) -> "Period":
        """The period of the same length that ends the day before."""
        return Period(self.start - timedelta(days=self.days), self.start - timedelta(days=1))

    def last(self, days: int) -> "Period":
        """The last `days` days of the period."""
        return Period(max(self.start, self.end - timedelta(days=days - 1)), self.end)

    def as_json(self) -> dict[str, str]:
        """Both dates in ISO format."""
        return {"start": self.start.isoformat(), "end": self.end.isoformat()}


@dataclass(frozen=True)
class Filters:
    """What the reader has chosen. None means all; dates are those of the stores. `day` is a day of the technicians' schedule."""

    account: str | None = None
    marketplace: str | None = None
    store: str | None = None
    service: str | None = None
    start: date | None = None
    end: date | None = None
    day: date | None = None

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "Filters":
        """Read the filters from the parameters of the page's URL, which have the names of the attributes.

        Raises:
            BadFilter: A name is unknown, a value is too long or not printable, a date is malformed or not between
                `FIRST_DATE` and `LAST_DATE`, or the dates are not in order or too far apart.
        """
        if unknown := sorted(set(query) - set(cls.__dataclass_fields__)):
            names = ", ".join(cls.__dataclass_fields__)
            raise BadFilter(f"There is no filter {unknown[0][:LONGEST_VALUE]!r}; there are {names}.")
        texts = {name: _text(name, query.get(name, "")) for name in COLUMNS}
        start, end, day = (_date(name, query.get(name, "")) for name in ("start", "end", "day"))
        if start and end and not 0 <= (end - start).days < LONGEST_DAYS:
            raise BadFilter(f"The dates from {start} to {end} should be in order, and at most {LONGEST_DAYS} days.")
        return cls(**texts, start=start, end=end, day=day)

    def period(self, today: date) -> Period:
        """The chosen dates.

        Without a start they begin four weeks before the end. Without an end they end `today`, but at most a year after the
        start; if the start lies after `today`, they end four weeks after it.
        """
        if self.start is None:
            end = self.end or today
            return Period(end - timedelta(days=DEFAULT_DAYS - 1), end)
        if self.start > today:
            longest, until = DEFAULT_DAYS, date.max
        else:
            longest, until = LONGEST_DAYS, today
        return Period(self.start, self.end or min(until, self.start + timedelta(days=longest - 1)))

    def capacity_period(self, today: date) -> Period:
        """The chosen dates; by default the next `DAYS_AHEAD` days, because the API returns present and future capacity only."""
        if self.start or self.end:
            return self.period(today)
        return Period(today, today + timedelta(days=DAYS_AHEAD - 1))

    def condition(self, *names: str) -> str:
        """An SQL condition on the filters called `names`; their values are parameters of the query."""
        return " and ".join(["true", *(f"{COLUMNS[name]} = ${name}" for name in names if getattr(self, name))])

    def recent(self, column: str) -> str:
        """An SQL condition: a time of the wall clock lies in the chosen period, which is open without a chosen end."""
        return f"{column} >= $start" + (f" and {column} < $end + interval 1 day" if self.end else "")

    @property
    def values(self) -> dict[str, str | None]:
        """The value of each filter but the dates, by its name."""
        return {name: getattr(self, name) for name in COLUMNS}


def _text(name: str, value: str) -> str | None:
    if len(value) > LONGEST_VALUE or not value.isprintable():
        raise BadFilter(f"The filter {name} should be at most {LONGEST_VALUE} printable characters.")
    return value or None


def _date(name: str, value: str) -> date | None:
    if not value:
        return None
    try:
        chosen = date.fromisoformat(value)
    except ValueError:
        raise BadFilter(f"The filter {name} should be a date such as 2026-11-21.") from None
    if not FIRST_DATE <= chosen <= LAST_DATE:
        raise BadFilter(f"The filter {name} should be a date from {FIRST_DATE} to {LAST_DATE}, but is {chosen}.")
    return chosen
