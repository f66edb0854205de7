"""The quick way through a payload and the careful one give the same, or the quick one gives up."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.extract import fast_decode, records
from include.extract.privacy import BuyerKeys
from include.extract.reader import Reading
from include.warehouse import api_fields
from include.warehouse.api_fields import (
    FIXED_CAPACITY,
    RANGE_CAPACITY,
    SERVICE_JOB,
    SLOT_REPORT,
    TIME,
    Array,
    Enumeration,
    Object,
)
from include.warehouse.loading.windows import BACKFILL, JOBS, UPDATED, Window
from tests.extract.fakes import START

KEYS = BuyerKeys("a secret of sixteen or more")
WINDOW = Window("seller", "ATVPDKIKX0DER", JOBS, BACKFILL, UPDATED, START, START)
ODD = st.sampled_from([
    None, "", "180", " 15 ", 180, 180.0, 1.5, True, False, 2**63, -(2**63), 10**30, "2021-04-04T01:0:00Z", "2021-02-29T00:00:00Z",
    "2024-02-29T00:00:00Z", "2021-04-04T01:00:00Z\n", "2021-04-04T01:00:00+02:00", "0000-01-01T00:00:00Z", "caf\u00e9", "\ud800",
    "\u0661", [], {}, [None], {"unknown": 1}, "NEVER_SEEN", "ACTIVE",
])  # fmt: skip
SCALARS = {
    api_fields.TEXT: st.text(max_size=5), api_fields.INTEGER: st.integers(-(2**63), 2**63 - 1), api_fields.BOOLEAN: st.booleans(),
    api_fields.AMOUNT: st.integers(-100, 100) | st.floats(allow_nan=False, allow_infinity=False),
    api_fields.TIME: st.datetimes().map(lambda time: time.replace(microsecond=0).isoformat() + "Z"),
}  # fmt: skip


def values(spec, odd: st.SearchStrategy) -> st.SearchStrategy:
    """Values of a part of the model, with `odd` ones among them."""
    if isinstance(spec, Object):
        fields = {name: values(inner, odd) for name, inner in spec.fields.items()}
        fields |= dict.fromkeys(spec.private, st.text(max_size=5) | st.none())
        fields |= dict.fromkeys(spec.hashed, st.text(max_size=5) | odd)
        if spec.is_free:
            return st.dictionaries(st.sampled_from(["year", "warrantyEnd", "a b"]), SCALARS[TIME] | odd, max_size=2) | odd
        return st.fixed_dictionaries({}, optional=fields) | odd
    if isinstance(spec, Array):
        return st.lists(values(spec.of, odd), max_size=2) | odd
    if isinstance(spec, Enumeration):
        return st.sampled_from(sorted(spec.values)) | odd
    return SCALARS.get(spec, st.integers(0, 3)) | odd


@pytest.mark.parametrize("spec", [SERVICE_JOB, SLOT_REPORT, FIXED_CAPACITY, RANGE_CAPACITY])
@settings(deadline=None, max_examples=100)
@given(data=st.data(), often=st.booleans())
def test_both_ways_agree(spec, data, often):
    payload = data.draw(values(spec, ODD if often else st.none()))
    before = copy.deepcopy(payload)
    careful = Reading(KEYS)
    expected = careful.read(payload, spec)
    try:
        quick = fast_decode.read(payload, spec, KEYS)
        records.dump(quick)
    except (fast_decode.Unusual, TypeError):
        return
    assert payload == before
    assert repr(quick) == repr(expected) or (quick == expected and records.dump(quick) == records.dump(expected))
    # nothing that would have to be told was passed over
    assert not (careful.extra or careful.met or careful.problems)


PLACES = (
    "Seattle", "", "Z\u00fcrich", "10 Downing Street", "Hauptstra\u00dfe 12", "2065550100", "a@b.de", "Paris 10",
    "Am alten Weg 5",    "\u0662\u0660\u0666\u0665\u0665\u0665\u0660\u0661", None, 5,
)  # fmt: skip
POSTAL_CODES = (
    "98101", "98101-1234", "SW1A 2AA", "01310-100", "", "N/A", "2065550100", "Jane Roe", "10 Downing Street", "a@b.de", "98101\n",
    "\uff11\uff12\uff13\uff14\uff15", None, 98101, 2065550100, True,
)  # fmt: skip


@pytest.mark.parametrize(("name", "value"), [("city", one) for one in PLACES] + [("postalCode", one) for one in POSTAL_CODES])
def test_both_ways_agree_on_places(name, value):
    payload = {"serviceJobId": "job-1", "serviceLocation": {"address": {name: value, "countryCode": "US"}}}
    careful = Reading(KEYS)
    expected = careful.read(copy.deepcopy(payload), SERVICE_JOB)
    try:
        quick = fast_decode.read(payload, SERVICE_JOB, KEYS)
    except fast_decode.Unusual:
        assert not (isinstance(value, str) and name == "postalCode" and not careful.problems), (
            "an ordinary one takes the long way"
        )
    else:
        assert quick == expected and not careful.problems
    kept = expected["serviceLocation"]["address"][name]
    assert kept == (None if careful.problems else value if value is None else str(value))
    for problem in careful.problems:
        assert str(value) not in f"{problem.original} {problem.reason}"


def test_the_usual_is_not_unusual():
    payload = {
        "serviceJobId": "job-1", "createTime": "2021-04-04T01:00:00Z", "serviceJobStatus": "HOLD",
        "buyer": {"buyerId": "A1BUYER", "name": "Jane Roe", "isPrimeMember": True},
        "serviceLocation": {"serviceLocationType": "IN_HOME", "address": {"name": "Jane Roe", "city": "Z\u00fcrich"}},
        "payments": [{"amount": {"value": 12.5, "currency": "USD"}}, {"amount": {"value": 12, "currency": None}}],
    }  # fmt: skip
    quick = fast_decode.read(payload, SERVICE_JOB, KEYS)
    assert quick == Reading(KEYS).read(payload, SERVICE_JOB)
    assert "Jane Roe" not in str(quick) and "A1BUYER" not in str(quick)


def test_a_payload_has_one_hash_whichever_way_it_was_read(monkeypatch):
    payload = {"serviceJobId": "job-1", "payments": [{"amount": {"value": 1e16}}], "storeId": "caf\u00e9"}
    quick = records.job(WINDOW, payload, True, START, KEYS).row

    def unusual(*_):
        raise fast_decode.Unusual

    monkeypatch.setattr(fast_decode, "read", unusual)
    assert records.job(WINDOW, payload, True, START, KEYS).row == quick
