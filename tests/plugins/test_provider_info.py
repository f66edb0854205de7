"""Airflow's registry knows the connection type, its fields, and which of them are secret."""

import json
from importlib import import_module
from importlib.resources import files

import jsonschema
from airflow.providers_manager import ProvidersManager

from amazon_services.get_provider_info import FIELDS, get_provider_info
from amazon_services.hooks import AmazonServicesHook
from include.sandbox.world.marketplaces import MARKETPLACES
from include.services_api.account import REGIONS


def test_it_follows_airflows_schema():
    schema = json.loads(files("airflow").joinpath("provider_info.schema.json").read_text())
    jsonschema.validate(get_provider_info(), schema)


def test_the_registry_knows_the_type():
    hook = ProvidersManager().hooks["amazon_services"]
    assert (hook.hook_name, hook.connection_testable) == ("Amazon Services", True)
    assert hook.hook_class_name == f"{AmazonServicesHook.__module__}.{AmazonServicesHook.__qualname__}"
    assert hook.connection_id_attribute_name == AmazonServicesHook.conn_name_attr


def test_only_the_refresh_token_is_secret():
    widgets = ProvidersManager().connection_form_widgets
    ours = {info.field_name: info.is_sensitive for name, info in widgets.items() if name.startswith("extra__amazon_services__")}
    assert set(ours) == set(FIELDS)
    assert [name for name, secret in ours.items() if secret] == ["refresh_token"]


def test_the_form_offers_the_regions_of_the_client_and_of_the_marketplaces():
    assert FIELDS["region"]["schema"]["enum"] == list(REGIONS)
    assert {marketplace.region for marketplace in MARKETPLACES} <= set(REGIONS)


def test_every_module_that_is_named_is_there_and_every_operator_is_named():
    info = get_provider_info()
    kinds = {"operators": "Operator", "sensors": "Sensor", "triggers": "Trigger"}
    assert {one["integration-name"] for kind in kinds for one in info[kind]} == {
        one["integration-name"] for one in info["integrations"]
    }
    named = {}
    for kind, ending in kinds.items():
        modules = [import_module(name) for one in info[kind] for name in one["python-modules"]]
        named[kind] = {name for module in modules for name in vars(module) if name.endswith(ending)}
    assert set(import_module("amazon_services.operators").__all__) <= named["operators"]
    assert len(named["operators"]) == 12 and len(named["sensors"]) >= 4 and "AmazonServicesTrigger" in named["triggers"]
