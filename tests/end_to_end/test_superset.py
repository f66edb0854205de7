"""A real Superset takes the bundle: every chart opens in Chromium, while publications go on.

It lives in an environment of its own, made for the test; `SUPERSET_ENVIRONMENT` names one that is kept for the next time.
"""

import os
import shutil
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import duckdb
import pytest

from include.bi import project
from include.bi.superset import bundle
from tests.processes import answers, free_port, server

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1800)]
CHROMIUM = shutil.which("chromium")
# its newest dependencies break it: the pinned ones were tried together
PACKAGES = (
    "apache-superset==6.1.0", "duckdb-engine==0.17.0", "duckdb==1.5.5", "rich", "cachetools", "cachelib==0.13.0",
    "flask-caching==2.3.1",
)  # fmt: skip
CONFIGURATION = """
SECRET_KEY = "the secret key of a test alone, and of nothing else"
SQLALCHEMY_DATABASE_URI = "sqlite:///{home}/superset.db"
TALISMAN_ENABLED = False
PREVENT_UNSAFE_DB_CONNECTIONS = False
"""


@pytest.fixture(scope="module")
def command(tmp_path_factory):
    """Runs `superset ...` with a home of its own."""
    environment = Path(os.environ.get("SUPERSET_ENVIRONMENT") or tmp_path_factory.mktemp("superset") / "env")
    if not (environment / "bin" / "superset").exists():
        uv = [Path(sys.executable).with_name("uv")]
        subprocess.run([*uv, "venv", "--quiet", "--python", sys.executable, environment], check=True)
        install = [*uv, "pip", "install", "--quiet", "--python", environment / "bin" / "python", *PACKAGES]
        subprocess.run(install, check=True)
    home = tmp_path_factory.mktemp("superset_home")
    (home / "superset_config.py").write_text(CONFIGURATION.format(home=home))
    settings = {"SUPERSET_CONFIG_PATH": f"{home}/superset_config.py", "SUPERSET_HOME": str(home), "FLASK_APP": "superset"}
    return [environment / "bin" / "superset"], os.environ | settings


@contextmanager
def publishing(published: Path):
    """Another version takes the place of the published file, again and again."""
    over, times = threading.Event(), []

    def publish() -> None:
        while not over.wait(0.5):
            staged = shutil.copyfile(published, published.with_name(".staged.duckdb"))
            staged.replace(published)
            times.append(time.monotonic())

    thread = threading.Thread(target=publish)
    thread.start()
    try:
        yield times
    finally:
        over.set()
        thread.join()


@contextmanager
def running(command, environment, log: Path):
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    run = [*command, "run", "--host", "127.0.0.1", "--port", str(port), "--with-threads"]
    with server(run, environment, log, partial(answers, f"{url}/health")):
        yield url


def is_data_of(chart: int, response) -> bool:
    """Whether a response has the data of this chart, and not those of the chart before, which may come late."""
    return "/api/v1/chart/data" in response.url and f'"slice_id":{chart}' in (response.request.post_data or "")


def assert_filters_work(page, url: str, names: list[str]) -> None:
    """The dashboard shows its filters, and a chosen store is asked for by the charts."""
    page.goto(f"{url}/superset/dashboard/services/")
    bar = page.locator("[data-test=filter-bar]")
    for name in names:
        bar.get_by_text(name, exact=True).first.wait_for()
    bar.locator("[data-test=form-item-value]").nth(names.index("Store")).locator("[role=combobox]").click()
    option = page.locator(".ant-select-item-option").first
    option.wait_for()
    store = option.inner_text()
    option.click()
    page.keyboard.press("Escape")
    asks_for_it = lambda request: "/api/v1/chart/data" in request.url and "store_name" in (request.post_data or "")  # noqa: E731
    with page.expect_request(asks_for_it) as asked:
        bar.locator("[data-test=filter-bar__apply-button]").click()
    body = asked.value.response().json()
    assert body["result"][0]["error"] is None
    (filtered,) = [each for each in asked.value.post_data_json["queries"][0]["filters"] if each["col"] == "store_name"]
    assert filtered["val"] == [store]
    assert "store_name" not in str(body["result"][0]["rejected_filters"])


def test_every_chart_opens_while_publications_go_on(command, page_world, tmp_path):
    if not CHROMIUM:
        pytest.skip("chromium is not installed (apt-get install chromium)")
    sync_api = pytest.importorskip("playwright.sync_api")
    superset_command, environment = command
    told = project.read()
    file = bundle.write(told, page_world, tmp_path / "bundle.zip")
    admin = ["fab", "create-admin", "--username", "admin", "--firstname", "A", "--lastname", "B"]
    for arguments in (
        ["db", "upgrade"],
        [*admin, "--email", "admin@example.com", "--password", "admin"],
        ["init"],
        ["import-dashboards", "--path", file, "--username", "admin"],
        # again: the same things are replaced, not doubled
        ["import-dashboards", "--path", file, "--username", "admin"],
    ):
        result = subprocess.run([*superset_command, *arguments], env=environment, capture_output=True, text=True, timeout=600)
        assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-2000:]

    with running(superset_command, environment, tmp_path / "superset.log") as url, sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.set_default_timeout(120_000)
        page.goto(f"{url}/login/")
        page.locator("input:not([type=hidden])").first.fill("admin")
        page.locator("input[type=password]").fill("admin")
        page.keyboard.press("Enter")
        page.wait_for_url(lambda address: "login" not in address)
        charts = page.request.get(f"{url}/api/v1/chart/?q=(page_size:100)").json()["result"]
        assert {chart["slice_name"] for chart in charts} == {chart["name"] for chart in told.charts}
        assert len(charts) == len(told.charts)
        assert page.request.get(f"{url}/api/v1/dataset/?q=(page_size:100)").json()["count"] == len(told.tables)
        with publishing(page_world) as published:
            for chart in charts:
                with page.expect_response(partial(is_data_of, chart["id"])) as answer:
                    page.goto(f"{url}/explore/?slice_id={chart['id']}")
                body = answer.value.json()
                assert answer.value.status == 200, (chart["slice_name"], body)
                assert body["result"][0]["error"] is None and body["result"][0]["rowcount"] > 0, chart["slice_name"]
                page.locator(".chart-container").first.wait_for()
                assert page.locator(".chart-container [role=alert]").count() == 0, chart["slice_name"]
                if chart["slice_name"] == "On-time rate":
                    shown = body["result"][0]["data"][0]["on_time_rate"]
            assert len(published) > len(charts)
        assert_filters_work(page, url, [described["name"] for described in told.filters])
        browser.close()
    with duckdb.connect(str(page_world), read_only=True) as connection:
        (expected,) = connection.execute(
            "select count(*) filter (is_on_time_arrival) / count(is_on_time_arrival) from marts.fct_appointments"
        ).fetchone()
    assert shown == pytest.approx(expected)
