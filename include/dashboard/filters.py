"""What the reader of the page has chosen: account, marketplace, store, service and dates. Every value from outside ends here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

LONGEST_VALUE = 100
LONGEST_DAYS = 366
DEFAULT_DAYS = 28
# far beyond any service job, and far enough from the calendar's ends to count years back and ahead from there
FIRST_DATE, LAST_DATE = date(2000, 1, 1), date(2099, 12, 31)
# capacity is known ahead: where no dates are chosen, its figures look this far
DAYS_AHEAD = 14

# the filter's name on the page, and the column that every mart has for it
COLUMNS = {"account": "account", "marketplace": "marketplace_id", "store": "store_id", "service": "asin"}


class BadFilter(ValueError):
    """A filter's value cannot be meant; the message says why."""


@dataclass(frozen=True)
class Period:
    """Dates from `start` to `end`, both included."""

    start: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    @property
    def before(self) -> "Period":
        """The period of the same length that ends the day before."""
        return Period(self.start - timedelta(days=self.days), self.start - timedelta(days=1))

    def last(self, days: int) -> "Period":
        """The end of the period, at most so many days."""
        return Period(max(self.start, self.end - timedelta(days=days - 1)), self.end)

    def as_json(self) -> dict[str, str]:
        return {"start": self.start.isoformat(), "end": self.end.isoformat()}


@dataclass(frozen=True)
class Filters:
    """None is "all". `start` and `end` are dates in the stores' own time zones."""

    account: str | None = None
    marketplace: str | None = None
    store: str | None = None
    service: str | None = None
    start: date | None = None
    end: date | None = None

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "Filters":
        """From the page's address: `account`, `marketplace`, `store`, `service`, `start`, `end`; an empty value is none.

        Raises:
            BadFilter: A name is unknown, a value is too long or not printable, a date is none or lies outside
                `FIRST_DATE` to `LAST_DATE`, or the range is backwards or too long.
        """
        if unknown := sorted(set(query) - set(cls.__dataclass_fields__)):
            known = ", ".join(cls.__dataclass_fields__)
            raise BadFilter(f"There is no filter {unknown[0][:LONGEST_VALUE]!r}; there are {known}.")
        texts = {name: _text(name, query.get(name, "")) for name in COLUMNS}
        start, end = (_date(name, query.get(name, "")) for name in ("start", "end"))
        if start and end and not 0 <= (end - start).days < LONGEST_DAYS:
            raise BadFilter(f"The dates from {start} to {end} should be in order, and at most {LONGEST_DAYS} days.")
        return cls(**texts, start=start, end=end)

    def period(self, today: date) -> Period:
        """The chosen dates. A missing start is four weeks before the end; a missing end is `today`, within a year of the start.

        A start that lies ahead of `today` without an end begins four weeks.
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
        """The chosen dates; without any, the days ahead: capacity is told of the present and the future alone."""
        if self.start or self.end:
            return self.period(today)
        return Period(today, today + timedelta(days=DAYS_AHEAD - 1))

    def condition(self, *names: str) -> str:
        """SQL that holds for rows of the chosen things, by `names` of filters; its values are parameters."""
        return " and ".join(["true", *(f"{COLUMNS[name]} = ${name}" for name in names if getattr(self, name))])

    def recent(self, column: str) -> str:
        """SQL that holds where a time by the wall clock is in the chosen period; without a chosen end it is open."""
        return f"{column} >= $start" + (f" and {column} < $end + interval 1 day" if self.end else "")

    @property
    def values(self) -> dict[str, str | None]:
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
