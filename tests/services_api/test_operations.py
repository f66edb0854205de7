"""The table of operations is Amazon's: paths, methods, limits, enumerations, and every parameter is offered."""

import inspect
import json
import re

import pytest

from include.services_api import ServicesClient, parameters
from include.services_api.operations import OPERATIONS
from include.services_api.reads import Reads
from include.services_api.writes import Writes
from tests.conftest import SHARED

MODEL = SHARED / "contract" / "services.json"
needs_model = pytest.mark.skipif(not MODEL.exists(), reason=f"Amazon's model is not at {MODEL}")


def model_operations() -> dict[str, dict]:
    paths = json.loads(MODEL.read_text())["paths"]
    return {
        operation["operationId"]: operation | {"method": method.upper(), "path": path}
        for path, methods in paths.items()
        for method, operation in methods.items()
        if method != "parameters"
    }


@needs_model
def test_every_operation_of_the_model_is_there():
    model = model_operations()
    assert {operation.name for operation in OPERATIONS} == set(model)
    assert len(OPERATIONS) == 17
    for operation in OPERATIONS:
        theirs = model[operation.name]
        assert operation.method == theirs["method"]
        assert re.sub("{.*?}", "{}", operation.path) == re.sub("{.*?}", "{}", theirs["path"])
        rate, burst = re.search(r"\| (\d+) \| (\d+) \|", theirs["description"]).groups()
        assert (operation.limit.rate, operation.limit.burst) == (int(rate), int(burst))


@needs_model
def test_every_filter_of_the_listing_is_offered():
    theirs = {parameter["name"] for parameter in model_operations()["getServiceJobs"]["parameters"]}
    ours = set(inspect.signature(ServicesClient.get_service_jobs).parameters) - {"self"}
    assert {re.sub("_(.)", lambda match: match[1].upper(), name) for name in ours} == theirs - {"marketplaceIds"} | {
        "marketplaceId"
    }


@needs_model
@pytest.mark.parametrize(
    ("ours", "places"),
    [
        (parameters.JOB_STATUSES, ["ServiceJob", "serviceJobStatus"]),
        (parameters.CAPACITY_TYPES, ["CapacityType"]),
        (parameters.RESERVATION_TYPES, ["Reservation", "type"]),
        (parameters.DAYS_OF_WEEK, ["DayOfWeek"]),
        (parameters.DOCUMENT_TYPES, ["ServiceUploadDocument", "contentType"]),
    ],
)
def test_enumerations_are_the_models(ours, places):
    definition = json.loads(MODEL.read_text())["definitions"][places[0]]
    for name in places[1:]:
        definition = definition["properties"][name]
    assert list(ours) == definition["enum"]


def test_a_method_each():
    methods = [name for mixin in (Reads, Writes) for name in vars(mixin) if not name.startswith("_")]
    assert len(methods) == len(OPERATIONS)


def test_only_reads_are_without_a_check():
    reads = [operation.name for operation in OPERATIONS if not operation.is_write]
    assert all(name.startswith("get") for name in reads)
    assert len(reads) == 6
    assert all(operation.idempotent for operation in OPERATIONS if not operation.is_write)
