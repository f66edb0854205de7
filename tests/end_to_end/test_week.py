"""A week, hour by hour, in which everything happens: after every hour, each row of each mart equals the truth."""

from datetime import datetime, timedelta

import pytest

from include.services_api import ServicesClient
from tests.end_to_end import hours
from tests.end_to_end.hourly import BEGIN, OPTIONS, backfill, check, disturb
from tests.end_to_end.truth import Reading
from tests.local_api import LocalApi, local_api


# the whole week is a soak; the hours of `test_truth.py` are its small form
@pytest.mark.soak
@pytest.mark.timeout(3 * 3600)
@pytest.mark.parametrize("count", [2, 7 * 24])
def test_every_hour_equals_the_truth(warehouse, monkeypatch, count):
    monkeypatch.setenv("SERVICES_BACKFILL_WINDOW_HOURS", "120")
    monkeypatch.setenv("SERVICES_CAPACITY_FORMATS", "fixed,range")
    with local_api(*OPTIONS) as api, ServicesClient(api.account()) as client:
        readings = [backfill(api)]
        disturb(api)
        for hour in range(1, count + 1):
            moment = BEGIN + timedelta(hours=hour)
            readings.append(run_hour(api, client, moment))
            check(api, moment, readings)
            if hour == count // 2:
                # some days again, in the middle of the week
                later = moment + timedelta(minutes=1)
                api.control("POST", "clock", {"now": later.isoformat()})
                readings.append(backfill(api, later, days=3))
                check(api, later, readings)
        truth = api.truth(as_of=moment.isoformat(), tables="fct_appointments,fct_job_status_history")
    assert {row["is_live"] for row in truth["fct_job_status_history"]} == {True, False}
    if count > 24:
        assert {row["is_moved_after_window"] for row in truth["fct_appointments"]} == {True, False, None}
        assert {"missed_then_moved", "unfulfillable"} <= {row["fulfillment_break"] for row in truth["fct_appointments"]}


def run_hour(api: LocalApi, client: ServicesClient, moment: datetime) -> Reading:
    """Run the hour that ends at a moment."""
    api.control("POST", "clock", {"now": moment.isoformat()})
    now, began, ended = hours.run_hour(client, api, moment)["reading"]
    return Reading(now, datetime.fromisoformat(began), datetime.fromisoformat(ended))
