"""Which values may be stored of what the model does not know."""

import pytest

from include.privacy import minimization
from include.privacy.minimization import leaves

NOTHING = frozenset()


@pytest.mark.parametrize(
    "value",
    [None, True, 0, 999_999, -999_999, 12.5, 98101.0, "2026-10-01T12:00:00Z", "2026-10-01 1:0", "2026-10-01T12:00:00+0200"],
)
def test_what_names_nobody(value):
    assert minimization.is_harmless(value)


@pytest.mark.parametrize(
    "value",
    [1_000_000, 2065550143, 47.60621, 1e300, float("nan"), "", "12", "2026-10-01", "2026-99-01T12:00:00Z", "Jane", [], {}, [1],
     {"a": 1}, "2026-10-01T12:00:00Z\n", "1980-01-01 of Jane"],
)  # fmt: skip
def test_what_may_name_somebody(value):
    assert not minimization.is_harmless(value)


@pytest.mark.parametrize(("text", "is_token"), [
    ("PAUSED", True), ("PENDING_SCHEDULE", True), ("OPEN_24", True), ("A1BUYER7Q9", False), ("2065550143", False),
    ("Jane", False), ("", False), ("A" * 41, False), ("WITHIN_2065", False), ("12B OLD MILL ROAD", False),
])  # fmt: skip
def test_tokens(text, is_token):
    assert minimization.is_token(text) is is_token


@pytest.mark.parametrize(("name", "shown"), [
    ("addressLine1", "p.addressLine1"), ("customer_contact", "p.customer_contact"),
    ("jane@example.com", "p.(name of 16 characters)"), ("Jane Roe", "p.(name of 8 characters)"),
    ("+12065550143", "p.(name of 12 characters)"), ("A1BUYER7Q9", "p.(name of 10 characters)"),
    ("x" * 65, "p.(name of 65 characters)"), ("", "p.(name of 0 characters)"), ("a.b", "p.(name of 3 characters)"),
])  # fmt: skip
def test_names_in_paths(name, shown):
    assert minimization.joined("p", name) == shown


def stored(value: object, keep: frozenset = NOTHING) -> dict:
    return {leaf.path: leaf.stored for leaf in leaves("x", value, keep)}


def test_an_unknown_part_is_told_by_its_leaves():
    value = {"name": "Jane", "since": "2026-10-01T12:00:00Z", "visits": [{"no": 3}, {"by": "Joe"}], "tags": [1, 2], "none": {}}
    assert stored(value) == {
        "x.name": {"type": "text", "length": 4}, "x.since": "2026-10-01T12:00:00Z", "x.visits[1].no": 3,
        "x.visits[2].by": {"type": "text", "length": 3}, "x.tags": {"type": "list", "length": 2},
        "x.none": {"type": "object", "length": 0},
    }  # fmt: skip
    assert all(minimization.is_shape(part) for part in stored(value).values() if isinstance(part, dict))


def test_an_operator_can_name_what_is_kept(monkeypatch):
    monkeypatch.setenv("SERVICES_KEEP_FIELDS", " x.visits[].by, x.tags,")
    keep = minimization.keep_fields()
    value = {"visits": [{"by": "Joe"}, {"by": "Jim"}], "tags": [1, "two"], "name": "Jane"}
    assert stored(value, keep) == {
        "x.visits[1].by": "Joe", "x.visits[2].by": "Jim", "x.tags": [1, "two"], "x.name": {"type": "text", "length": 4},
    }  # fmt: skip


def test_what_is_nested_without_end_is_told_once():
    value: object = "Jane"
    for _ in range(900):
        value = {"inner": [value]}
    ((path, shape),) = stored(value).items()
    assert shape["type"] in ("object", "list") and len(path) <= minimization.LONGEST_PATH
