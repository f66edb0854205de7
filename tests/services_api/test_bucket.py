"""The arithmetic of a bucket: never more than the API's own bucket allows, and no less than its rate."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.services_api.budget.bucket import JITTER_SECONDS, RESERVED_SHARE, Bucket, Limit
from include.services_api.operations import OPERATIONS

LIMITS = sorted({operation.limit for operation in OPERATIONS}, key=lambda limit: limit.rate)


def taken_by(bucket: Bucket, start: float, end: float, share: float = 0.0) -> list[float]:
    """Times at which a caller who always wants more gets a token."""
    times, now = [], start
    while now <= end:
        wait = bucket.take(now, share)
        if wait:
            now += wait
        else:
            times.append(now)
    return times


@pytest.mark.parametrize("limit", LIMITS)
def test_burst_then_rate(limit):
    times = taken_by(Bucket.full(limit, 0), 0, 100)
    at_once = [time for time in times if time == 0]
    assert len(at_once) == int(Bucket.full(limit, 0).capacity)
    assert len(times) == pytest.approx(limit.burst + limit.rate * (100 - JITTER_SECONDS), abs=2)


@pytest.mark.parametrize("limit", LIMITS)
def test_it_is_full_again_after_a_rest(limit):
    bucket = Bucket.full(limit, 0)
    first = len(taken_by(bucket, 0, 0))
    assert len(taken_by(bucket, 1_000, 1_000)) == first


@pytest.mark.parametrize("limit", LIMITS)
@settings(max_examples=25, deadline=None)
@given(pauses=st.lists(st.floats(0, 10), max_size=60), random=st.randoms(use_true_random=False))
def test_the_apis_bucket_never_runs_dry(limit, pauses, random):
    """Whatever the caller's rhythm, and however the way to the API varies by less than the jitter."""
    ours, sent, now = Bucket.full(limit, 0), [], 0.0
    for pause in pauses:
        now += pause
        sent += taken_by(ours, now, now)
    arrived = sorted(time + random.uniform(0, JITTER_SECONDS) for time in sent)
    tokens, filled_at = limit.burst, 0.0
    for time in arrived:
        tokens = min(limit.burst, tokens + (time - filled_at) * limit.rate) - 1
        filled_at = time
        assert tokens > -1e-6


@pytest.mark.parametrize("factor", [0.1, 0.5, 2, 10])
@pytest.mark.parametrize("limit", LIMITS)
def test_it_follows_the_rate_up_and_down(limit, factor):
    bucket = Bucket.full(limit, 0)
    bucket.follow(0, limit.rate * factor)
    taken_by(bucket, 0, 50)
    assert len(taken_by(bucket, 50, 150)) == pytest.approx(100 * limit.rate * factor, abs=2)


@pytest.mark.parametrize("limit", LIMITS)
def test_a_drained_bucket_waits_and_then_goes_on_at_the_rate(limit):
    bucket = Bucket.full(limit, 0)
    for _ in range(3):
        bucket.drain(0, 5)
    times = taken_by(bucket, 0, 20)
    assert times[0] == pytest.approx(5)
    assert len(times) == pytest.approx(15 * limit.rate, abs=2)


@pytest.mark.parametrize("limit", LIMITS)
def test_a_backfill_alone_has_the_whole_rate(limit):
    assert len(taken_by(Bucket.full(limit, 0), 0, 100, RESERVED_SHARE)) == pytest.approx(100 * limit.rate, rel=0.1)


@pytest.mark.parametrize("limit", LIMITS)
def test_a_backfill_takes_nothing_from_who_needs_it_all(limit):
    bucket = Bucket.full(limit, 0)
    taken_by(bucket, 0, 50, RESERVED_SHARE)
    scheduled, backfill, now = 0, 0, 50.0
    while now < 150:
        wait = bucket.take(now)
        scheduled += not wait
        backfill += not bucket.take(now, RESERVED_SHARE)
        now += wait
    assert scheduled >= 100 * limit.rate
    assert backfill == 0


def test_a_clock_that_began_anew():
    bucket = Bucket(tokens=0, rate=5, filled_at=1e9, limit=Limit(5, 20))
    assert bucket.take(now=10) == 0
