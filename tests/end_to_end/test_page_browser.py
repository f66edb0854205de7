"""The page as a person meets it: Chromium, Airflow's own login, three widths, both themes, a keyboard, axe."""

import os
import shutil
from pathlib import Path

import duckdb
import pytest

from tests.end_to_end.page_world import JOB_URL, PASSWORD

CHROMIUM = shutil.which("chromium")
# where to keep screenshots for a look; none: they are not made
SCREENSHOTS = os.environ.get("PAGE_SCREENSHOTS")
# what Chromium says of the frame that Airflow puts every plugin's page in
AIRFLOWS_OWN = "An iframe which has both allow-scripts and allow-same-origin"
PERIOD = "start=2026-10-10&end=2026-10-30"


@pytest.fixture(scope="module")
def context(page_server):
    """A browser in which the admin has logged in, by Airflow's form."""
    if not CHROMIUM:
        pytest.skip("chromium is not installed (apt-get install chromium)")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(locale="en-US")
        context.set_default_timeout(30_000)
        login = context.new_page()
        login.goto(f"{page_server.url}/")
        login.fill("[name=username]", "admin")
        login.fill("[name=password]", PASSWORD)
        login.click("button[type=submit]")
        login.wait_for_url(lambda url: "login" not in url)
        login.close()
        yield context
        browser.close()


@pytest.fixture
def page(context, page_server):
    """An empty tab; whatever it complains of fails the test."""
    page, complaints = context.new_page(), []
    page.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}") or dialog.dismiss())
    page.base = f"{page_server.url}/services/"
    yield page
    page.close()
    assert [complaint for complaint in complaints if AIRFLOWS_OWN not in complaint] == []


@pytest.fixture
def sql(page_world):
    with duckdb.connect(str(page_world), read_only=True) as connection:
        yield lambda query: connection.execute(query).fetchone()


def open_page(page, query: str = PERIOD) -> None:
    page.goto(f"{page.base}?{query}")
    loaded(page, 1)


def loaded(page, times: int) -> None:
    page.wait_for_function("times => Number(document.body.dataset.loaded) >= times", arg=times)


def tile(page, key: str) -> str:
    return page.locator(f"[data-key={key}]").inner_text()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 768, 1280])
def test_every_width_and_theme(page, width, theme):
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    open_page(page)
    assert page.evaluate("document.documentElement.scrollWidth") == width, "nothing but the tables scrolls sideways"
    assert page.locator("main .card").count() == 9 and page.locator("canvas").count() == 2
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/[\\d.]+/g).slice(0, 3).map(Number)")
    assert (sum(ground) > 384) == (theme == "light")
    faults = pytest.importorskip("axe_playwright_python.sync_playwright").Axe().run(page).response["violations"]
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in faults if fault["impact"] in ("serious", "critical")] == []
    if SCREENSHOTS:
        page.screenshot(path=Path(SCREENSHOTS) / f"page-{width}-{theme}.png", full_page=True)


def test_tiles_show_what_sql_says(page, sql):
    open_page(page)
    on_time, scored, breaks = sql("""
        select count(*) filter (is_on_time_arrival), count(is_on_time_arrival), count(fulfillment_break)
        from marts.fct_appointments where service_date between '2026-10-10' and '2026-10-30'
    """)
    assert f"{100 * on_time / scored:.1f} %" in tile(page, "on_time_rate")
    assert f"{on_time} of {scored} scored appointments" in tile(page, "on_time_rate")
    assert sum(map(int, page.locator("#breaks strong").all_inner_texts())) == breaks
    (waiting,) = sql("select count(distinct service_job_id) from marts.rpt_jobs_needing_action where not is_stale")
    assert page.locator("[data-key=jobs_waiting] .value").inner_text() == str(waiting)
    (rules,) = sql("select count(*) from ops.quality_results")
    assert (
        not page.locator("#quality").is_visible()
        and f"of {rules} rules hold" in page.locator("#operations summary").first.inner_text()
    )
    page.locator("#operations > summary").click()
    assert f"of {rules} rules hold" in page.locator("#quality").inner_text()


def test_each_filter_narrows_the_figures(page, sql):
    open_page(page)
    times = 1
    for name, column in (("account", "account"), ("marketplace", "marketplace_id"), ("store", "store_id"), ("service", "asin")):
        page.select_option(f"[name={name}]", index=1)
        times += 1
        loaded(page, times)
        value = page.input_value(f"[name={name}]")
        (scored,) = sql(f"""
            select count(is_on_time_arrival) from marts.fct_appointments
            where {column} = '{value}' and service_date between '2026-10-10' and '2026-10-30'
        """)
        assert scored and f" of {scored} scored appointments" in tile(page, "on_time_rate"), name
        assert f"{name}=" in page.url
        page.select_option(f"[name={name}]", "")
        times += 1
        loaded(page, times)
    page.fill("[name=start]", "2026-10-20")
    loaded(page, times + 1)
    (scored,) = sql("""
        select count(is_on_time_arrival) from marts.fct_appointments where service_date between '2026-10-20' and '2026-10-30'
    """)
    assert f" of {scored} scored" in tile(page, "on_time_rate")
    page.get_by_role("button", name="7 days").click()
    loaded(page, times + 2)
    assert page.get_by_role("button", name="7 days").get_attribute("aria-pressed") == "true"
    page.get_by_role("button", name="Reset").click()
    loaded(page, times + 3)
    assert page.url == page.base and page.input_value("[name=end]") == "2026-11-03"


def test_with_a_keyboard_alone(page):
    open_page(page)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the figures"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    header = page.locator("#technicians thead button", has_text="Visits")
    header.focus()
    page.keyboard.press("Enter")
    assert page.locator("#technicians th[aria-sort=descending]").inner_text().startswith("Visits")
    assert page.evaluate("document.activeElement.textContent") == "Visits", "sorting keeps the place"
    visits = [int(text) for text in page.locator("#technicians tbody tr td:last-child").all_inner_texts()]
    assert visits == sorted(visits, reverse=True)
    page.locator("#morning .chips button").first.focus()
    page.keyboard.press("Space")
    assert page.locator("#morning .chips button[aria-pressed=true]").count() == 1
    actions = set(page.locator("#morning tbody th").all_inner_texts())
    assert len(actions) == 1
    page.locator("#trend summary").focus()
    page.keyboard.press("Enter")
    assert page.locator("#trend details tbody tr").count() == 21


def test_every_figure_is_defined_one_click_away(page):
    open_page(page)
    for tile_of in page.locator("article.tile").all():
        assert tile_of.locator("h2 button.what").count() == 1, tile_of.get_attribute("data-key")
    button = page.get_by_role("button", name='What "On-time rate" means').first
    button.click()
    dialog = page.locator("dialog[open]")
    assert "on_time / scored" in dialog.inner_text() and dialog.locator("h2").inner_text() == "On-time rate"
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0
    assert button.evaluate("button => document.activeElement === button"), "closing it keeps the place"
    page.locator('#morning [data-what="action"]').click()
    assert page.locator("dialog[open] table tbody tr").count() == 8


def test_names_verdicts_and_links(page):
    open_page(page)
    assert "Store 0" in page.locator("[name=store]").inner_text()
    assert page.locator("#stores tbody th", has_text="Store 0").count() == 1
    verdicts = set(page.locator("#technicians tbody td:nth-child(3) span:first-child").all_inner_texts())
    assert verdicts <= {"Worse", "Usual", "Too few"} and verdicts
    link = page.locator("#morning tbody a").first
    assert link.get_attribute("href") == JOB_URL.format(service_job_id=link.inner_text())
    assert link.get_attribute("rel") == "noopener noreferrer"


def test_every_link_leads_somewhere(page):
    open_page(page)
    links = [link.get_attribute("href") for link in page.locator("nav a").all()]
    assert links == ["reports/data_docs/index.html", "reports/dbt_docs/index.html"]
    answer = page.request.get(page.base + links[0])
    assert (answer.ok and "Great Expectations" in answer.text()) or "Data Docs" in answer.text()
    # dbt's documentation is made by a run in Airflow; without one the page says so
    answer = page.request.get(page.base + links[1], headers={"Accept": "text/html"})
    assert answer.ok or "does not exist yet" in answer.text()


def test_the_theme_is_airflows_until_the_reader_chooses(page):
    open_page(page)
    dark = "document.documentElement.dataset.theme"
    page.evaluate("localStorage.setItem('theme', 'dark')")
    page.reload()
    assert page.evaluate(dark) == "dark"
    page.get_by_role("button", name="Theme: as Airflow").click()
    assert page.evaluate(dark) == "light"
    page.evaluate("localStorage.clear()")


def test_inside_airflow(page, page_server):
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{page_server.url}/plugin/services")
    frame = page.frame_locator("iframe[title=Services]")
    frame.locator("body[data-loaded]").wait_for()
    assert "%" in frame.locator("[data-key=on_time_rate]").inner_text()
    assert page.get_by_role("link", name="Services").count() >= 1
    if SCREENSHOTS:
        page.screenshot(path=Path(SCREENSHOTS) / "page-in-airflow.png")


@pytest.mark.parametrize(
    "value", ["%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E", "%27%20or%201%3D1%20--", "%22%3E%3Cscript%3Ealert(1)%3C/script%3E"]
)
def test_crafted_addresses_stay_text(page, value):
    open_page(page, f"store={value}")
    assert "No scored appointments" in tile(page, "on_time_rate")
    assert page.locator("img[src=x], body script:not([src])").count() == 0


def test_an_empty_warehouse_says_what_to_do_next(page, page_world):
    kept = page_world.with_name("kept.duckdb")
    page_world.rename(kept)
    try:
        page.goto(page.base)
        page.get_by_text("There is no warehouse yet").wait_for()
        assert "amazon_services_backfill" in page.locator("#notice").inner_text()
        assert not page.locator("#figures").is_visible()
    finally:
        kept.rename(page_world)


def test_a_day_of_the_technicians(page, sql):
    open_page(page)
    stops, technicians = sql("""
        select count(*), count(distinct (account, technician_id)) from marts.rpt_technician_schedule
        where technician_id is not null and service_date = (select min(service_date) from marts.rpt_technician_schedule)
    """)
    assert f"of {technicians} technicians" in page.locator("#schedule .head").inner_text() and stops
    days = page.locator("#schedule .chips button")
    (dates,) = sql(
        "select list(distinct service_date::varchar order by service_date::varchar) from marts.rpt_technician_schedule"
    )
    assert days.count() == len(dates) > 5 and days.nth(0).get_attribute("aria-pressed") == "true"
    days.nth(2).focus()
    page.keyboard.press("Enter")
    page.locator("#schedule .chips button[aria-pressed=true]", has_text=days.nth(2).inner_text()).wait_for()
    assert page.evaluate("document.activeElement.getAttribute('aria-pressed')") == "true", "choosing a day keeps the place"
    third = dates[2]
    assert f"day={third}" in page.url
    (expected,) = sql(f"""
        select count(*) from marts.rpt_technician_schedule where service_date = '{third}' and technician_id is not null
    """)
    if page.locator("#schedule .more").is_visible():
        page.locator("#schedule .more").click()
    assigned = page.locator("#schedule tbody tr").filter(has_not_text="Not assigned")
    assert assigned.locator("li").count() == expected > 0
    page.select_option("[name=store]", index=1)
    loaded(page, 2)
    (of_store,) = sql(f"""
        select count(*) from marts.rpt_technician_schedule
        where service_date = '{third}' and store_id = '{page.input_value("[name=store]")}'
    """)
    assert f"{of_store} stops" in page.locator("#schedule .head").inner_text() or of_store == 0
