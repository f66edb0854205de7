"""Schedules in the store's local time: days and hours, which stay the same when summer time begins and ends."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
import pytest

from include.services_api.errors import InvalidParameter
from include.warehouse import paths
from include.writes import UpdateSchedule, carry_out, local_hours, rehearse, schedule_tables, schedules, store_zones
from include.writes.calendars import occurrences
from tests.writes.test_flows import table
from tests.writes.test_validation import DE, US, account
from tests.writes.world import MARKETPLACE, World

NEW_YORK, BERLIN = ZoneInfo("America/New_York"), ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)
HOURS = {"first_date": "2026-10-19", "last_date": "2026-11-08", "start_time": "08:00", "end_time": "18:30", "capacity": 4}


def times(zone: ZoneInfo = NEW_YORK, **changed) -> list[tuple[datetime, datetime]]:
    (hours,) = local_hours.schedules("schedules", [HOURS | changed])
    found = [time for one in hours.availabilities(zone) for time in occurrences(one)]
    return sorted((start, end) for start, end, _ in found)


@pytest.mark.parametrize(
    ("zone", "first_date", "last_date"),
    [(NEW_YORK, "2026-10-19", "2026-11-30"), (NEW_YORK, "2027-02-20", "2027-04-10"), (BERLIN, "2026-10-01", "2028-09-29")],
)
def test_hours_stay_when_summer_time_changes(zone, first_date, last_date):
    found = times(zone, first_date=first_date, last_date=last_date, days_of_week="MONDAY, saturday")
    local = [(start.astimezone(zone), end.astimezone(zone)) for start, end in found]
    assert {(start.hour, start.minute, end.hour, end.minute) for start, end in local} == {(8, 0, 18, 30)}
    assert {start.weekday() for start, _ in local} == {0, 5}
    # in UTC there are two hours
    assert len({start.hour for start, _ in found}) == 2
    first, last = (datetime.fromisoformat(text).date() for text in (first_date, last_date))
    days = {first + timedelta(days=step) for step in range((last - first).days + 1)}
    assert {start.date() for start, _ in local} == {day for day in days if day.weekday() in (0, 5)}


def test_the_evening_of_a_store_is_the_next_day_in_utc():
    evening = HOURS | {"start_time": "20:00", "end_time": "24:00", "days_of_week": ["FRIDAY"]}
    (hours,) = local_hours.schedules("schedules", [evening])
    sent = [one.body() for one in hours.availabilities(NEW_YORK)]
    assert [(one["startTime"], one["endTime"]) for one in sent] == [
        ("2026-10-24T00:00:00Z", "2026-10-24T04:00:00Z"), ("2026-11-07T01:00:00Z", "2026-11-07T05:00:00Z"),
    ]  # fmt: skip
    assert sent[0]["recurrence"] == {"endTime": "2026-10-31T04:00:00Z", "daysOfWeek": ["SATURDAY"]}


def test_days_of_23_and_25_hours():
    for date, length in (("2026-11-01", 25), ("2027-03-14", 23)):
        ((start, end),) = times(first_date=date, last_date=date, start_time="00:00", end_time="24:00")
        assert end - start == timedelta(hours=length)
    # an hour that comes twice is covered twice, and one that does not exist is left out
    day = {"first_date": "2026-11-01", "last_date": "2026-11-01"}
    assert times(**day, start_time="01:00", end_time="02:00") == [
        (datetime(2026, 11, 1, 5, tzinfo=UTC), datetime(2026, 11, 1, 7, tzinfo=UTC))
    ]
    spring = {"first_date": "2027-03-13", "last_date": "2027-03-15"}
    assert [start.day for start, _ in times(**spring, start_time="02:00", end_time="03:00")] == [13, 15]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"end_time": "08:00"}, r"schedules\[0\].end_time should be later than the start time"),
        ({"end_time": "07:00"}, "end_time should be later than the start time"),
        ({"start_time": "8"}, "start_time.*local time"),
        ({"start_time": "08:00:30"}, "start_time.*whole minutes"),
        ({"start_time": None}, "start_time.*local time"),
        ({"first_date": "2026-10-19T00:00:00Z"}, "first_date.*a date"),
        ({"last_date": "2026-10-18"}, "last_date.*the first date or a later one"),
        ({"last_date": "2029-10-18"}, "last_date.*730 days"),
        ({"last_date": "2026-10-20", "days_of_week": ["FRIDAY"]}, "days_of_week.*between the first and the last date"),
        ({"days_of_week": ["MO"]}, "days_of_week.*MONDAY"),
        ({"time_zone": "New York"}, "time_zone.*America/New_York"),
        ({"time_zone": "../etc/passwd"}, "time_zone.*America/New_York"),
        ({"capacity": 0}, "capacity"),
        ({"opens": "08:00"}, "opens"),
        ({"last_date": "2026-09-30", "first_date": "2026-09-01"}, "ends in the future"),
        ({"end_time": "08:04"}, "at least 5 minutes long"),
    ],
)
def test_hours_that_are_refused(warehouse, changed, said):
    with pytest.raises(InvalidParameter, match=said):
        rehearse(UpdateSchedule(resource_id="store", schedules=[HOURS | changed]), account(US), NOW)


def test_the_zone_is_that_of_the_store(warehouse):
    published = paths.published_database()
    hours = {"resource_id": "store", "schedules": [HOURS]}
    starts = lambda marketplace: rehearse(UpdateSchedule(**hours), account(marketplace), NOW).body["schedules"][0]["startTime"]  # noqa: E731
    # that of the marketplace, until the store is known
    assert (starts(US), starts(DE)) == ("2026-10-19T15:00:00Z", "2026-10-19T06:00:00Z")
    published.parent.mkdir(parents=True)
    with duckdb.connect(published) as connection:
        connection.execute("create schema marts")
        connection.execute("create table marts.dim_store (account text, marketplace_id text, store_id text, time_zone text)")
        rows = [("my_shop", US, "store", "America/New_York"), ("another", US, "store", "Asia/Tokyo")]
        connection.executemany("insert into marts.dim_store values (?, ?, ?, ?)", rows)
    assert (starts(US), starts(DE)) == ("2026-10-19T12:00:00Z", "2026-10-19T06:00:00Z")
    assert store_zones.zone_of("another", US, "store").key == "Asia/Tokyo"
    # unless the hours have one of their own
    hours["schedules"] = [HOURS | {"time_zone": "Asia/Kolkata"}]
    assert starts(US) == "2026-10-19T02:30:00Z"
    with pytest.raises(InvalidParameter, match="time zone of store is not known: give time_zone"):
        store_zones.zone_of("my_shop", "ANOTHER", "store")


def test_a_table_of_local_hours_is_sent_and_read_back(world: World, tmp_path):
    store = world.stores[1]["store_id"]
    zone = ZoneInfo(world.stores[1]["time_zone"])
    today = datetime.now(zone).date()
    # the hours of the store for a year, which has both changes; they have begun in the past
    hours = {"resource_id": store, "first_date": str(today - timedelta(days=200)), "last_date": str(today + timedelta(days=360)),
             "start_time": "07:00", "end_time": "24:00", "capacity": "21", "days_of_week": "MONDAY,THURSDAY",
             "time_zone": zone.key, "start": "", "end": ""}  # fmt: skip
    # a night, as a time: a table may hold both
    start = (datetime(today.year, today.month, today.day, 3, tzinfo=zone) + timedelta(days=9)).astimezone(UTC)
    night = {"start": start.isoformat(), "end": (start + timedelta(hours=2)).isoformat()}
    day = dict.fromkeys(hours, "") | {"resource_id": store} | night
    rows = schedule_tables.read(table(tmp_path, [hours, day | {"capacity": "3"}]))
    found = schedules.differences(world.client, rows, MARKETPLACE, horizon_days=300)
    assert {row.wanted for row in found} == {21, 3, None}
    done = schedules.apply(world.client, rows, [store], requested_by="me", marketplace_id=MARKETPLACE, allow_removal=True)
    assert done[store].outcome == "accepted"
    assert schedules.differences(world.client, rows, MARKETPLACE, allow_removal=True) == []
    weekly = [(start, end) for start, end, capacity in world.scheduled(store, 350) if capacity == 21]
    local = [(start.astimezone(zone), end.astimezone(zone)) for start, end in weekly]
    assert len(local) > 90
    assert {(start.hour, end.hour) for start, end in local[1:-1]} == {(7, 0)}
    assert {start.weekday() for start, _ in local} == {0, 3}
    # in a later run of the same task, when hours of the table have passed, it is the same write
    later = datetime.now(UTC) + timedelta(days=3)
    in_utc = local_hours.in_utc(rows[store], world.client.account, MARKETPLACE, store)
    again = schedules._update(store, in_utc, MARKETPLACE, later, allow_removal=True)
    assert carry_out(world.client, again, requested_by="me") == done[store]


@pytest.mark.parametrize(
    ("column", "text", "said"),
    [
        ("end_time", "06:00", "column end_time.*later than the start time"),
        ("start_time", "", "column start_time.*08:30, but is empty"),
        ("first_date", "1.10.2026", "column first_date.*a date"),
        ("last_date", "2199-01-01", "column last_date.*2099"),
        ("time_zone", "Mars/Olympus", "column time_zone.*IANA"),
        ("days_of_week", "MO", "column days_of_week.*MONDAY"),
        ("start", "2026-10-01T08:00:00Z", "column start.*empty, because the row has first_date"),
    ],
)
def test_a_cell_of_local_hours_that_is_refused(input_folder, tmp_path, column, text, said):
    row = {"resource_id": "s", **HOURS, "capacity": "4", "days_of_week": "", "time_zone": "", "start": ""} | {column: text}
    with pytest.raises(InvalidParameter, match=f"line 2, {said}") as refused:
        schedule_tables.read(table(input_folder, [row]))
    assert len(text) < 3 or text not in str(refused.value)
