"""docker-compose.yaml against the Compose specification's rules, and against what the DAGs need of their surroundings."""

import os
import re
import shutil
import subprocess

import pytest
import yaml

from include.warehouse.paths import PROJECT_DIR

FILE = PROJECT_DIR / "docker-compose.yaml"
TEXT = FILE.read_text()
COMPOSE = yaml.safe_load(TEXT)
SERVICES = COMPOSE["services"]
AIRFLOW = {name: service for name, service in SERVICES.items() if name != "postgres"}
# of the Compose specification: the keys of a service that are used here, with the types it gives them
SERVICE_KEYS = {
    "image": str, "build": str, "command": list, "environment": dict, "volumes": list, "ports": list, "restart": str,
    "healthcheck": dict, "depends_on": (dict, list), "profiles": list, "network_mode": str,
}  # fmt: skip
SECRETS = ("POSTGRES_PASSWORD", "AIRFLOW_ADMIN_PASSWORD", "AIRFLOW_FERNET_KEY", "AIRFLOW_JWT_SECRET", "SERVICES_BUYER_HASH_KEY")


def test_it_keeps_to_the_compose_specification():
    assert {key for key in COMPOSE if not key.startswith("x-")} == {"name", "services", "volumes"}
    assert re.fullmatch(r"[a-z0-9][a-z0-9_-]*", COMPOSE["name"])
    for name, service in SERVICES.items():
        for key, value in service.items():
            assert isinstance(value, SERVICE_KEYS[key]), f"{name}.{key}"
        assert ("image" in service) != ("build" in service), name
        assert not {"ports", "network_mode"} <= service.keys(), f"{name}: a shared network has no ports of its own"
        for other in service.get("depends_on", []):
            assert other in SERVICES, f"{name} depends on {other}"
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source.startswith("./") or source in COMPOSE["volumes"], f"{name} mounts {source}"
        if shared := service.get("network_mode", "").removeprefix("service:"):
            assert shared in SERVICES


@pytest.mark.skipif(not shutil.which("docker"), reason="docker's own check needs the docker command")
def test_docker_reads_it():
    asked = subprocess.run(["docker", "compose", "version"], capture_output=True, text=True)
    if asked.returncode:
        pytest.skip("this docker has no compose")
    secrets = dict.fromkeys((*SECRETS, "AIRFLOW_CONN_AMAZON_SERVICES_DEFAULT"), "x")
    command = ["docker", "compose", "--file", str(FILE), "--profile", "sandbox", "config", "--quiet"]
    result = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **secrets})
    assert result.returncode == 0, result.stderr


def test_no_secret_has_a_default():
    for name in SECRETS:
        uses = re.findall(rf"\$\{{{name}([^}}]*)\}}", TEXT)
        assert uses and all(use.startswith(":?") for use in uses), name
        assert re.search(rf"^{name}=$", (PROJECT_DIR / ".env.example").read_text(), re.MULTILINE), f"{name} in .env.example"


def test_every_service_of_airflow_sees_what_the_dags_need():
    for name, service in AIRFLOW.items():
        environment, mounts = service["environment"], {volume.split(":")[1] for volume in service["volumes"]}
        home = environment["AIRFLOW__CORE__DAGS_FOLDER"].removesuffix("/dags")
        assert {f"{home}/{folder}" for folder in ("dags", "plugins", "include", "dbt_project")} <= mounts, name
        assert environment["PYTHONPATH"].split(":") == [home, f"{home}/plugins"], name
        assert environment["AIRFLOW__CORE__PLUGINS_FOLDER"] == f"{home}/plugins", name
        assert environment["SERVICES_WAREHOUSE_DIR"] in mounts, name
        assert "AIRFLOW_CONN_AMAZON_SERVICES_DEFAULT" in environment, name
        for folder in ("dags", "plugins", "include", "dbt_project"):
            assert (PROJECT_DIR / folder).is_dir()


def test_all_of_airflow_runs_on_postgres_with_its_pool():
    commands = " ".join(str(service["command"]) for service in AIRFLOW.values())
    for part in ("api-server", "scheduler", "dag-processor", "triggerer", "db migrate"):
        assert f"airflow {part}" in commands or f"'{part}'" in commands, part
    assert "pools set services_warehouse_writer 1" in commands
    for service in AIRFLOW.values():
        assert service["environment"]["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"].startswith("postgresql")


def test_only_loopback_is_open():
    for service in SERVICES.values():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


def test_every_setting_of_the_code_is_told():
    """A setting that nobody can find is none: each one the code reads is in .env.example or made by the compose file."""
    told = (PROJECT_DIR / ".env.example").read_text() + TEXT
    for folder in ("include", "plugins", "dags"):
        for file in (PROJECT_DIR / folder).rglob("*.py"):
            for name in re.findall(r"\"(SERVICES_[A-Z_]+)\"", file.read_text()):
                assert name in told, f"{file.name} reads {name}"
