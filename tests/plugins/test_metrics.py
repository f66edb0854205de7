"""Each request reaches Airflow's metrics."""

import pytest
from airflow.sdk.observability import stats

from amazon_services.hooks import AmazonServicesHook

TAGS = {"account": "my_shop", "operation": "getServiceJobByServiceJobId", "status": "200"}


@pytest.fixture
def seen(monkeypatch):
    calls = []
    for name in ("incr", "timing"):
        monkeypatch.setattr(stats, name, lambda *args, tags, name=name: calls.append((name, *args, tags)))
    return calls


def test_a_request_is_counted_and_timed(connect, loopback, seen):
    with AmazonServicesHook("my_shop").get_client() as client:
        client.get_service_job("job")
    assert ("incr", "amazon_services.requests", TAGS) in seen
    assert ("incr", "amazon_services.bytes", 15, TAGS) in seen
    timed = {
        name: value for kind, name, value, tags in (one for one in seen if len(one) == 4) if kind == "timing" and tags == TAGS
    }
    assert timed["amazon_services.duration"].total_seconds() > 0 <= timed["amazon_services.waited"].total_seconds()
