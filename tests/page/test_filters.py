"""What a reader may choose, and what is made of it."""

from datetime import date

import pytest

from include.page.filters import BadFilter, Filters, Period

TODAY = date(2026, 11, 21)


def test_without_a_choice_the_last_four_weeks_and_the_capacity_ahead():
    filters = Filters.from_query({})
    assert filters.period(TODAY) == Period(date(2026, 10, 25), TODAY)
    assert filters.period(TODAY).before == Period(date(2026, 9, 27), date(2026, 10, 24))
    assert filters.capacity_period(TODAY) == Period(TODAY, date(2026, 12, 4))
    assert filters.condition("account", "store") == "true"


def test_chosen_dates_hold_for_capacity_too():
    filters = Filters.from_query({"start": "2026-11-01", "end": "2026-11-07"})
    assert filters.period(TODAY) == filters.capacity_period(TODAY) == Period(date(2026, 11, 1), date(2026, 11, 7))


@pytest.mark.parametrize("query", [{"start": "2020-01-01"}, {"end": "2027-06-01"}, {"start": "2026-12-24"}])
def test_half_a_range_is_filled_up_to_a_year_at_most(query):
    period = Filters.from_query(query).period(TODAY)
    assert period.start <= period.end and period.days <= 366
    assert all(text in (period.start.isoformat(), period.end.isoformat()) for text in query.values())


@pytest.mark.parametrize(
    "query",
    [
        {"account": "x" * 101},
        {"store": "a\x00b"},
        {"service": "a\nb"},
        {"start": "2026-13-01"},
        {"end": "1 or 1=1"},
        {"start": "2026-11-02", "end": "2026-11-01"},
        {"start": "2024-01-01", "end": "2026-01-01"},
        {"drop": "table"},
    ],
)
def test_what_cannot_be_meant_is_refused(query):
    with pytest.raises(BadFilter):
        Filters.from_query(query)


def test_a_value_never_becomes_sql():
    filters = Filters.from_query({"account": "' or true --"})
    assert filters.condition("account") == "true and account = $account"
    assert filters.values["account"] == "' or true --"


def test_the_end_of_a_long_period():
    year = Period(date(2025, 11, 1), date(2026, 10, 31))
    assert year.last(91) == Period(date(2026, 8, 2), date(2026, 10, 31)) and year.last(91).days == 91
    assert year.last(1000) == year
