"""A client counts what it spends, tells an observer about each request, and sums up when it is closed."""

import logging

import pytest

from include.services_api import ServicesClient, errors
from tests.services_api.loopback import Reply


def test_usage(client, loopback):
    loopback.script(Reply(429, "", {"Retry-After": "0"}), Reply(body={"payload": {}}, headers={"x-amzn-RequestId": "request-2"}))
    before = client.usage
    client.get_service_job("job")
    used = client.usage
    assert (before.requests, before.last_request_id) == (0, None)
    assert (used.requests, used.throttled, used.bytes, used.last_request_id) == (2, 1, 15, "request-2")
    assert used.waited_seconds > 0.04


def test_observer(account, budget, loopback):
    seen = []
    loopback.script(Reply(body={"payload": {}}), Reply(hang_up=True))
    with ServicesClient(account, budget=budget, observe=seen.append) as client:
        client.get_service_job("job")
        with pytest.raises(errors.OutcomeUnknown):
            client.complete_service_job("job")
    assert [(one.account, one.operation, one.status, one.size) for one in seen] == [
        ("my_shop", "getServiceJobByServiceJobId", 200, 15),
        ("my_shop", "completeServiceJobByServiceJobId", None, 0),
    ]
    assert all(one.duration_seconds > 0 <= one.waited_seconds for one in seen)


def test_one_debug_line_a_call_and_one_summary(account, budget, caplog):
    caplog.set_level(logging.DEBUG, "include.services_api")
    with ServicesClient(account, budget=budget) as client:
        client.get_service_job("job")
        client.get_service_job("job")
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == 3
    assert lines[0].startswith("my_shop getServiceJobByServiceJobId: HTTP 200, 15 bytes, waited 0.")
    assert lines[-1] == "my_shop: 2 calls, 0.0 s waited for the rate budget, 0 throttled, 30 bytes"
