"""Twenty weeks of a company whose technicians upload proofs late: what moves after a week is called settled."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from include.dashboard import settled
from include.dashboard.context import QueryContext, rate, today
from include.dashboard.filters import Filters
from include.dashboard.tiles import answer
from include.extract import runs
from include.services_api import ServicesClient
from include.warehouse import database, measures, paths, samples
from tests.end_to_end import hours
from tests.end_to_end.hourly import backfill
from tests.local_api import LocalApi, local_api

BEGIN = datetime(2026, 6, 1, 8, 58, tzinfo=UTC)
OPTIONS = (
    "--seed", "4", "--days", "8", "--now", BEGIN.isoformat(), "--frozen", "--limits", "real", "--marketplaces", "US",
    "--jobs-per-day", "60", "--stores", "4",
)  # fmt: skip
WEEKS, ALLOWED = 20, 0.05
# without waiting for the rate budget: the local API announces that it allows much more than Amazon
READS = (
    "getServiceJobs", "getServiceJobByServiceJobId", "getAppointmentSlots", "getAppointmmentSlotsByJobId", "getFixedSlotCapacity",
)  # fmt: skip
RATE = 500
# version 1 mailed the scorecard of a week then, an hour after the reading that ended at six
VERSION_1_HOUR = timedelta(hours=5, minutes=58)
VERSION_1 = Path(__file__).with_name("version_1.sql").read_text()

Figures = dict[tuple[str, str], float]


@pytest.mark.soak
@pytest.mark.timeout(3 * 3600)
def test_settled_weeks_stay_as_they_are(warehouse, monkeypatch, capsys):
    monkeypatch.setenv("SERVICES_BACKFILL_WINDOW_HOURS", "240")
    mailed: dict[date, Figures] = {}
    at_first: dict[date, Figures] = {}
    with local_api(*OPTIONS) as api, ServicesClient(api.account()) as client:
        for operation in READS:
            api.control("PUT", "limits", {"account": "*", "operation": operation, "rate": RATE, "burst": RATE})
        backfill(api, BEGIN)
        for moment in moments(WEEKS + 3):
            read(api, client, moment)
            # the Monday of version 1's scorecard, and the Wednesday after which version 2 calls the week before settled
            if moment.weekday() == 0 and moment.hour < BEGIN.hour:
                hours.build_and_publish(f"build-{moment:%Y%m%dT%H}")
                week = moment.date() - timedelta(days=7)
                at_first[week] = version_1(week)
            if moment.weekday() == 2:
                hours.build_and_publish(f"build-{moment:%Y%m%dT%H}")
                week = settled.newest_of_all().start
                assert week == moment.date() - timedelta(days=9)
                mailed[week] = figures(week)
    weeks = sorted(mailed.keys() & at_first.keys())[:WEEKS]
    assert len(weeks) == WEEKS
    now = {week: largest_change(mailed[week], figures(week)) for week in weeks}
    before = {week: largest_change(at_first[week], version_1(week)) for week in weeks}
    with capsys.disabled():
        print("\n| week | largest change after it is settled | figure | by version 1's rules | figure |\n|---|---|---|---|---|")
        for week in weeks:
            (change, name), (earlier, earlier_name) = now[week], before[week]
            print(f"| {week:%G-W%V} | {100 * change:.1f} points | {name} | {100 * earlier:.1f} points | {earlier_name} |")
        print(f"{sum(map(len, mailed.values()))} figures")
    assert max(now.values())[0] <= ALLOWED
    # what the world does is what version 1 was wrong about
    assert min(before.values())[0] > ALLOWED


def moments(weeks: int) -> Iterator[datetime]:
    """Each day at one hour, and Mondays also before version 1's scorecard."""
    for number in range(1, 7 * weeks + 1):
        day = BEGIN + timedelta(days=number)
        if day.weekday() == 0:
            yield datetime.combine(day, datetime.min.time(), UTC) + VERSION_1_HOUR
        yield day


def read(api: LocalApi, client: ServicesClient, moment: datetime) -> None:
    """Read what changed since the last moment, and the capacity ahead."""
    end, run_id = moment + hours.LAG, f"read-{moment:%Y%m%dT%H}"
    start = datetime.fromisoformat(api.control("GET", "clock")["now"]) + hours.LAG
    api.control("POST", "clock", {"now": moment.isoformat()})
    runs.scheduled_jobs(client, start, end, run_id)
    runs.scheduled_availability(client, end, run_id)


def figures(week: date) -> Figures:
    """The rates that the page and the scorecard show of a week: in all, and of days, stores and technicians with enough."""
    chosen = Filters(start=week, end=week + timedelta(days=6))
    judged = Filters(start=chosen.end - timedelta(days=samples.verdict_days() - 1), end=chosen.end)
    found = {("all", tile["key"]): tile["value"] for tile in answer("headline", chosen)["tiles"] if tile["kind"] == "rate"}
    parts = [("service_date", answer("trend", chosen)["days"])]
    parts += [("store_id", answer("stores", of)["stores"]) for of in (chosen, judged)]
    parts += [("technician_id", answer("technicians", of)["technicians"]) for of in (chosen, judged)]
    for place, (key, rows) in enumerate(parts):
        for row in rows:
            for name in RATES:
                defined = measures.rates()[name]
                if (row.get(defined.whole) or 0) >= samples.enough_scored():
                    found[f"{row[key]} ({place})", name] = rate(row[defined.part], row[defined.whole])
    return found


RATES = (
    "on_time_rate", "proof_coverage", "verified_on_time_rate", "missed_rate", "no_show_rate", "window_completion_rate",
)  # fmt: skip


def version_1(week: date) -> Figures:
    """The rates of a week by version 1's rules, of all stores and of each with enough appointments."""
    with database.connect(paths.published_database(), read_only=True) as connection:
        context = QueryContext(connection, Filters(start=week, end=week + timedelta(days=6)), today(connection))
        return {
            (row["name"], name): value
            for row in context.rows(VERSION_1) if row["scored"] >= samples.enough_scored()
            for name, value in row.items() if name.endswith("_rate")
        }  # fmt: skip


def largest_change(then: Figures, now: Figures) -> tuple[float, str]:
    """The largest change of a figure that was shown then and is shown now, and whose it is."""
    changes = {key: abs(now[key] - value) for key, value in then.items() if value is not None and now.get(key) is not None}
    key = max(changes, key=changes.__getitem__)
    return changes[key], " ".join(key)
