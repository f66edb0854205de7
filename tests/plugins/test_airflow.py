"""In a whole Airflow: a person makes a connection in a browser, a task uses it, and nothing that is logged shows a secret."""

import json
import shutil

import pytest

from include.warehouse.paths import PROJECT_DIR
from tests.plugins.airflow_home import Airflow, standalone
from tests.processes import wait_for
from tests.services_api.loopback import SECRETS, Loopback, Reply, running

CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.soak

DAG = f'''
import sys
from datetime import timedelta

sys.path += ["{PROJECT_DIR}"]

from airflow.sdk import dag, task
from amazon_services.retry_policy import RETRY_POLICY


@dag(schedule=None)
def probe():
    @task(retries=1, retry_delay=timedelta(seconds=1), retry_policy=RETRY_POLICY)
    def read(name: str) -> str:
        from amazon_services.hooks import AmazonServicesHook

        hook = AmazonServicesHook("my_shop")
        print(hook.get_account())
        with hook.get_client() as client:
            return client.get_service_job(name).payload["serviceJobId"]

    read.override(task_id="denied")(read.override(task_id="good")("job"))


probe()
'''
GOOD = Reply(body={"payload": {"serviceJobId": "job", "totalResultSize": 7}})
DENIED = Reply(403, {"errors": [{"code": "Unauthorized", "message": "denied"}]})


@pytest.fixture(scope="module")
def airflow(tmp_path_factory):
    with standalone(tmp_path_factory.mktemp("airflow"), DAG) as airflow:
        yield airflow


@pytest.fixture
def loopback():
    with running() as loopback:
        yield loopback


@pytest.fixture
def page():
    if not CHROMIUM:
        pytest.skip("chromium is not installed (apt-get install chromium)")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 1700})
        page.set_default_timeout(120_000)
        yield page
        browser.close()


def test_the_connection_form(airflow: Airflow, loopback: Loopback, page):
    """Filled in, saved, tested: labels and placeholders are ours, secrets are hidden, lists arrive as lists."""
    loopback.script(GOOD)
    page.goto(f"{airflow.url}/connections")
    page.get_by_role("button", name="Add Connection").click()
    page.locator("[name=connection_id]").fill("from_the_form")
    page.get_by_role("combobox").click()
    page.keyboard.type("Amazon Services")
    page.keyboard.press("Enter")
    page.get_by_label("LWA client id").fill("client-id")
    secret = page.get_by_placeholder("amzn1.oa2-cs")
    secret.fill(SECRETS[0])
    page.locator("[name=port]").fill("443")
    page.get_by_role("button", name="Extra Fields", exact=True).click()
    refresh_token = page.locator("[name=element_refresh_token]")
    refresh_token.fill(SECRETS[1])
    assert [field.get_attribute("type") for field in (secret, refresh_token)] == ["password", "password"]
    page.locator("[name=element_marketplace_ids]").fill("ATVPDKIKX0DER\nA2EUQ1WTGCTBG2")
    page.locator("[name=element_endpoint]").fill(loopback.url)
    page.locator("[name=element_token_url]").fill(f"{loopback.url}/auth/o2/token")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("dialog").wait_for(state="hidden")

    page.get_by_role("row", name="from_the_form").get_by_role("button", name="Test Connection").click()
    page.get_by_text("Connected. Jobs created in ATVPDKIKX0DER since yesterday: 7.").first.wait_for()
    assert loopback.logins[0]["refresh_token"] == SECRETS[1]

    saved = airflow.api("GET", "connections/from_the_form")
    extra = json.loads(saved["extra"])
    assert (saved["conn_type"], saved["password"], extra["refresh_token"]) == ("amazon_services", "***", "***")
    assert (extra["marketplace_ids"], extra["region"]) == (["ATVPDKIKX0DER", "A2EUQ1WTGCTBG2"], "na")


def test_a_run(airflow: Airflow, loopback: Loopback):
    loopback.script(GOOD, DENIED)
    extra = {"refresh_token": SECRETS[1], "endpoint": loopback.url, "token_url": f"{loopback.url}/auth/o2/token"}
    connection = {"connection_id": "my_shop", "conn_type": "amazon_services", "login": "client-id", "password": SECRETS[0]}
    airflow.api("POST", "connections", connection | {"extra": json.dumps(extra)})
    run = f"dags/probe/dagRuns/{airflow.api('POST', 'dags/probe/dagRuns', {'logical_date': None})['dag_run_id']}"
    wait_for(lambda: airflow.api("GET", run)["state"] in ("success", "failed"), airflow.logged, seconds=300)
    tasks = {task["task_id"]: task for task in airflow.api("GET", f"{run}/taskInstances")["task_instances"]}
    assert {name: (task["state"], task["try_number"]) for name, task in tasks.items()} == {
        "good": ("success", 1),
        # a final error: there was one more try, and it was not taken
        "denied": ("failed", 1),
    }
    # one for the good task, and for the other one with each of two tokens
    assert len(loopback.requests) == 3
    logged = airflow.logged()
    assert "my_shop: 1 calls" in logged
    assert "my_shop getServiceJobByServiceJobId: HTTP 403" in logged
    assert "Professional Services" in logged
    shown = logged + json.dumps(tasks)
    for secret in SECRETS:
        assert secret not in shown
