"""What a reader may choose, and what is made of it."""

from datetime import date

import pytest

from include.dashboard.filters import BadFilter, Filters, Period

TODAY = date(2026, 11, 21)
EDGES = ("2000-01-01", "2026-11-21", "2026-11-22", "2099-12-31")


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
        {"start": "0001-01-01"},
        {"end": "0001-01-28"},
        {"start": "9999-12-31"},
        {"end": "9999-12-31"},
        {"start": "1999-12-31"},
        {"end": "2100-01-01"},
        {"start": "0001-01-01", "end": "9999-12-31"},
        {"start": "-0001-01-01"},
        {"start": "10000-01-01"},
        {"start": "2026-02-29"},
        {"start": "2026-11-21T00:00:00"},
        {"end": "infinity"},
        {"end": "today"},
        {"end": "1e9"},
        {"end": "\u0662\u0662\u0662\u0662-\u0661\u0661-\u0662\u0661"},
        {"start": "2026-11-21" * 1000},
        {"account": "a\u2028b"},
        {"store": "a\ud800b"},
    ],
)
def test_what_cannot_be_meant_is_refused(query):
    with pytest.raises(BadFilter) as refused:
        Filters.from_query(query)
    assert "filter" in str(refused.value) or "dates" in str(refused.value)
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize("query", [{"start": text} for text in EDGES] + [{"end": text} for text in EDGES])
def test_the_first_and_last_dates_give_periods_that_can_be_asked_for(query):
    filters = Filters.from_query(query)
    for period in (filters.period(TODAY), filters.capacity_period(TODAY)):
        assert 1 <= period.days <= 366 and period.before.days == period.days
        assert query.get("start", period.start.isoformat()) == period.start.isoformat()
        assert query.get("end", period.end.isoformat()) == period.end.isoformat()


def test_a_value_never_becomes_sql():
    filters = Filters.from_query({"account": "' or true --"})
    assert filters.condition("account") == "true and account = $account"
    assert filters.values["account"] == "' or true --"


def test_the_end_of_a_long_period():
    year = Period(date(2025, 11, 1), date(2026, 10, 31))
    assert year.last(91) == Period(date(2026, 8, 2), date(2026, 10, 31)) and year.last(91).days == 91
    assert year.last(1000) == year
