"""Answers of nonsense end in a clear error or a row that tells them, lose nothing of other jobs, and store nothing personal."""

import json
import re

import pytest
import requests

from include.extract import packaging
from include.extract.targets import Targets
from include.services_api import responses
from include.services_api.operations import GET_FIXED_CAPACITY, GET_JOB, GET_JOBS, GET_SLOTS, Operation
from include.services_api.parameters import text
from include.warehouse import database, paths
from include.warehouse.loading.load import load_packages
from tests.extract import hostile
from tests.extract.fakes import START, FakeClient
from tests.extract.test_availability import Store
from tests.extract.test_availability import read as read_availability
from tests.extract.test_jobs import detail, read

RAW_ERROR = re.compile(r"(Key|Type|Attribute|Index|Value|Unicode\w*|Recursion|Overflow)Error|object has no attribute|NoneType")


def parsed(operation: Operation, body: str) -> object:
    """What the client makes of a body."""
    response = requests.Response()
    response.status_code, response._content = 200, body.encode()
    return responses.read(operation, "seller", response, START).payload


class Hostile(FakeClient):
    """A client whose answers are bodies; what is in no `bodies` is a good detail."""

    def __init__(self, page: str, **bodies: str) -> None:
        super().__init__([])
        self.page, self.bodies = page, bodies

    def get_service_jobs(self, marketplace_id, *, page_token=None, **bounds):
        return self._answer(parsed(GET_JOBS, f'{{"payload": {self.page}}}'))

    def get_service_job(self, service_job_id):
        self.asked.append(text("service_job_id", service_job_id))
        good = json.dumps(detail(service_job_id))
        return self._answer(parsed(GET_JOB, f'{{"payload": {self.bodies.get(service_job_id, good)}}}'))


def rows(sql: str) -> list[tuple]:
    with database.connect() as connection:
        if any(paths.packages_dir().glob("2*")):
            load_packages(connection)
        return connection.execute(sql).fetchall()


def told() -> set[str]:
    """Fields of the quarantine, and paths of the drift."""
    found = {field for (field,) in rows("select field from ops.quarantined_records")}
    return found | {"drift", *(f"drift {path}" for (path,) in rows("select path from ops.schema_drift"))}


def assert_nothing_personal() -> None:
    with database.connect() as connection:
        tables = connection.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
        everything = "".join(str(connection.execute(f"from {table}").fetchall()) for (table,) in tables)
    everything += "".join(file.read_text("latin-1") for file in paths.packages_dir().rglob("*") if file.is_file())
    assert hostile.MARK not in everything and "Acacia" not in everything


def assert_told(expected: str | None) -> None:
    # a field of a part that was told whole is told with it
    assert expected is None or any(field and field.startswith(one) for one in expected.split("|") for field in told()), told()


def page_of(*jobs: str) -> str:
    return f'{{"jobs": [{", ".join(jobs)}], "totalResultSize": {len(jobs)}}}'


@pytest.mark.parametrize(("listed", "expected"), hostile.LISTED.values(), ids=hostile.LISTED)
def test_a_listed_job_of_nonsense_is_told_and_the_others_are_read(warehouse, listed, expected):
    bodies = {name: "{}" for name in ("12345", "../../etc/passwd", "b\0c", "b'; drop table raw.service_jobs; --")}
    client = Hostile(page_of('{"serviceJobId": "a"}', listed, '{"serviceJobId": "c"}'), **bodies)
    read(client)
    good = rows("select service_job_id from raw.service_jobs where has_detail and service_job_id in ('a', 'c') order by 1")
    assert good == [("a",), ("c",)]
    assert_told(expected)
    assert rows("select distinct_jobs, loaded_jobs from ops.extract_windows") == [(3, 3)]
    assert_nothing_personal()


@pytest.mark.parametrize(("body", "expected"), hostile.DETAILS.values(), ids=hostile.DETAILS)
def test_a_detail_of_nonsense_is_told_and_the_others_are_read(warehouse, body, expected):
    listed = [f'{{"serviceJobId": "{name}", "serviceJobStatus": "HOLD"}}' for name in "abc"]
    read(Hostile(page_of(*listed), b=body))
    assert rows("select service_job_id from raw.service_jobs order by 1") == [("a",), ("b",), ("c",)]
    assert rows("select status, loaded_jobs, details + details_missing from ops.extract_windows") == [("complete", 3, 3)]
    assert_told(expected)
    assert_nothing_personal()


@pytest.mark.parametrize(("page", "expected"), hostile.PAGES.values(), ids=hostile.PAGES)
def test_a_page_of_nonsense_is_read_or_refused_with_words(warehouse, page, expected):
    if expected is None:
        read(Hostile(page))
    else:
        with pytest.raises(packaging.WindowsFailed, match=re.escape(expected)) as failed:
            read(Hostile(page))
        assert not RAW_ERROR.search(str(failed.value)) and hostile.MARK not in str(failed.value)
        assert "Acacia" not in str(failed.value)
    ((status, error),) = rows("select status, error from ops.extract_windows")
    assert status == ("failed" if expected else "complete") and not RAW_ERROR.search(error or "")
    assert_nothing_personal()


class HostileStore(Store):
    """A client whose slots or capacity of `store-1` are a body."""

    def __init__(self, slots: str = "", capacity: str = "") -> None:
        super().__init__()
        self.slots, self.capacity = slots, capacity

    def get_appointment_slots(self, marketplace_id, asin, store_id, start, end):
        if self.slots and store_id == "store-1":
            return self._answer(store_id, parsed(GET_SLOTS, f'{{"payload": {self.slots}}}'))
        return super().get_appointment_slots(marketplace_id, asin, store_id, start, end)

    def get_fixed_slot_capacity(self, marketplace_id, resource, start, end, **asked):
        if self.capacity and resource == "store-1":
            return self._answer(resource, parsed(GET_FIXED_CAPACITY, self.capacity))
        return super().get_fixed_slot_capacity(marketplace_id, resource, start, end, **asked)


@pytest.mark.parametrize(
    ("kind", "name"), [("slots", one) for one in hostile.SLOTS] + [("capacity", one) for one in hostile.CAPACITY]
)
def test_availability_of_nonsense_is_told_and_other_stores_are_read(warehouse, monkeypatch, kind, name):
    body, expected = {"slots": hostile.SLOTS, "capacity": hostile.CAPACITY}[kind][name]
    stores = ("store-1", "store-2")
    found = Targets(tuple((store, "B000000001") for store in stores), stores, ())
    monkeypatch.setattr("include.extract.runs.targets", lambda account, marketplace_id: found)
    read_availability(HostileStore(**{kind: body}))
    assert rows("select count(*) from raw.resource_capacity where resource_id = 'store-2'") == [(1,)]
    assert {status for (status,) in rows("select status from ops.extract_windows")} == {"complete"}
    fields = {re.sub(r"\[\d+\]", "[]", field) if field else None for field in told()}
    if expected.startswith("error "):
        reasons = [reason for (reason,) in rows("select reason from ops.quarantined_records")]
        assert any(expected.removeprefix("error ") in reason and not RAW_ERROR.search(reason) for reason in reasons), reasons
    else:
        assert any(field and field.startswith(expected) for field in fields), fields
    assert_nothing_personal()


def test_there_are_enough_of_them():
    assert len(hostile.LISTED | hostile.DETAILS | hostile.PAGES) + len(hostile.SLOTS) + len(hostile.CAPACITY) >= 80
