"""What an operator sees of the DAGs in Airflow: docs, forms, counts of events, and who is told when an hour is late."""

import importlib.util
from types import SimpleNamespace

import pytest

from amazon_services.assets import JOBS_LOADED
from include.warehouse.paths import PROJECT_DIR

LATE = ("amazon_services_jobs", "amazon_services_availability", "amazon_services_warehouse")


def load(name: str):
    spec = importlib.util.spec_from_file_location(f"dag_{name}", PROJECT_DIR / "dags" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return next(getattr(module, name)() for _ in [0])


@pytest.mark.parametrize("name", sorted(file.stem for file in (PROJECT_DIR / "dags").glob("*.py")))
def test_every_dag_says_what_it_does_and_every_parameter_what_it_means(name):
    dag = load(name)
    assert dag.doc_md.startswith("### ")
    for parameter in dag.params:
        assert dag.params.get_param(parameter).description, f"{name}: {parameter}"


@pytest.mark.parametrize("name", LATE)
def test_a_late_run_is_told_to_whoever_is_named(name, monkeypatch):
    monkeypatch.delenv("SERVICES_ALERT_EMAILS", raising=False)
    assert not load(name).deadline
    monkeypatch.setenv("SERVICES_ALERT_EMAILS", "ops@example.com, boss@example.com")
    (alert,) = load(name).deadline
    assert alert.interval.total_seconds() == 7200
    assert alert.callback.path.endswith("SmtpNotifier")
    assert alert.callback.kwargs["to"] == ["ops@example.com", "boss@example.com"]


def test_a_dag_with_a_deadline_can_be_stored(monkeypatch):
    """Airflow keeps DAGs as JSON: what it cannot write down, it does not run."""
    from airflow.serialization.serialized_objects import DagSerialization

    monkeypatch.setenv("SERVICES_ALERT_EMAILS", "ops@example.com")
    assert DagSerialization.to_dict(load("amazon_services_jobs"))["dag"]["deadline"]


def test_the_event_of_a_load_carries_its_counts(warehouse, monkeypatch):
    from include.warehouse.loading import load as loading

    monkeypatch.setattr(loading, "load_packages", lambda connection: {"packages": 2, "service_jobs": 7})
    task = load("amazon_services_jobs").get_task("load")
    event = SimpleNamespace(extra=None)
    assert task.python_callable(outlet_events={JOBS_LOADED: event}) == {"packages": 2, "service_jobs": 7}
    assert event.extra == {"packages": 2, "service_jobs": 7}
