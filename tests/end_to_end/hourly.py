"""Drives hours of a schedule against a local world, and holds what they published against the truth."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

from include.extract import runs
from include.extract.backfill import Backfill
from include.services_api import ServicesClient
from include.warehouse import paths
from tests.end_to_end import hours
from tests.end_to_end.flaws import FLAWS
from tests.end_to_end.test_kills import FAULTS
from tests.end_to_end.truth import Reading, backfilled, differences
from tests.local_api import LocalApi

# within a month of it, the clocks of the United States go back
BEGIN = datetime(2026, 10, 12, 18, 58, tzinfo=UTC)
OPTIONS = (
    "--seed", "4", "--days", "8", "--now", BEGIN.isoformat(), "--frozen", "--limits", "off", "--marketplaces", "US",
    "--jobs-per-day", "20", "--stores", "4",
)  # fmt: skip
_FLAWED = {flaw["kind"] for flaw in FLAWS} - {"string_duration"}
# faults of the connection alone: what arrives is right
DISTURBANCES = [fault for fault in FAULTS if fault["kind"] not in _FLAWED]


def backfill(api: LocalApi, end: datetime = BEGIN, days: int = 9) -> Reading:
    """Read and publish the days before a moment, at which the local API's clock stands."""
    began, start = datetime.now(UTC), end - timedelta(days=days)
    with ServicesClient(api.account()) as client:
        params = {"start": start.isoformat(), "end": end.isoformat()}
        runs.backfill(client, Backfill.from_params(params), end + hours.LAG, f"backfill {end}")
    api.control("POST", "reading", {"availability": False, "windows": past_windows(end, days)})
    ended = datetime.now(UTC)
    hours.build_and_publish("backfill")
    return Reading(api.control("GET", "clock")["now"], began, ended)


def past_windows(end: datetime, days: int = 9) -> list[list[str]]:
    """The windows of `backfill`."""
    return backfilled(end - timedelta(days=days), end, end + hours.LAG)


def disturb(api: LocalApi) -> None:
    """From now on answers are wrong in every way, and connections fail."""
    api.control("POST", "faults", FLAWS + DISTURBANCES)


def start(api: LocalApi, first: datetime, count: int = 1, environment: dict[str, str] | None = None) -> subprocess.Popen:
    """Start hours in a process of their own; each moves the clock of the local API to its moment."""
    command = [sys.executable, "-m", "tests.end_to_end.hours", api.url, first.isoformat(), str(count), "--move"]
    return subprocess.Popen(
        command, cwd=paths.PROJECT_DIR, env=os.environ | (environment or {}), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip


def finish(process: subprocess.Popen) -> list[tuple[Reading, float]]:
    """Wait for hours that should succeed; returns each one's reading, and its seconds of processor."""
    output, error = process.communicate()
    assert process.returncode == 0, error[-5_000:]
    lines = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    return [
        (Reading(moment, datetime.fromisoformat(began), datetime.fromisoformat(ended)), hour["processor_seconds"])
        for hour in lines
        for moment, began, ended in [hour["reading"]]
    ]


def check(api: LocalApi, as_of: datetime, readings: list[Reading] | None = None) -> None:
    """Compare every published mart with the truth at a moment; without `readings`, not when something was observed."""
    found = differences(paths.published_database(), api.truth(as_of=as_of.isoformat()), readings)
    assert not found, "\n".join(found)
