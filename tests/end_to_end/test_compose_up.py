"""What `docker compose --profile sandbox up` starts comes up, with an `.env` as the README makes it, and publishes an hour.

There is no Docker here: the file's own commands run in namespaces (tests/containers), beside a PostgreSQL of Debian's.
"""

import importlib.util
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
import requests
from cryptography.fernet import Fernet

from include.services_api import Account, ServicesClient
from include.warehouse.paths import PROJECT_DIR
from tests.containers import composefile
from tests.containers.engine import Engine, missing, running
from tests.containers.image import build
from tests.processes import wait_for

pytestmark = [
    pytest.mark.skipif(bool(missing()), reason=f"containers cannot be simulated here: {missing()}"),
    pytest.mark.timeout(1800),
]
# the end of the newest hour that the scheduler cuts: no other one ends while this runs
LAST_HOUR = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=25)
# a DAG of the user's own, in which somebody waits for a job
PROBE = """
from airflow.sdk import dag
from amazon_services.sensors import AmazonServicesJobStatusSensor


@dag(schedule=None, is_paused_upon_creation=False)
def probe():
    AmazonServicesJobStatusSensor(
        task_id="wait", service_job_id="{{ dag_run.conf['job'] }}", statuses=["CANCELLED"], poke_interval=2, timeout=1200
    )


probe()
"""


@dataclass
class Installation:
    engine: Engine
    variables: dict[str, str]

    def call(self, method: str, path: str, body: dict | None = None, token: str = "", good: bool = True) -> requests.Response:
        """A request to the published port of Airflow."""
        url = f"http://{self.engine.addresses['api-server']}:8080{path}"
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = self.engine.outside(lambda: requests.request(method, url, json=body, headers=headers, timeout=120))
        assert answer.ok is good, f"{answer.status_code} {answer.text}"
        return answer

    def logs(self) -> str:
        tails = [f"--- {file.name}\n{file.read_text(errors='replace')[-1500:]}" for file in self.engine.folder.glob("*.log")]
        return "\n".join(tails)[-9000:]


@pytest.fixture(scope="module", params=["packages of .venv", pytest.param("image of its own", marks=pytest.mark.soak)])
def installation(request, tmp_path_factory) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("compose")
    packages = Path(sys.prefix) if request.param == "packages of .venv" else None
    image = build(folder / "image", PROJECT_DIR, packages)
    probe = folder / "image" / "layer" / image.workdir.lstrip("/") / "dags" / "probe.py"
    probe.write_text(PROBE)
    variables = composefile.dotenv(written_env(folder / ".env")) | {"SERVICES_SCHEDULE": f"{LAST_HOUR.minute} * * * *"}
    services = composefile.services(PROJECT_DIR / "docker-compose.yaml", variables, profile="sandbox")
    with running(folder, image, services) as engine:
        yield Installation(engine, variables)


def written_env(file: Path) -> str:
    """What `make env SANDBOX=1` writes."""
    spec = importlib.util.spec_from_file_location("project_env", PROJECT_DIR / "scripts" / "env.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.write(file, sandbox=True)
    return file.read_text()


@pytest.fixture(scope="module")
def token(installation) -> str:
    credentials = {"username": "admin", "password": installation.variables["AIRFLOW_ADMIN_PASSWORD"]}
    wait_for(lambda: installation.engine.is_healthy("api-server"), installation.logs, 900)
    installation.call("POST", "/auth/token", {"username": "admin", "password": "wrong"}, good=False)
    return installation.call("POST", "/auth/token", credentials).json()["access_token"]


@pytest.fixture(scope="module")
def client(installation) -> Iterator[ServicesClient]:
    """A client of the local API that runs in the containers."""
    url = f"http://{installation.engine.addresses['sandbox']}:8765"
    account = Account("test", "client", "secret", "Atzr|test", marketplace_ids=("ATVPDKIKX0DER",), endpoint=url,
                      token_url=f"{url}/auth/o2/token")  # fmt: skip
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SERVICES_WAREHOUSE_DIR", str(installation.engine.folder / "elsewhere"))
        client = ServicesClient(account)
        yield client
        installation.engine.outside(client.close)


def test_all_that_runs_is_the_image(installation, token):
    shown = installation.engine.containers["api-server"].execute(["python", "-c", "import include; print(include.__file__)"])
    assert shown.stdout.strip() == "/opt/services-warehouse/include/__init__.py", shown.stderr


def test_a_saved_connection_is_encrypted_and_can_be_tested(installation, token):
    body = json.loads(installation.variables["AIRFLOW_CONN_AMAZON_SERVICES_DEFAULT"])
    body = body | {"connection_id": "second_shop", "password": "a-password-to-keep", "extra": json.dumps(body["extra"])}
    installation.call("POST", "/api/v2/connections", body, token)
    query = "select password from connection where conn_id = 'second_shop' and is_encrypted and is_extra_encrypted"
    database = installation.engine.containers["postgres"]
    stored = database.execute(["psql", "--host", "/var/run/postgresql", "-U", "airflow", "-Atc", query, "airflow"])
    assert Fernet(installation.variables["AIRFLOW_FERNET_KEY"]).decrypt(stored.stdout.strip()) == b"a-password-to-keep"
    tested = installation.call("POST", "/api/v2/connections/test", body, token).json()
    assert tested["status"] is True and tested["message"].startswith("Connected."), tested


def test_an_hour_runs_through_the_scheduler_and_is_published(installation, token):
    def state(dag: str) -> str:
        runs = installation.call("GET", f"/api/v2/dags/{dag}/dagRuns", token=token).json()["dag_runs"]
        time.sleep(1)
        states = [run["state"] for run in runs]
        assert "failed" not in states, installation.logs()
        return states[0] if states else ""

    dags = ("amazon_services_jobs", "amazon_services_warehouse")
    known = "/api/v2/dags?limit=100"
    wait_for(lambda: len(installation.call("GET", known, token=token).json()["dags"]) > 9, installation.logs, 600)
    # the scheduler cuts the last hour itself, once the DAG is no longer paused
    for dag in reversed(dags):
        installation.call("PATCH", f"/api/v2/dags/{dag}", {"is_paused": False}, token)
    wait_for(lambda: state(dags[0]) == "success", installation.logs, 900)
    wait_for(lambda: state(dags[1]) == "success", installation.logs, 900)
    published = installation.engine.folder / "volumes" / "warehouse" / "published" / "services.duckdb"
    with duckdb.connect(str(published), read_only=True) as connection:
        windows = connection.execute(
            "select window_end::timestamptz, status from ops.extract_windows where mode = 'scheduled'"
        ).fetchall()
        (jobs,) = connection.execute("select count(*) from marts.fct_service_jobs").fetchone()
    assert [status for _, status in windows] == ["complete"]
    assert timedelta(0) <= LAST_HOUR - windows[0][0] < timedelta(minutes=10)
    assert jobs > 0
    shown = installation.call("GET", "/services/tiles/headline", token=token).json()
    assert "nothing_published" not in shown and shown["tiles"]
    # the user of the image owns what was made, and nothing was written beside the code
    user = published.parent.parent.stat().st_uid
    assert user != 0 and {file.stat().st_uid for file in published.parent.rglob("*")} == {user}
    assert not [*installation.engine.folder.glob("containers/*/opt/services-warehouse")]


def test_a_sensor_waits_in_the_triggerer(installation, token, client):
    outside = installation.engine.outside
    created = datetime.now(UTC) - timedelta(days=20)
    jobs = outside(lambda: client.get_service_jobs("ATVPDKIKX0DER", created_after=created, service_job_status=["NOT_SERVICED"]))
    job = jobs.payload["jobs"][0]["serviceJobId"]
    run = installation.call("POST", "/api/v2/dags/probe/dagRuns", {"logical_date": None, "conf": {"job": job}}, token).json()

    def states() -> list[str]:
        tasks = installation.call("GET", f"/api/v2/dags/probe/dagRuns/{run['dag_run_id']}/taskInstances", token=token).json()
        return [task["state"] for task in tasks["task_instances"]]

    def looks() -> int:
        query = {"operation": "getServiceJobByServiceJobId", "path": f"/service/v1/serviceJobs/{job}"}
        url = f"http://{installation.engine.addresses['sandbox']}:8765/_sandbox/log"
        return len(outside(lambda: requests.get(url, params=query, timeout=60)).json()["requests"])

    # the first look is the task's, the others are the triggerer's
    wait_for(lambda: looks() > 4, installation.logs, 400)
    assert states() == ["deferred"]
    outside(lambda: client.cancel_service_job(job, "S1"))
    wait_for(lambda: states() == ["success"], installation.logs, 400)


def test_everything_ends_when_it_is_asked_to(installation):
    """Within the time that compose gives it: a process that is killed leaves work behind."""
    crashed = [name for name in installation.engine.containers if name != "init" and not installation.engine.is_running(name)]
    assert not crashed, installation.logs()
    assert installation.engine.down().keys() == installation.engine.containers.keys()
