"""Single values: what the API's own examples hold, and what no one can read."""

import pytest

from include.extract import coerce


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("2021-04-04T01:0:00Z", "2021-04-04T01:00:00Z"),
        ("2020-01-29T06:38:56.960Z", "2020-01-29T06:38:56.960000Z"),
        ("2020-08-11T19:10:02", "2020-08-11T19:10:02Z"),
        ("2021-10-31T01:30:00+02:00", "2021-10-30T23:30:00Z"),
        ("2021-10-31 01:30:00-0730", "2021-10-31T09:00:00Z"),
        ("2021-4-4", "2021-04-04T00:00:00Z"),
        ("2021-04-04T01:00:00.123456789Z", "2021-04-04T01:00:00.123456Z"),
    ],
)
def test_times_are_read_tolerantly(given, read):
    assert coerce.time(given) == read


@pytest.mark.parametrize(
    "given", ["soon", "", "2021-02-30T00:00:00Z", "2021-04-04T25:00:00Z", 1617498000, None, [], "0001-01-01T00:00:00+23:00"]
)
def test_unreadable_times_say_why(given):
    with pytest.raises(coerce.Unreadable, match="not a time"):
        coerce.time(given)


@pytest.mark.parametrize(("given", "read"), [("180", 180), (180, 180), (180.0, 180), (" 15 ", 15), ("-5", -5), ("60.0", 60)])
def test_whole_numbers(given, read):
    assert coerce.integer(given) == read and isinstance(coerce.integer(given), int)


@pytest.mark.parametrize("given", ["an hour", 1.5, True, "", None, {}, float("nan"), float("inf"), "NaN", 10**30, "1e400"])
def test_what_is_no_whole_number(given):
    with pytest.raises(coerce.Unreadable):
        coerce.integer(given)


def test_text_keeps_numbers_and_survives_half_a_surrogate_pair():
    assert coerce.text(98101) == "98101"
    assert coerce.text("caf\u00e9 \ud800") == "caf\u00e9 \ufffd"
    with pytest.raises(coerce.Unreadable):
        coerce.text({"name": "x"})


def test_truth_values():
    assert coerce.boolean("True") is True and coerce.boolean(False) is False
    with pytest.raises(coerce.Unreadable):
        coerce.boolean(1)
