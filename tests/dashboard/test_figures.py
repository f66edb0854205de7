"""Figures of few rows: intervals and verdicts, who is responsible, several currencies, the morning list, definitions."""

from datetime import date, timedelta

import pytest

from include.dashboard import links, tiles
from include.dashboard.days import COUNTS
from include.dashboard.filters import Filters
from include.warehouse import descriptions
from tests.dashboard.published_rows import published_rows

AS_OF, TODAY = "2026-11-08T12:00:00Z", date(2026, 11, 8)
ZEROS = dict.fromkeys(COUNTS, 0)


def days(rows, table: str, on_time: int, scored: int, back: int = 1, **keys) -> None:
    counts = {name: 0 for name in COUNTS if name in rows.columns[table]}
    known = {"appointments": scored, "scored": scored, "on_time": on_time, "serviced": scored, "provable": scored}
    rows.add(table, service_date=TODAY - timedelta(days=back), **counts | known, **keys)


def tile(key: str) -> dict:
    return {tile["key"]: tile for tile in tiles.answer("headline", Filters())["tiles"]}[key]


@pytest.mark.parametrize(
    "now, before, verdict, is_shown",
    [
        ((15, 19), (20, 40), "too_few", False),
        ((40, 40), (9, 19), "too_few", False),
        ((18, 20), (16, 20), "unchanged", True),
        ((39, 40), (20, 40), "better", True),
        ((20, 40), (39, 40), "worse", True),
    ],
)
def test_a_change_needs_enough_on_both_sides(warehouse, now, before, verdict, is_shown):
    with published_rows() as rows:
        rows.known_up_to(AS_OF)
        days(rows, "agg_store_daily", *now, store_id="s")
        days(rows, "agg_store_daily", *before, back=30, store_id="s")
    found = tile("on_time_rate")
    assert (found["verdict"], found["change"] is not None) == (verdict, is_shown)
    assert found["good"] == ("up" if verdict in ("better", "worse") else None)
    assert found["lower"] < found["value"] <= found["upper"]


def test_who_is_worse_is_said_of_four_weeks(warehouse):
    with published_rows() as rows:
        rows.known_up_to(AS_OF)
        for name, on_time, scored in [("usual", 180, 200), ("worse", 10, 20), ("few", 0, 19)]:
            days(rows, "agg_technician_daily", on_time, scored, technician_id=name)
            days(rows, "agg_store_daily", on_time, scored, store_id=name)
            rows.add("dim_store", store_id=name, store_name=f"Store {name}", manager="Ada")
        # long ago, in the chosen dates and not in the four weeks
        days(rows, "agg_technician_daily", 0, 100, back=40, technician_id="usual")
    quarter = Filters(start=TODAY - timedelta(days=89), end=TODAY)
    ranked = tiles.answer("technicians", quarter)
    assert [(row["technician_id"], row["verdict"]) for row in ranked["technicians"]] == [
        ("worse", "worse"), ("usual", "usual"), ("few", "too_few"),
    ]  # fmt: skip
    assert ranked["technicians"][1]["scored"] == 300 and ranked["worse"] == 1
    assert ranked["judged_period"] == {"start": "2026-10-12", "end": "2026-11-08"}
    found = tiles.answer("stores", Filters())["stores"]
    assert [(row["store_name"], row["manager"], row["verdict"]) for row in found] == [
        ("Store worse", "Ada", "worse"), ("Store usual", "Ada", "usual"), ("Store few", "Ada", "too_few"),
    ]  # fmt: skip
    # a week is judged by the four weeks that end with it
    week = tiles.answer("technicians", Filters(start=TODAY, end=TODAY))
    assert [row["verdict"] for row in week["technicians"]] == [] and week["total"] == 0


def test_missed_and_moved_by_who_is_responsible(warehouse):
    with published_rows() as rows:
        rows.known_up_to(AS_OF)
        for number, (outcome, party, is_missed, back) in enumerate(
            [
                ("no_show", None, True, 1),
                ("rescheduled", "provider", True, 1),
                ("rescheduled", "customer", False, 1),
                ("cancelled", "unknown", None, 1),
                ("cancelled", "customer", True, 30),
                ("serviced", None, False, 1),
            ]
        ):
            rows.add(
                "fct_appointments", service_job_id=str(number), outcome=outcome, responsible_party=party, is_missed=is_missed,
                service_date=TODAY - timedelta(days=back),
            )  # fmt: skip
    found = tiles.answer("parties", Filters())
    listed = {kind: [tuple(row.values()) for row in found[kind]] for kind in ("missed", "rescheduled", "cancelled")}
    assert listed == {
        "missed": [("no_show", 1, 0), ("provider", 1, 0), ("customer", 0, 1)],
        "rescheduled": [("customer", 1, 0), ("provider", 1, 0)],
        "cancelled": [("unknown", 1, 0), ("customer", 0, 1)],
    }


def test_currencies_are_never_added_up(warehouse):
    with published_rows() as rows:
        rows.known_up_to(AS_OF)
        recent, earlier = TODAY - timedelta(days=1), TODAY - timedelta(days=30)
        for name, total, currency, completed in [
            ("a", 100, "USD", recent), ("b", None, None, recent), ("c", 50, "USD", earlier), ("d", 7, "USD", None),
        ]:  # fmt: skip
            rows.add(
                "fct_service_jobs", service_job_id=name, payment_total=total, payment_currency=currency, completed_date=completed
            )
        for name, amount, currency in [("a", 100, "USD"), ("b", 20, "USD"), ("b", 5, "USD"), ("b", 3, "EUR"), ("d", 7, "USD")]:
            rows.add("fct_job_payments", service_job_id=name, amount=amount, currency=currency)
    assert [tuple(row.values()) for row in tiles.answer("revenue", Filters())["currencies"]] == [
        ("USD", 125, 50, 2, 1), ("EUR", 3, 0, 1, 0),
    ]  # fmt: skip


def test_utilization_is_of_past_hours(warehouse):
    with published_rows() as rows:
        rows.known_up_to(AS_OF)
        for hour, taken, is_past in [("2026-11-08T08:00:00Z", 3, True), ("2026-11-08T18:00:00Z", 1, False)]:
            rows.add(
                "fct_demand_capacity_hourly", store_id="s", hour_start_at=hour, service_date=TODAY, scheduled_capacity=5,
                reserved_capacity=1, encumbered_capacity=taken, is_past=is_past,
            )  # fmt: skip
    assert (tile("utilization")["part"], tile("utilization")["whole"]) == (3, 4)
    assert [each["encumbered"] for each in tiles.answer("ahead", Filters())["horizons"]] == [1, 1, 1]


def test_the_morning_list(warehouse, monkeypatch):
    monkeypatch.setenv("SERVICES_JOB_URL", "https://example.com/jobs/{service_job_id}?order={service_order_id}")
    with published_rows() as rows:
        rows.known_up_to(AS_OF)
        rows.add("dim_store", store_id="s", store_name="Main Street", manager="Ada")
        for name, is_stale in [("a/b", False), ("old", True)]:
            rows.add("fct_service_jobs", service_job_id=name, service_order_id="o&1", job_status="NOT_SERVICED")
            rows.add(
                "rpt_jobs_needing_action", service_job_id=name, action="close_job", store_id="s", store_name="Main Street",
                service_title="Bicycle", overdue_hours=5.0, is_stale=is_stale,
            )  # fmt: skip
    found = tiles.answer("morning", Filters())
    [listed] = found["jobs"]
    assert (listed["store_name"], listed["service_title"], listed["owner"]) == ("Main Street", "Bicycle", "Ada")
    assert listed["url"] == "https://example.com/jobs/a%2Fb?order=o%261"
    assert found["actions"] == [{"action": "close_job", "jobs": 1, "stale": 1, "overdue": 1}]
    assert (tile("jobs_waiting")["value"], tile("jobs_waiting")["stale"]) == (1, 1)
    monkeypatch.delenv("SERVICES_JOB_URL")
    assert tiles.answer("morning", Filters())["jobs"][0]["url"] is None
    monkeypatch.setenv("SERVICES_JOB_URL", "javascript:alert('{service_job_id}')")
    assert tiles.answer("morning", Filters())["jobs"][0]["url"] is None


@pytest.mark.parametrize(
    "pattern",
    [
        "javascript:{service_job_id}",
        "https://x/",
        "https://x/{service_job_id",
        "https://x/{job}",
        "https://x/{service_job_id.__class__}",
        "https://x/{}",
    ],
)
def test_an_address_that_cannot_be_one_is_refused(monkeypatch, pattern):
    monkeypatch.setenv("SERVICES_JOB_URL", pattern)
    with pytest.raises(links.BadJobUrl, match="SERVICES_JOB_URL"):
        links.pattern()


def test_a_job_without_the_id_has_no_link(monkeypatch):
    monkeypatch.setenv("SERVICES_JOB_URL", "https://x/{service_order_id}")
    assert links.job_url({"service_job_id": "a", "service_order_id": None}, links.pattern()) is None


def test_every_figure_is_defined(warehouse):
    with published_rows() as rows:
        rows.known_up_to(AS_OF)
    choices = tiles.answer("choices", Filters())
    named = {tile["key"] for tile in tiles.answer("headline", Filters())["tiles"]} | set(COUNTS) | choices["rates"].keys()
    defined = choices["definitions"]
    assert named <= defined.keys()
    assert all(each["label"] and each["text"] and "{{" not in each["text"] for each in defined.values())
    assert defined["on_time_rate"]["text"] == descriptions.doc_blocks()["on_time_rate"]
    with pytest.raises(KeyError):
        descriptions.describe("joy")
