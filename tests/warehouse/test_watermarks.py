"""The clocks of jobs, derived from the windows alone: what was read without a gap, by the schedule and with backfills."""

import random
from datetime import UTC, datetime, timedelta

import duckdb
import pytest

from include.warehouse import schema

MIDNIGHT = datetime(2026, 10, 1, tzinfo=UTC)


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        schema.ensure(connection)
        yield connection


def hour(number: float) -> datetime:
    return MIDNIGHT + timedelta(hours=number)


def window(connection, start, end, status="complete", mode="scheduled", entity="jobs"):
    connection.execute(
        "insert into ops.extract_windows (account, marketplace_id, entity, mode, filter, window_start, window_end, status) "
        "values ('seller', 'US', ?, ?, 'updated', ?, ?, ?)",
        [entity, mode, hour(start), hour(end), status],
    )


def watermark(connection, entity="jobs"):
    found = connection.execute("select watermark from ops.watermarks where entity = ?", [entity]).fetchall()
    return (found[0][0] - MIDNIGHT) / timedelta(hours=1) if found else None


def test_windows_that_touch_move_it(connection):
    assert watermark(connection) is None
    for start in range(4):
        window(connection, start - 0.1, start + 1)
    assert watermark(connection) == 4


@pytest.mark.parametrize("status", ["failed", "running"])
def test_a_window_that_is_not_done_holds_it(connection, status):
    window(connection, 0, 1)
    window(connection, 1, 2, status)
    window(connection, 2, 3)
    assert watermark(connection) == 1
    window(connection, 1, 2)
    assert watermark(connection) == 3


def test_a_backfill_never_moves_it(connection):
    window(connection, 0, 1)
    window(connection, 1, 2, "failed")
    window(connection, 0, 9, mode="backfill")
    assert watermark(connection) == 1


@pytest.mark.parametrize(
    "windows, as_of",
    [
        pytest.param([(0, 1), (1, 2)], 2, id="windows that touch"),
        pytest.param([(0, 1), (1, 2, "failed"), (2, 3)], 1, id="held back"),
        pytest.param(
            [(1, 2, "failed"), (0.5, 1.5, "complete", "backfill"), (1.25, 2.25, "complete", "backfill")], 2.25, id="filled"
        ),
        pytest.param([(24, 25), (0, 24, "failed", "backfill")], 25, id="a backfill failed"),
        pytest.param([(24, 25), (0, 5, "complete", "backfill")], 25, id="an older backfill"),
        pytest.param([(0, 1, "failed")], None, id="never complete"),
    ],
)
def test_backfills_count_for_as_of(connection, windows, as_of):
    for arguments in windows:
        window(connection, *arguments)
    found = connection.execute("select as_of from ops.job_clocks").fetchall()
    assert found == ([] if as_of is None else [(hour(as_of),)])


def test_a_window_that_was_cut_in_two_is_done_when_both_are(connection):
    window(connection, 0, 1)
    window(connection, 1, 2, "failed")
    window(connection, 1, 1.5)
    assert watermark(connection) == 1
    window(connection, 1.5, 2)
    assert watermark(connection) == 2


def test_a_snapshot_counts_by_its_start(connection):
    window(connection, 5, 5 + 14 * 24, entity="appointment_slots")
    window(connection, 6, 6 + 14 * 24, "failed", entity="appointment_slots")
    assert watermark(connection, "appointment_slots") == 5


def began(connection, start, at, **about):
    """A window to somewhere, begun at an hour: nothing after that can have been read."""
    window(connection, start, **about)
    connection.execute("update ops.extract_windows set started_at = ? where window_start = ?", [hour(at), hour(start)])


def test_a_window_says_nothing_of_a_time_after_it_was_begun(connection):
    """As those do that were asked to end in 2030, and those of a clock that was ahead."""
    window(connection, 0, 1)
    began(connection, 0.9, at=2, end=9_000)
    assert watermark(connection) == 2
    began(connection, 8_000, at=3, end=9_000)
    began(connection, 8_001, at=3, end=9_000, status="failed")
    assert watermark(connection) == 2
    began(connection, 1.9, at=3, end=9_000, status="failed")
    assert watermark(connection) == 1.9
    window(connection, 1.8, 4)
    assert watermark(connection) == 4


def test_a_snapshot_of_the_future_says_nothing(connection):
    began(connection, 5, at=5.5, end=5 + 14 * 24, entity="resource_capacity")
    began(connection, 700, at=6, end=800, entity="resource_capacity")
    assert watermark(connection, "resource_capacity") == 5


def test_at_random_it_is_the_first_minute_that_nobody_read(connection):
    """Against the definition, minute by minute."""
    generator = random.Random(4)
    for _ in range(150):
        connection.execute("delete from ops.extract_windows")
        windows = []
        for _ in range(generator.randint(1, 8)):
            start = generator.randint(0, 10)
            windows.append((start, start + generator.randint(1, 4), generator.random() < 0.7))
        for start, end, is_done in windows:
            window(connection, start, end, "complete" if is_done else "failed")
        read = {part for start, end, is_done in windows if is_done for part in range(start, end)}
        if not read:
            assert watermark(connection) is None
            continue
        not_covered = [start for start, end, _ in windows if not set(range(start, end)) <= read]
        assert watermark(connection) == min([max(read) + 1, *not_covered])
