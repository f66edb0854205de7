"""A day of the schedule by technician: whoever needs a dispatcher comes first."""

from datetime import date, datetime, timedelta

from include.dashboard import tiles
from include.dashboard.filters import Filters
from include.dashboard.schedule import SHOWN_STOPS, SHOWN_TECHNICIANS
from tests.dashboard.published_rows import published_rows

TODAY, TOMORROW = date(2026, 11, 8), date(2026, 11, 9)


def stop(technician_id: str | None, start: str, number: int | None = 1, day: date = TODAY, **fields: object) -> dict:
    begin = datetime.fromisoformat(f"{day}T{start}")
    known = {
        "technician_id": technician_id, "technician_name": technician_id, "service_date": day, "stop_number": number,
        "service_job_id": f"{technician_id} {day} {start}", "store_id": "s", "scheduled_start_local": begin,
        "scheduled_end_local": begin + timedelta(hours=1), "is_double_booked": False, "time_zone": "UTC",
    }  # fmt: skip
    return known | fields


def publish(*stops: dict) -> None:
    with published_rows() as rows:
        rows.known_up_to("2026-11-08T20:00:00Z")
        for each in stops:
            rows.add("rpt_technician_schedule", **each)
        rows.add("fct_service_jobs", service_job_id="J", service_order_id="O", asin="B1")


def shown(**chosen: object) -> dict:
    return tiles.answer("schedule", Filters(**chosen))


def test_a_day_by_technician(warehouse, monkeypatch):
    monkeypatch.setenv("SERVICES_JOB_URL", "https://example.com/{service_order_id}")
    publish(
        stop("Ada", "11:00", 2, gap_minutes=60, service_job_id="J"), stop("Ada", "09:00"),
        stop("Bo", "09:00", is_double_booked=True), stop("Bo", "09:30", 2, is_double_booked=True, overlap_minutes=30),
        stop(None, "10:00", None), stop("Cy", "10:00", store_id="t", day=TOMORROW),
    )  # fmt: skip
    found = shown()
    assert found["day"] == "2026-11-08" and found["days"] == [
        {"service_date": "2026-11-08", "stops": 5, "technicians": 2, "unassigned": 1, "double_booked": 2},
        {"service_date": "2026-11-09", "stops": 1, "technicians": 1, "unassigned": 0, "double_booked": 0},
    ]
    assert [(row["technician_id"], row["stops"], row["double_booked"]) for row in found["technicians"]] == [
        (None, 1, 0), ("Bo", 2, 2), ("Ada", 2, 0),
    ]  # fmt: skip
    first, second = found["technicians"][2]["first_stops"]
    assert (first["start"], first["end"], first["url"]) == ("09:00", "10:00", None)
    assert (second["start"], second["gap_minutes"], second["url"]) == ("11:00", 60, "https://example.com/O")

    assert [row["technician_id"] for row in shown(day=TOMORROW)["technicians"]] == ["Cy"]
    assert shown(day=TODAY + timedelta(days=20))["technicians"] == []
    # the store's days alone; the dates of the other tiles do not apply
    assert [row["technician_id"] for row in shown(store="t", start=date(2026, 1, 1))["technicians"]] == ["Cy"]
    assert [row["stops"] for row in shown(service="B1")["technicians"]] == [1]
    assert shown(account="nobody") == found | {"days": [], "day": None, "technicians": []}


def test_a_busy_day_is_cut(warehouse):
    many = [stop(f"T{number:03}", "09:00") for number in range(SHOWN_TECHNICIANS + 5)]
    publish(*many, *(stop("A", f"09:{minute:02}", minute + 2) for minute in range(SHOWN_STOPS + 5)))
    found = shown()
    assert len(found["technicians"]) == SHOWN_TECHNICIANS == found["shown"]
    assert (found["technicians"][0]["stops"], len(found["technicians"][0]["first_stops"])) == (SHOWN_STOPS + 5, SHOWN_STOPS)
    assert found["days"][0]["technicians"] == SHOWN_TECHNICIANS + 6
