"""In a whole Airflow, with its scheduler and triggerer: a sensor takes no worker while it waits, a mapping keeps to the limit."""

import json

import pytest

from include.services_api import ServicesClient
from include.warehouse.paths import PROJECT_DIR
from tests.local_api import local_api
from tests.plugins.airflow_home import standalone
from tests.processes import wait_for
from tests.writes.test_flows import wanted_assignments
from tests.writes.world import World, active_appointment

pytestmark = pytest.mark.soak

DAG = f"""
import sys
from datetime import timedelta

sys.path += ["{PROJECT_DIR}"]

from airflow.sdk import dag, task
from amazon_services.operators import AmazonServicesAssignResourcesOperator
from amazon_services.sensors import AmazonServicesTechnicianSensor


@dag(schedule=None)
def probe():
    about = {{"amazon_services_conn_id": "my_shop"}}
    job, appointment = "{{{{ dag_run.conf['job'] }}}}", "{{{{ dag_run.conf['appointment'] }}}}"
    AmazonServicesTechnicianSensor(
        task_id="wait", service_job_id=job, appointment_id=appointment, poke_interval=2, timeout=240, **about
    )

    @task
    def wanted(dag_run) -> list[dict]:
        return dag_run.conf["wanted"]

    AmazonServicesAssignResourcesOperator.partial(task_id="assign", **about).expand_kwargs(wanted())


probe()
"""


@pytest.mark.timeout(900)
def test_a_sensor_frees_its_worker_and_a_mapping_keeps_to_the_limit(tmp_path, monkeypatch):
    home = tmp_path / "airflow"
    # as its tasks: one budget for all who call
    monkeypatch.setenv("SERVICES_WAREHOUSE_DIR", str(home / "warehouse"))
    home.mkdir()
    with (
        local_api("--days", "10", "--jobs-per-day", "60", "--marketplaces", "US") as api,
        ServicesClient(api.account("my_shop")) as client,
    ):
        api.control("PUT", "limits", {"enforced": False})
        world = World(api, client)
        waiting, *rows = wanted_assignments(world, 9)
        api.control("PUT", "limits", {"enforced": True})
        extra = {"refresh_token": "Atzr|local", "marketplace_ids": ["ATVPDKIKX0DER"], "endpoint": api.url,
                 "token_url": f"{api.url}/auth/o2/token"}  # fmt: skip
        connection = {"conn_type": "amazon_services", "login": "client-id", "password": "client-secret", "extra": extra}
        monkeypatch.setenv("AIRFLOW_CONN_MY_SHOP", json.dumps(connection))
        api.reset()
        wanted = [{**row, "resource_ids": [row["technician_id"]]} for row in rows]
        for row in wanted:
            row.pop("technician_id")
        with standalone(home, DAG) as airflow:
            conf = {"job": waiting["service_job_id"], "appointment": waiting["appointment_id"], "wanted": wanted}
            body = {"logical_date": None, "conf": conf}
            run = f"dags/probe/dagRuns/{airflow.api('POST', 'dags/probe/dagRuns', body)['dag_run_id']}"

            def states(name: str) -> list[str]:
                tasks = airflow.api("GET", f"{run}/taskInstances?limit=100")["task_instances"]
                return [task["state"] for task in tasks if task["task_id"] == name]

            # two workers, and one of them would be taken
            wait_for(lambda: states("assign") == ["success"] * 8, airflow.logged, seconds=400)
            assert states("wait") == ["deferred"]
            looked = len(api.log(operation="getServiceJobByServiceJobId", path=f"/service/v1/serviceJobs/{conf['job']}"))
            assert looked > 2
            client.assign_appointment_resources(waiting["service_job_id"], waiting["appointment_id"], [waiting["technician_id"]])
            wait_for(lambda: airflow.api("GET", run)["state"] == "success", airflow.logged, seconds=400)
        job = client.get_service_job(waiting["service_job_id"]).payload
        assert active_appointment(job)["assignedTechnicians"]
        assert not [one for one in api.log() if one["verdict"] == "throttled"]
