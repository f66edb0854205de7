"""Every setting is in three places, the code, `.env.example` and docker-compose.yaml, and has one default in all of them."""

import ast
import importlib
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from cryptography.fernet import Fernet

from include.extract import settings
from include.services_api import budget
from include.warehouse import restricted
from include.warehouse.paths import PROJECT_DIR
from tests.containers import composefile

EXAMPLE = (PROJECT_DIR / ".env.example").read_text()
COMPOSE = (PROJECT_DIR / "docker-compose.yaml").read_text()
# the compose file decides on these itself
FIXED = {"SERVICES_WAREHOUSE_DIR", "SERVICES_INPUT_DIR"}
NAME = re.compile(r"SERVICES_[A-Z0-9_]*[A-Z0-9]")


def code() -> list[tuple[Path, ast.Module]]:
    files = [file for folder in ("include", "plugins", "dags") for file in (PROJECT_DIR / folder).rglob("*.py")]
    return [(file, ast.parse(file.read_text())) for file in files]


def constants(tree: ast.Module) -> set[str]:
    """The texts of a file that are the name of a setting."""
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return {text for text in texts if NAME.fullmatch(text)}


def in_the_code() -> set[str]:
    return {name for _, tree in code() for name in constants(tree)}


def in_the_example() -> dict[str, str]:
    return {name: value for name, value in composefile.dotenv(EXAMPLE).items() if name.startswith("SERVICES_")}


def in_the_containers() -> dict[str, str]:
    return {name: value for name, value in yaml.safe_load(COMPOSE)["x-airflow"]["environment"].items() if NAME.fullmatch(name)}


def test_every_setting_of_the_code_is_in_the_example_and_reaches_the_containers():
    assert in_the_code() >= {"SERVICES_CONNECTIONS", "SERVICES_REPORT_EMAILS", "SERVICES_SETTLE_LAG_MINUTES"}
    assert in_the_code() - FIXED == in_the_example().keys() - FIXED
    assert in_the_code() == in_the_containers().keys()


def test_the_example_holds_what_the_containers_take():
    """Each variable that the compose file reads, and no other."""
    read = {found["plain"] or found["name"] for found in composefile.VARIABLE.finditer(COMPOSE)} - {None}
    assert read - {"AIRFLOW_PORT"} == composefile.dotenv(EXAMPLE).keys() - FIXED


@pytest.mark.parametrize("name", sorted(in_the_example().keys() - FIXED))
def test_a_setting_has_the_same_default_in_the_example_and_in_the_containers(name):
    default = in_the_example()[name]
    rule = in_the_containers()[name]
    assert rule in (f"${{{name}:-{default}}}", f"${{{name}:?run make env}}")
    assert default == "" or ":-" in rule


def defaults_of_the_code() -> list[tuple[str, ast.expr, tuple[str, str]]]:
    """Calls such as `get("SERVICES_THREADS", 12)`: the name, the second argument, the file and the module."""
    found = []
    for file, tree in code():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and len(node.args) > 1 and isinstance(node.args[0], ast.Constant):
                name = node.args[0].value
                if isinstance(name, str) and NAME.fullmatch(name):
                    module = file.relative_to(PROJECT_DIR).with_suffix("").as_posix().removeprefix("plugins/")
                    found.append((name, node.args[1], (file.name, module.removesuffix("/__init__").replace("/", "."))))
    return found


@pytest.mark.parametrize(
    ("name", "argument", "place"), defaults_of_the_code(), ids=lambda part: part if isinstance(part, str) else ""
)
def test_a_setting_has_the_same_default_in_the_code(name, argument, place):
    file, module = place
    value = eval(compile(ast.Expression(argument), file, "eval"), vars(importlib.import_module(module)))
    # an empty text is no default: what it means is in the test below
    assert name in FIXED or value == "" or str(value) == in_the_example()[name]


def meanings() -> dict[str, object]:
    """What the settings mean in this process's environment."""
    return {
        "personal data": restricted.is_kept(),
        "rate budget": budget.default_url(),
        **{
            name: read()
            for name, read in inspect.getmembers(settings, inspect.isfunction)
            if not inspect.signature(read).parameters
        },
    }


def test_no_setting_means_the_same_as_the_settings_of_the_containers(monkeypatch, warehouse):
    for name in in_the_code() - FIXED:
        monkeypatch.delenv(name, raising=False)
    without = meanings()
    assert {"settle_lag", "threads", "capacity_formats"} <= without.keys()
    for name, value in in_the_example().items():
        monkeypatch.setenv(name, value)
    assert meanings() == without


RECIPES = re.findall(r'^#   python3 -c "(.*)"$', EXAMPLE, re.MULTILINE)


def test_the_documented_recipes_make_keys_that_can_be_used():
    """200 of each: a key that is refused now and then would be found by a user."""
    checks = (lambda value: re.fullmatch(r"[\w-]{86}", value), Fernet)
    for recipe, check in zip(RECIPES, checks, strict=True):
        program = "import sys\nfor _ in range(200): exec(sys.argv[1])"
        made = subprocess.run([sys.executable, "-c", program, recipe], capture_output=True, text=True, check=True).stdout.split()
        assert len(set(made)) == 200 and all(map(check, made))
