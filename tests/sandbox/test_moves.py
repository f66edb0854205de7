"""What a reader can know of a move, worked out by hand: whether it came after the window, and whose it was."""

from __future__ import annotations

from typing import Any

import pytest

from include.sandbox.api.call import Reason
from include.sandbox.truth.appointments import fct_appointments
from include.sandbox.truth.frame import Frame
from include.sandbox.truth.jobs import fct_service_job
from include.sandbox.truth.moves import Cancellation, Move, cancellation, covered_ranges, moves
from include.sandbox.truth.readings import Reading, Window
from include.sandbox.world.times import HOUR, from_iso, to_iso
from tests.sandbox.test_truth import appointment, job

DAY = from_iso("2026-11-02T00:00:00Z")
# the appointment lasts from 18:00 to 19:00
BOOKED = job(appointment())
MOVED = job(appointment("CANCELLED", rescheduledAppointmentId="A2"))
CANCELLED = job(appointment(), serviceJobStatus="CANCELLED")


def read(payload: dict, hour: float, mode: str = "scheduled", by: str = "updated", received: float | None = None) -> Reading:
    """Read a job by a window of one hour that ends at this hour of the day, in which it was updated."""
    end = int(DAY + hour * HOUR)
    seconds = end if received is None else int(DAY + received * HOUR)
    created = {"createTime": to_iso(end - 60)}
    return Reading(end, seconds, {"J1": payload | created}, {"J1": end - 60}, (Window(mode, by, end - HOUR, end),))


def move_of(*versions: Reading, between: tuple[Reading, ...] = (), reasons: dict[str, Reason] | None = None) -> Move:
    history: list[Any] = [(each, each.payloads["J1"]) for each in versions]
    return moves(history, covered_ranges([*versions, *between]), reasons or {})["A1"]


HOURS = tuple(read(BOOKED, hour) for hour in range(13, 30))
LATE = 99.0


@pytest.mark.parametrize(
    ("versions", "is_after"),
    [
        ((read(BOOKED, 12), read(MOVED, 20, received=LATE)), True),
        ((read(BOOKED, 12), read(CANCELLED, 20, received=LATE)), True),
        # the window began before the appointment ended
        ((read(BOOKED, 12), read(MOVED, 19.5, received=LATE)), None),
        # the window ended before that
        ((read(BOOKED, 12), read(MOVED, 19, received=LATE)), False),
        # it was received before that, however it was read
        ((read(BOOKED, 12), read(MOVED, 20, "backfill", "created", received=18)), False),
        # backfills of changes count as well, those of creations do not
        ((read(BOOKED, 12, "backfill"), read(MOVED, 20, "backfill", received=LATE)), True),
        ((read(BOOKED, 12, "backfill", "created"), read(MOVED, 20, received=LATE)), None),
        ((read(BOOKED, 12), read(MOVED, 20, "backfill", "created", received=LATE)), None),
        # nobody saw it before
        ((read(MOVED, 20, received=LATE),), None),
        ((read(job(), 12), read(MOVED, 20, received=LATE)), None),
    ],
)
def test_when_it_was_moved(versions: tuple[Reading, ...], is_after: bool | None) -> None:
    assert move_of(*versions, between=HOURS) == Move(is_after, "unknown")


def test_behind_a_gap_nobody_knows() -> None:
    without = tuple(each for each in HOURS if each.moment != DAY + 15 * HOUR)
    assert move_of(read(BOOKED, 12), read(MOVED, 20, received=LATE), between=without).is_after_window is None


def test_whose_it_was() -> None:
    versions = read(BOOKED, 12), read(MOVED, 20)
    ours = {"A1": Reason("reschedule", "RS1", DAY + 19 * HOUR)}
    assert move_of(*versions, between=HOURS, reasons=ours) == Move(True, "customer")
    assert move_of(*versions, between=HOURS, reasons={"J1": Reason("cancel", "S1", DAY)}) == Move(True, "unknown")
    gone = read(BOOKED, 12), read(CANCELLED, 20)
    assert move_of(*gone, between=HOURS, reasons={"J1": Reason("cancel", "S5", DAY)}) == Move(True, "provider")
    assert move_of(*gone, between=HOURS, reasons={"J1": Reason("cancel", "S999", DAY)}) == Move(True, "other")
    # it was seen cancelled before the write
    assert move_of(*gone, between=HOURS, reasons={"J1": Reason("cancel", "S5", DAY + 21 * HOUR)}) == Move(True, "unknown")


def test_a_move_after_the_window_breaks_the_promise() -> None:
    frame = Frame("a", int(DAY + 30 * HOUR))
    for party, expected in (("unknown", (True, False, "missed_then_moved")), ("customer", (True, None, None))):
        (row,) = fct_appointments(MOVED, frame, {"A1": Move(True, party)})
        assert (row["is_missed"], row["is_on_time_arrival"], row["fulfillment_break"]) == expected
        assert row["lateness_band"] == expected[2]
    (row,) = fct_appointments(MOVED, frame, {"A1": Move(False, "unknown")})
    assert (row["is_missed"], row["is_on_time_arrival"], row["fulfillment_break"]) == (False, None, None)


@pytest.mark.parametrize(
    ("mode", "by", "day"), [("scheduled", "updated", "2026-11-05"), ("backfill", "updated", None), ("scheduled", "created", None)]
)
def test_a_job_is_cancelled_on_a_day_that_is_known(mode: str, by: str, day: str | None) -> None:
    versions: Any = [(each, each.payloads["J1"]) for each in (read(BOOKED, 12), read(CANCELLED, 20, mode, by, received=83))]
    known = cancellation(versions, {})
    assert known == Cancellation(int(DAY + 83 * HOUR) if day else None, "unknown")
    row = fct_service_job(CANCELLED, [], Frame("a", int(DAY + 30 * HOUR)), known)
    assert (str(row["cancelled_date"]) if row["cancelled_date"] else None, row["responsible_party"]) == (day, "unknown")
