"""The key of personal data, from a connection where the environment has none; who is to be forgotten, without naming them."""

import json
import os
from types import SimpleNamespace

import pytest

from amazon_services import run_traces
from amazon_services.personal_data import buyer_to_forget, provide_key
from include.extract import buyer_key
from include.extract.privacy import buyer_keys, existing_buyer_keys
from include.warehouse.inputs.run_parameters import BadParameter


def test_the_key_comes_from_the_connection(monkeypatch):
    monkeypatch.setenv("SERVICES_PERSONAL_DATA_KEY", "")
    monkeypatch.setenv("SERVICES_PERSONAL_DATA", "none")
    provide_key()
    assert os.environ["SERVICES_PERSONAL_DATA_KEY"] == ""
    monkeypatch.setenv("SERVICES_PERSONAL_DATA", "keep")
    connection = {"conn_type": "generic", "password": "from the connection, 32 characters"}
    monkeypatch.setenv("AIRFLOW_CONN_SERVICES_PERSONAL_DATA", json.dumps(connection))
    provide_key()
    assert os.environ["SERVICES_PERSONAL_DATA_KEY"] == "from the connection, 32 characters"
    monkeypatch.setenv("SERVICES_PERSONAL_DATA_KEY", "from the environment")
    provide_key()
    assert os.environ["SERVICES_PERSONAL_DATA_KEY"] == "from the environment"


def test_who_is_to_be_forgotten(warehouse, monkeypatch):
    monkeypatch.setenv("SERVICES_BUYER_HASH_KEY", "a hash key of 16 characters or more")
    buyer_keys.cache_clear()
    key = existing_buyer_keys().key("A1BUYER")
    assert buyer_to_forget({"buyer_key": None, "buyer_id": None}) is None
    assert buyer_to_forget({"buyer_key": None, "buyer_id": " A1BUYER "}) == key
    assert buyer_to_forget({"buyer_key": f" {key.upper()} ", "buyer_id": None}) == key
    assert buyer_key.main("A1BUYER\n") == key
    buyer_keys.cache_clear()


@pytest.mark.parametrize("params", [
    {"buyer_key": "A1BUYER-typed-into-the-wrong-field", "buyer_id": None}, {"buyer_key": "0" * 32, "buyer_id": "A1BUYER"},
    {"buyer_key": "A1BUYER", "buyer_id": ""},
])  # fmt: skip
def test_a_refusal_to_forget_quotes_nobody(warehouse, params):
    with pytest.raises(BadParameter, match="Nothing was removed") as caught:
        buyer_to_forget(params)
    assert "A1BUYER" not in str(caught.value)


def test_a_command_makes_no_hash_key(warehouse, monkeypatch):
    """A key that is made up anew would forget nobody, without a word."""
    monkeypatch.delenv("SERVICES_BUYER_HASH_KEY", raising=False)
    with pytest.raises(SystemExit, match="No hash key was found"):
        buyer_key.main("A1BUYER")
    assert not list(warehouse.glob("buyer_hash.key"))
    with pytest.raises(SystemExit, match="no id"):
        buyer_key.main(" \n")


@pytest.mark.parametrize("other", [{"dag_id": "another"}, {"conf": None}, {"conf": {"buyer_key": "k"}}, {"conf": []}])
def test_other_runs_are_left_alone(other):
    run = SimpleNamespace(**({"dag_id": run_traces.DAG_ID, "conf": {"buyer_id": "A1BUYER"}} | other))
    before = run.conf
    run_traces.hide_buyer(run, has_ended=True)
    assert run.conf is before


def test_without_a_hash_key_a_run_keeps_its_id_until_it_has_ended(warehouse, monkeypatch):
    monkeypatch.delenv("SERVICES_BUYER_HASH_KEY", raising=False)
    run = SimpleNamespace(dag_id=run_traces.DAG_ID, conf={"buyer_id": "A1BUYER"}, run_id="run")
    run_traces.hide_buyer(run, has_ended=False)
    assert run.conf == {"buyer_id": "A1BUYER"}


def test_what_is_too_short_is_no_id():
    with pytest.raises(ValueError, match="6 characters or more"):
        run_traces.clean_everywhere("A1")
