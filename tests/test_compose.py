"""docker-compose.yaml against the Compose specification's rules, and against what the code needs of its surroundings."""

import os
import re
import shutil
import subprocess

import pytest
import yaml

from include.warehouse.paths import PROJECT_DIR
from tests.containers import composefile

FILE = PROJECT_DIR / "docker-compose.yaml"
TEXT = FILE.read_text()
COMPOSE = yaml.safe_load(TEXT)
SERVICES = COMPOSE["services"]
AIRFLOW = {name: service for name, service in SERVICES.items() if name not in ("postgres", "sandbox")}
DOCKERFILE = (PROJECT_DIR / "Dockerfile").read_text()
# of the Compose specification: the keys of a service that are used here, with the types it gives them
SERVICE_KEYS = {
    "image": str, "build": str, "command": list, "environment": dict, "volumes": list, "ports": list, "restart": str,
    "healthcheck": dict, "depends_on": (dict, list), "profiles": list, "init": bool, "stop_grace_period": str,
}  # fmt: skip
SECRETS = {
    "POSTGRES_PASSWORD", "AIRFLOW_ADMIN_PASSWORD", "AIRFLOW_FERNET_KEY", "AIRFLOW_JWT_SECRET", "AIRFLOW_SECRET_KEY",
    "SERVICES_BUYER_HASH_KEY",
}  # fmt: skip

# files that people bring: the one folder of the host that is mounted, and only to be read
INPUTS = "./inputs:/inputs:ro"


def test_it_keeps_to_the_compose_specification():
    assert {key for key in COMPOSE if not key.startswith("x-")} == {"name", "services", "volumes"}
    assert re.fullmatch(r"[a-z0-9][a-z0-9_-]*", COMPOSE["name"])
    for name, service in SERVICES.items():
        for key, value in service.items():
            assert isinstance(value, SERVICE_KEYS[key]), f"{name}.{key}"
        assert ("image" in service) != ("build" in service), name
        for other in service.get("depends_on", []):
            assert other in SERVICES, f"{name} depends on {other}"
        for volume in service.get("volumes", []):
            assert volume == INPUTS or volume.split(":")[0] in COMPOSE["volumes"], (
                f"{name} mounts {volume}: what runs is the image"
            )


@pytest.mark.skipif(not shutil.which("docker"), reason="docker's own check needs the docker command")
def test_docker_reads_it():
    asked = subprocess.run(["docker", "compose", "version"], capture_output=True, text=True)
    if asked.returncode:
        pytest.skip("this docker has no compose")
    command = ["docker", "compose", "--file", str(FILE), "--profile", "sandbox", "config", "--quiet"]
    result = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **dict.fromkeys(SECRETS, "x")})
    assert result.returncode == 0, result.stderr


def test_no_secret_has_a_default():
    for name in SECRETS:
        uses = re.findall(rf"\$\{{{name}([^}}]*)\}}", TEXT)
        assert uses and all(use.startswith(":?") for use in uses), name
        lacking = dict.fromkeys(SECRETS - {name}, "x")
        with pytest.raises(composefile.MissingVariable, match=f"{name}: run make env"):
            composefile.services(FILE, lacking)
    composefile.services(FILE, dict.fromkeys(SECRETS, "x"))


def test_every_service_of_airflow_sees_what_the_dags_need():
    home = re.search("^WORKDIR (.*)$", DOCKERFILE, re.MULTILINE)[1]
    for name, service in AIRFLOW.items():
        environment, mounts = service["environment"], {volume.split(":")[1] for volume in service["volumes"] if volume != INPUTS}
        assert environment["SERVICES_INPUT_DIR"] == "/inputs" and INPUTS in service["volumes"], name
        assert environment["AIRFLOW__CORE__DAGS_FOLDER"] == f"{home}/dags", name
        assert environment["PYTHONPATH"].split(":") == [home, f"{home}/plugins"], name
        assert environment["AIRFLOW__CORE__PLUGINS_FOLDER"] == f"{home}/plugins", name
        assert environment["SERVICES_WAREHOUSE_DIR"] in mounts, name
        assert "AIRFLOW_CONN_AMAZON_SERVICES_DEFAULT" in environment, name
        assert service["init"], f"{name}: what a killed task leaves behind is reaped by nobody"
        # a volume takes its owner from the image's folder
        assert all(re.search(rf"mkdir --parents .*{mount}\b", DOCKERFILE) for mount in mounts), name


def test_all_of_airflow_runs_on_postgres_with_its_pool():
    commands = " ".join(str(service["command"]) for service in AIRFLOW.values())
    for part in ("api-server", "scheduler", "dag-processor", "triggerer", "db migrate"):
        assert f"airflow {part}" in commands or f"'{part}'" in commands, part
    assert "pools set services_warehouse_writer 1" in commands
    for service in AIRFLOW.values():
        assert service["environment"]["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"].startswith("postgresql")


def test_only_loopback_is_open_and_only_for_airflow():
    for name, service in SERVICES.items():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
        assert name == "api-server" or "ports" not in service


def test_the_local_api_knows_no_secret():
    assert set(SERVICES["sandbox"]["environment"]) == {"SANDBOX_NETWORK"}


def test_images_are_pinned_by_digest():
    images = [service["image"] for service in SERVICES.values() if "image" in service]
    images += re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert len(images) == 2
    for image in images:
        assert re.fullmatch(r"[a-z]+:[\w.-]+@sha256:[0-9a-f]{64}", image), image


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "scripts/uv.txt"])
def test_requirements_have_hashes_and_name_no_host(name):
    text = (PROJECT_DIR / name).read_text()
    pinned = re.findall(
        r"^([\w.-]+(?:\[[\w,-]+\])?==\S+(?: ; .*?)?) \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", text, re.MULTILINE
    )
    assert pinned and len(pinned) == len(re.findall(r"^[^\s#]", text, re.MULTILINE))
    assert "://" not in text and "--index" not in text and "--find-links" not in text


def test_the_image_installs_nothing_that_has_no_hash():
    installs = re.findall(r"pip install (.*)", DOCKERFILE.replace("\\\n", ""))
    assert len(installs) == 2
    assert "--require-hashes --requirement requirements.txt" in installs[0]
    assert "--no-deps --no-build-isolation --editable ." in installs[1]
