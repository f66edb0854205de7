"""The page's server: nobody without a login, nothing from crafted values, and every figure as SQL gives it."""

import shutil

import duckdb
import pytest
import requests

from include.dashboard import waiting
from include.dashboard.context import QueryContext, today
from include.dashboard.filters import Filters
from include.dashboard.tiles import TILES
from include.warehouse import database
from tests.end_to_end.page_world import JOB_URL, Server

AS_OF = "(select max(as_of) from ops.freshness where entity = 'jobs')"
PATHS = (
    "", "static/page.js", "static/vendor/uPlot.iife.min.js", "static/nothing", "reports/data_docs/",
    "reports/data_docs/index.html", "reports/dbt_docs/index.html", "reports/other/x", "tiles/nothing",
    *(f"tiles/{name}" for name in TILES),
)  # fmt: skip
CRAFTED = (
    "' or '1'='1", '"; drop table marts.fct_appointments; --', "<script>alert(1)</script>", "$account", "%' union select 1 --",
    "../../../etc/passwd", "{{7*7}}", "ünïcödé 🚚",
)  # fmt: skip
IMPOSSIBLE = (
    "account=" + "x" * 1000, "start=1%3Bdrop", "end=2026-99-99", "nonsense=1", "store=a%00b", "start=0001-01-01",
    "end=0001-01-01", "start=9999-12-31", "end=9999-12-31", "start=0001-01-01&end=9999-12-31", "start=-1-01-01",
    "end=infinity", "end=NaN", "start=2026-01-01&start=0001-01-01", "start=2026-11-02&end=2026-11-01", "service=%E2%80%A8",
    "day=tomorrow", "day=9999-12-31",
)  # fmt: skip


@pytest.fixture(scope="module")
def session(page_server) -> requests.Session:
    return page_server.login()


@pytest.fixture
def sql(page_world):
    with duckdb.connect(str(page_world), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        yield lambda query, *values: connection.execute(query, values).fetchone()


def ask(page_server: Server, session, tile: str, **query: str) -> dict:
    answer = session.get(f"{page_server.url}/services/tiles/{tile}", params=query, timeout=30)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer nonsense"}, {"Cookie": "_token=nonsense"}])
def test_nobody_without_a_login(page_server, path, headers):
    answer = requests.get(f"{page_server.url}/services/{path}", headers=headers, timeout=30, allow_redirects=False)
    assert answer.status_code in (401, 403)
    assert "detail" in answer.json() and len(answer.content) < 200


def test_a_person_is_told_to_log_in(page_server):
    answer = requests.get(f"{page_server.url}/services/", headers={"Accept": "text/html"}, timeout=30)
    assert answer.status_code == 401 and "Log in to Airflow" in answer.text


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_nothing_can_be_written(page_server, session, method):
    assert session.request(method, f"{page_server.url}/services/tiles/headline", timeout=30).status_code == 405


@pytest.mark.parametrize("value", CRAFTED)
@pytest.mark.parametrize("name", ["account", "marketplace", "store", "service"])
def test_crafted_values_find_nothing(page_server, session, name, value):
    tile = ask(page_server, session, "headline", **{name: value})["tiles"][0]
    assert (tile["value"], tile["whole"]) == (None, 0)
    assert ask(page_server, session, "technicians", **{name: value})["technicians"] == []


@pytest.mark.parametrize("tile", TILES)
def test_impossible_values_are_refused(page_server, session, tile):
    for query in IMPOSSIBLE:
        answer = session.get(f"{page_server.url}/services/tiles/{tile}?{query}", timeout=30)
        assert answer.status_code == 422, f"{query}: {answer.text}"
        assert "filter" in answer.json()["detail"] or "dates" in answer.json()["detail"]


@pytest.mark.parametrize("tile", TILES)
def test_dates_without_any_data_are_answered(page_server, session, tile):
    for query in ({"start": "2000-01-01"}, {"end": "2000-01-01"}, {"start": "2099-12-31"}, {"end": "2099-12-31"}):
        ask(page_server, session, tile, **query)


def test_files_end_at_their_folder(page_server, session, page_world):
    assert page_world.exists()
    for path in ("static/..%2f__init__.py", "reports/data_docs/..%2fservices.duckdb", "reports/data_docs/%2fetc%2fpasswd"):
        assert session.get(f"{page_server.url}/services/{path}", timeout=30).status_code == 404


def test_scripts_come_from_here_alone(page_server, session):
    answer = session.get(f"{page_server.url}/services/", timeout=30)
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "http" not in answer.text.replace("http-equiv", "")


@pytest.mark.parametrize("filters", [{}, {"store": "a store"}, {"service": "a service"}, {"marketplace": "ATVPDKIKX0DER"}])
def test_figures_equal_sql(page_server, session, sql, filters):
    choices = ask(page_server, session, "choices")
    chosen = dict(filters)
    if "store" in filters:
        chosen["store"] = choices["stores"][0]["store_id"]
    if "service" in filters:
        chosen["service"] = choices["services"][0]["asin"]
    period = {"start": "2026-10-10", "end": "2026-10-30"}
    columns = {"store": "store_id", "service": "asin", "marketplace": "marketplace_id"}
    where = "".join(f" and {columns[name]} = '{value}'" for name, value in chosen.items())
    on_time, scored, no_shows, in_window, breaks, every = sql(f"""
        select count(*) filter (is_on_time_arrival), count(is_on_time_arrival), count(*) filter (outcome = 'no_show'),
            count(*) filter (is_completed_in_window), count(fulfillment_break), count(*)
        from marts.fct_appointments where service_date between '2026-10-10' and '2026-10-30' {where}
    """)
    assert scored > 5
    tiles = {tile["key"]: tile for tile in ask(page_server, session, "headline", **chosen, **period)["tiles"]}
    assert tiles["on_time_rate"]["value"] == on_time / scored
    assert [tiles["no_show_rate"]["part"], tiles["no_show_rate"]["whole"]] == [no_shows, scored]
    assert tiles["window_completion_rate"]["part"] == in_window
    assert [tiles["fulfillment_breaks"]["value"], tiles["fulfillment_breaks"]["whole"]] == [breaks, every]
    days = ask(page_server, session, "trend", **chosen, **period)["days"]
    assert len(days) == 21 and sum(day["scored"] for day in days) == scored and sum(day["no_shows"] for day in days) == no_shows
    kinds = ask(page_server, session, "breaks", **chosen, **period)["kinds"]
    assert sum(kind["appointments"] for kind in kinds) == breaks
    assert sum(store["on_time"] for store in ask(page_server, session, "stores", **chosen, **period)["stores"]) == on_time
    ranked = ask(page_server, session, "technicians", **chosen, **period)["technicians"]
    for one in ranked[:3]:
        assert (one["on_time"], one["scored"]) == sql(
            f"""
            select count(*) filter (is_on_time_arrival), count(is_on_time_arrival) from marts.fct_appointments
            where service_date between '2026-10-10' and '2026-10-30' {where} and list_contains(performing_technician_ids, ?)
            """,
            one["technician_id"],
        )


def test_the_change_is_against_the_dates_before(page_server, session, sql):
    tile = ask(page_server, session, "headline", start="2026-10-20", end="2026-10-29")["tiles"][0]
    before, scored = sql("""
        select count(*) filter (is_on_time_arrival) / count(is_on_time_arrival), count(is_on_time_arrival)
        from marts.fct_appointments where service_date between '2026-10-10' and '2026-10-19'
    """)
    assert (tile["before"], tile["before_whole"]) == (before, scored)
    assert tile["change"] == tile["value"] - before


def test_what_waits(page_server, session, sql):
    tiles = {tile["key"]: tile for tile in ask(page_server, session, "headline")["tiles"]}
    jobs, overdue, listed, stale = sql("""
        select count(distinct service_job_id), count(distinct service_job_id) filter (overdue_hours > 0), count(*),
            (select count(*) from marts.rpt_jobs_needing_action where is_stale)
        from marts.rpt_jobs_needing_action where not is_stale
    """)
    assert (tiles["jobs_waiting"]["value"], tiles["jobs_waiting"]["part"]) == (jobs, overdue)
    morning = ask(page_server, session, "morning")
    assert (sum(each["jobs"] for each in morning["actions"]), sum(each["stale"] for each in morning["actions"])) == (
        listed,
        stale,
    )
    late = [job["overdue_hours"] for job in morning["jobs"]]
    assert late == sorted(late, reverse=True) and max(late) <= 720 and morning["jobs"][0]["service_title"]
    assert all(job["url"] == JOB_URL.format(**job) for job in morning["jobs"])
    assert {job["store_name"] for job in morning["jobs"]} <= {
        row["store_name"] for row in ask(page_server, session, "choices")["stores"]
    }
    assert any(job["owner"] for job in morning["jobs"])


def test_the_histories_give_what_the_mart_lists(page_world):
    """The rules by which jobs waited a week ago, applied to now, are the mart's; late items have no history."""
    with database.connect(page_world, read_only=True) as connection:
        context = QueryContext(connection, Filters(), today(connection))
        assert waiting.waited(context, is_now=True) == waiting.counts(context)["comparable"] > 20


def test_what_is_booked_and_how_full_it_is(page_server, session, sql):
    horizons = ask(page_server, session, "ahead")["horizons"]
    assert [each["days"] for each in horizons] == [1, 3, 7]
    for each in horizons:
        booked, encumbered, usable = (
            *sql(f"""
                select count(*) from marts.fct_appointments
                where appointment_status = 'ACTIVE' and scheduled_start_at > {AS_OF}
                    and scheduled_start_at <= {AS_OF} + interval {each["days"]} day
            """),
            *sql(f"""
                select sum(encumbered_capacity), sum(scheduled_capacity - reserved_capacity) from marts.fct_demand_capacity_hourly
                where not is_past and hour_start_at < {AS_OF} + interval {each["days"]} day
            """),
        )
        assert (each["booked"], each["encumbered"], each["usable"]) == (booked, encumbered, usable) and booked and usable


def test_money_and_parties(page_server, session, sql):
    period = {"start": "2026-10-10", "end": "2026-10-30"}
    currencies = ask(page_server, session, "revenue", **period)["currencies"]
    for each in currencies:
        (amount,) = sql(
            """
            select sum(amount)::double
            from marts.fct_job_payments inner join marts.fct_service_jobs using (account, service_job_id)
            where completed_date between '2026-10-10' and '2026-10-30' and currency = ?
            """,
            each["currency"],
        )
        assert each["amount"] == pytest.approx(amount or 0)
    assert currencies[0]["amount"] > 0
    parties = ask(page_server, session, "parties", **period)
    for kind, condition in (
        ("missed", "is_missed"),
        ("rescheduled", "outcome = 'rescheduled'"),
        ("cancelled", "outcome = 'cancelled'"),
    ):
        (expected,) = sql(f"""
            select count(*) from marts.fct_appointments
            where {condition} and service_date between '2026-10-10' and '2026-10-30'
        """)
        assert sum(each["appointments"] for each in parties[kind]) == expected


def test_hours_of_the_week_add_up(page_server, session, sql):
    week = ask(page_server, session, "hours", start="2026-10-05", end="2026-11-01")["hours"]
    (booked,) = sql("""
        select sum(booked_appointments) from marts.fct_demand_capacity_hourly
        where service_date between '2026-10-05' and '2026-11-01'
    """)
    assert sum(hour["booked"] for hour in week) * 4 == pytest.approx(booked)
    wednesday_ten, count = sql("""
        select sum(scheduled_capacity - reserved_capacity), count(distinct timezone(time_zone, hour_start_at))
        from marts.fct_demand_capacity_hourly inner join marts.dim_store using (account, marketplace_id, store_id)
        where service_date between '2026-11-03' and '2026-11-16' and scheduled_capacity is not null
            and isodow(timezone(time_zone, hour_start_at)) = 3 and hour(timezone(time_zone, hour_start_at)) = 10
    """)
    assert ask(page_server, session, "hours")["hours"][2 * 24 + 10]["capacity"] == wednesday_ten / count


def test_operations(page_server, session, sql):
    pipeline, quality = ask(page_server, session, "pipeline"), ask(page_server, session, "quality")
    assert sum(row["requests"] for row in pipeline["windows"]) == sql("select sum(requests) from ops.extract_windows")[0] > 0
    assert [row["publication_id"] for row in pipeline["publications"]] == ["world", "jobs"]
    assert len(pipeline["freshness"]) == sql("select count(*) from ops.freshness")[0]
    assert quality["audit"]["rules"] == sql("select count(*) from ops.quality_results")[0]
    assert len(quality["findings"]) == sql("select count(*) from ops.quality_results where not is_success")[0]


def test_a_publication_is_seen_at_the_next_question(page_server, session, page_world, tmp_path):
    kept = shutil.copyfile(page_world, tmp_path / "kept.duckdb")
    try:
        changed = shutil.copyfile(page_world, page_world.with_name(".changed.duckdb"))
        with duckdb.connect(str(changed)) as connection:
            connection.execute("delete from marts.rpt_jobs_needing_action")
        changed.replace(page_world)
        assert ask(page_server, session, "morning") == {"actions": [], "jobs": [], "shown": 100}
        page_world.unlink()
        assert "does not exist yet" in ask(page_server, session, "headline")["nothing_published"]
    finally:
        shutil.copyfile(kept, page_world)
    assert ask(page_server, session, "morning")["jobs"]
