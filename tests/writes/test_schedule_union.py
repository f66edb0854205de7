"""`updateSchedule` replaces all that is scheduled; what new times do not name stays, or is removed if that is allowed."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from include.services_api.errors import InvalidParameter
from include.warehouse import paths
from include.writes import UpdateSchedule, carry_out, local_hours, schedule_tables, schedules, standing
from include.writes.calendars import occurrences
from tests.writes.test_flows import table
from tests.writes.world import MARKETPLACE, World

DAY = (datetime.now(UTC) + timedelta(days=10)).replace(hour=0, minute=0, second=0, microsecond=0)
HOUR = timedelta(hours=1)


def time(first: float, last: float, capacity: int) -> dict:
    return {"start": (DAY + first * HOUR).isoformat(), "end": (DAY + last * HOUR).isoformat(), "capacity": capacity}


def update(*times: dict, store: str, **fields) -> UpdateSchedule:
    return UpdateSchedule(resource_id=store, schedules=times, marketplace_id=MARKETPLACE, **fields)


def without(pieces: list, first: float, last: float) -> list:
    return standing.outside(pieces, [(DAY + first * HOUR, DAY + last * HOUR, None)])


def minutes(pieces: list) -> list[tuple[datetime, int]]:
    """The capacity of each minute that has any, however it is divided into pieces; without the hours that pass meanwhile."""
    from_then = [piece for piece in pieces if piece[1] > DAY - 72 * HOUR]
    return sorted(
        (start + step * timedelta(minutes=1), capacity)
        for start, end, capacity in from_then
        for step in range(round((end - start) / timedelta(minutes=1)))
        if DAY - 72 * HOUR <= start + step * timedelta(minutes=1) < DAY + 20 * 24 * HOUR
    )


@pytest.fixture(params=[1, 4])
def store(world: World, request) -> str:
    """Of the stores one with opening hours and one that is open around the clock."""
    return world.stores[request.param]["store_id"]


def test_what_is_not_named_stays(world, store):
    before = world.scheduled(store)
    assert before
    world.api.reset()
    done = carry_out(world.client, update(time(20, 22.5, 77), store=store), requested_by="me")
    (sent,) = world.api.log(operation="updateSchedule")
    assert (done.outcome, sent["verdict"]) == ("accepted", "answered")
    expected = minutes([*without(before, 20, 22.5), (DAY + 20 * HOUR, DAY + 22.5 * HOUR, 77)])
    assert minutes(world.scheduled(store)) == expected
    # once more, over what was sent: the same, and each warning once
    again = carry_out(world.client, update(time(20, 22.5, 77), store=store), requested_by="another")
    assert minutes(world.scheduled(store)) == expected
    assert [warning["code"] for warning in again.warnings] == ["ScheduleOverride"]


def test_a_year_takes_few_records(world):
    store = world.stores[2]["store_id"]
    write = update(time(20, 22, 5), store=store)
    (before,) = [write.prepare(world.client)]
    assert 5 < len(before["kept"]) < 60
    days = {start.date() for start, _, _ in world.scheduled(store, days=360)}
    kept = {start.date() for one in local_hours.schedules("kept", before["kept"]) for start, _, _ in occurrences(one)}
    assert days - {DAY.date()} <= kept and len(days) > 250


def test_removal_has_to_be_allowed_and_is_journaled(world, caplog):
    store = world.stores[3]["store_id"]
    before = world.scheduled(store)
    first = before[0]
    world.api.reset()
    done = carry_out(world.client, update(time(20, 22, 7), store=store, allow_removal="true"), requested_by="me")
    assert done.outcome == "accepted"
    assert world.scheduled(store) == [(DAY + 20 * HOUR, DAY + 22 * HOUR, 7)]
    assert "these scheduled times are removed" in caplog.text and "more" in caplog.text
    (file,) = paths.writes_dir().glob("*.json")
    removed = json.loads(file.read_text())["before"]["removed"]
    # what was there can be sent again from the journal
    carry_out(world.client, update(*removed, store=store), requested_by="me")
    after = world.scheduled(store)
    assert (after[0][1], after[0][2]) == first[1:]
    assert minutes(after) == minutes([*without(before, 20, 22), (DAY + 20 * HOUR, DAY + 22 * HOUR, 7)])


def test_a_rest_that_is_too_short_to_send_again_is_refused(world):
    store = world.ample_store
    world.api.reset()
    write = update(time(20, 21, 7), time(21 + 4 / 60, 22, 7), store=store)
    with pytest.raises(
        InvalidParameter, match=r"would be lost: .*T21:00:00Z to .*T21:04:00Z \(50\)\. .*set allow_removal"
    ) as refused:
        carry_out(world.client, write, requested_by="me")
    assert refused.value.operation == "updateSchedule"
    assert world.api.log(operation="updateSchedule") == [] and not list(paths.writes_dir().glob("*.json"))


def test_a_table_that_names_a_part_removes_nothing_unless_it_may(world, tmp_path):
    store = world.stores[2]["store_id"]
    before = world.scheduled(store)
    row = {"resource_id": store, **time(20, 22, 9)}
    rows = schedule_tables.read(table(tmp_path, [row]))
    told = schedules.report("a", schedules.differences(world.client, rows, MARKETPLACE))
    assert told["differences"] > 0 and told["not_in_the_table"] > 10
    schedules.apply(world.client, rows, told["resources"], requested_by="a", marketplace_id=MARKETPLACE)
    assert minutes(world.scheduled(store)) == minutes([*without(before, 20, 22), (DAY + 20 * HOUR, DAY + 22 * HOUR, 9)])
    # a table that may remove shows what, further ahead than the horizon
    found = schedules.differences(world.client, rows, MARKETPLACE, allow_removal=True)
    assert {row.effect for row in found} == {"removed"} and len(found) > 250
    told = schedules.report("b", found)
    assert (told["differences"], told["not_in_the_table"], told["resources"]) == (len(found), 0, [store])
    schedules.apply(world.client, rows, [store], requested_by="b", marketplace_id=MARKETPLACE, allow_removal=True)
    assert world.scheduled(store) == [(DAY + 20 * HOUR, DAY + 22 * HOUR, 9)]
    assert schedules.differences(world.client, rows, MARKETPLACE, allow_removal=True) == []


def test_a_removal_is_another_write_than_a_union(world):
    account = world.client.account
    kept, removed = (update(time(1, 2, 3), store="s", allow_removal=flag) for flag in (False, True))
    assert kept.identity(account) != removed.identity(account)
    assert kept.identity(account)[3] == {"schedules": [one.body() for one in kept.schedules]}


def piece(day: int, hour: float, length: float, capacity: int) -> standing.Piece:
    start = datetime(2026, 12, 7, tzinfo=UTC) + timedelta(days=day, hours=hour)
    return start, start + timedelta(hours=length), capacity


def test_pieces_become_weekly_recurrences_and_come_back():
    pieces = [piece(7 * week + day, 8, 10, 4) for week in range(5) for day in (0, 2)]
    # a gap of a week, another capacity, a night, a time longer than a day, one alone
    pieces += [piece(7 * 6, 8, 10, 4), piece(1, 8, 10, 3), piece(4, 22, 8, 2), piece(11, 22, 8, 2), piece(40, 0, 60, 9)]
    written = standing.recurring(pieces)
    assert len(written) == 6
    assert sorted(time for one in written for time in occurrences(one)) == sorted(pieces)


def test_what_times_do_not_cover():
    pieces = [piece(0, 8, 10, 4), piece(1, 0, 48, 5), piece(9, 0, 1, 1)]
    covered = [piece(0, 0, 9, 0), piece(0, 8.5, 1, 0), piece(0, 12, 1, 0), piece(1, 12, 6, 0), piece(2, 12, 99, 0)]
    assert standing.outside(pieces, covered) == [
        piece(0, 9.5, 2.5, 4), piece(0, 13, 5, 4), piece(1, 0, 12, 5), piece(1, 18, 18, 5), piece(9, 0, 1, 1),
    ]  # fmt: skip
