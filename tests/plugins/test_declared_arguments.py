"""Operators take the arguments that they declare, and refuse others, as Airflow's own do."""

import inspect

import pytest

from amazon_services.operators import AmazonServicesAddAppointmentOperator, AmazonServicesCompleteJobOperator
from amazon_services.sensors import AmazonServicesSlotSensor
from amazon_services.write_operator import AmazonServicesWriteOperator


def test_arguments_and_defaults_become_attributes():
    added = AmazonServicesAddAppointmentOperator(task_id="add", service_job_id="job", start="2026-12-01T18:00:00Z", retries=7)
    assert (added.service_job_id, added.start, added.duration_minutes) == ("job", "2026-12-01T18:00:00Z", None)
    assert (added.task_id, added.retries) == ("add", 7)
    assert AmazonServicesSlotSensor(task_id="wait", store_id="s", asin="a").least_capacity == 1


@pytest.mark.parametrize(("arguments", "message"), [
    ({"service_job_id": "job"}, "missing keyword argument 'start'"),
    ({}, "missing keyword arguments 'service_job_id', 'start'"),
    ({"service_job_id": "job", "start": "now", "duration": 60}, "duration"),
])  # fmt: skip
def test_missing_and_unknown_arguments_are_refused(arguments, message):
    with pytest.raises(TypeError, match=message):
        AmazonServicesAddAppointmentOperator(task_id="add", **arguments)


def test_mapped_tasks_know_the_arguments():
    with pytest.raises(TypeError, match="service_job"):
        AmazonServicesCompleteJobOperator.partial(task_id="complete", service_job="job")
    mapped = AmazonServicesCompleteJobOperator.partial(task_id="complete").expand(service_job_id=["a", "b"])
    assert mapped.template_fields == (*AmazonServicesWriteOperator.template_fields, "service_job_id")


def test_the_signature_shows_the_arguments():
    parameters = inspect.signature(AmazonServicesSlotSensor).parameters
    assert [*parameters] == ["store_id", "asin", "marketplace_id", "start", "end", "least_capacity", "kwargs"]
    assert parameters["asin"].annotation is str and parameters["asin"].default is inspect.Parameter.empty


def test_a_subclass_adds_arguments_or_has_a_constructor_of_its_own():
    class Noted(AmazonServicesCompleteJobOperator):
        note: str = "none"

    class Own(AmazonServicesCompleteJobOperator):
        label: str

        def __init__(self, *, label: str, **kwargs) -> None:
            super().__init__(service_job_id=f"job of {label}", **kwargs)

    noted, own = Noted(task_id="noted", service_job_id="job", note="x"), Own(task_id="own", label="b")
    assert noted.declared_values() == {"service_job_id": "job", "note": "x"}
    assert own.declared_values() == {"service_job_id": "job of b"}
