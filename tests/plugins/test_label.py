"""A mapped task's name can change while it runs."""

from types import SimpleNamespace

from airflow.sdk.execution_time import task_runner
from airflow.sdk.execution_time.comms import SetRenderedMapIndex
from airflow.sdk.execution_time.context import set_current_context

from amazon_services.dag_parts import show_label


def test_a_label_is_sent_at_once_and_rendered_at_the_end(monkeypatch):
    sent, context = [], {}
    monkeypatch.setattr(task_runner, "SUPERVISOR_COMMS", SimpleNamespace(send=sent.append), raising=False)
    with set_current_context(context):
        show_label("my_shop: 3 of 9 windows")
    assert sent == [SetRenderedMapIndex(rendered_map_index="my_shop: 3 of 9 windows")]
    assert context["label"] == "my_shop: 3 of 9 windows"


def test_a_label_that_cannot_be_sent_fails_nothing(monkeypatch):
    def broken(message):
        raise OSError("the supervisor is gone")

    monkeypatch.setattr(task_runner, "SUPERVISOR_COMMS", SimpleNamespace(send=broken), raising=False)
    context = {}
    with set_current_context(context):
        show_label("my_shop")
    assert context["label"] == "my_shop"
