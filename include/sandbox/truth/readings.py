"""What a reader who calls the API at certain moments can know: of several changes between two readings, only the last."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypeVar

from include.sandbox.api.call import Service
from include.sandbox.truth.availability import Availability, read
from include.sandbox.truth.frame import Row, seconds
from include.sandbox.truth.observed import Flaws, observed_payload
from include.sandbox.world.times import DAY, HOUR

HORIZON_DAYS = 14

K = TypeVar("K")
V = TypeVar("V")


class Window(NamedTuple):
    """The range of a listing in seconds, both ends included. `filter`: `updated` or `created`."""

    mode: str
    filter: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader got at a `moment` of the world.

    Attributes:
        moment: Seconds by the world's clock.
        received: Seconds by this machine's clock, from which answers have their time.
        payloads: All jobs.
        updated: The last-update time of every job.
        windows: The windows of the listings; a job comes through the first that has it.
        availability: Slots and capacity, if they were read.
    """

    moment: int
    received: int
    payloads: dict[str, Row]
    updated: dict[str, int] = field(default_factory=dict)
    windows: tuple[Window, ...] = ()
    availability: Availability = field(default_factory=Availability)

    def is_live(self, job_id: str) -> bool:
        """Return whether a scheduled window of changes brought a job."""
        window = self.window(job_id)
        return window is not None and window.mode == "scheduled"

    def window(self, job_id: str) -> Window | None:
        """Return the window of changes through which a job came, None if it came otherwise."""
        times = {"updated": self.updated[job_id], "created": seconds(self.payloads[job_id].get("createTime"))}
        for window in self.windows:
            listed_at = times[window.filter]
            if listed_at is not None and window.start <= listed_at <= window.end:
                return window if window.filter == "updated" else None
        return None


@dataclass(slots=True)
class Reader:
    """A reader of the API and the readings that it noted. `flaws`: see `observed_payload`."""

    service: Service
    flaws: Flaws
    readings: list[Reading] = field(default_factory=list)

    def note(
        self,
        availability: bool = False,
        windows: Iterable[Window] = (),
        received: int | None = None,
        horizon_days: int = HORIZON_DAYS,
        ranges: bool = False,
    ) -> None:
        """Read all jobs now.

        Args:
            availability: Also read the future of the stores, services and waiting jobs in the previous reading.
            windows: The windows of the listings.
            received: Seconds by the reader's clock (default: this machine's).
            horizon_days: How much of the future is read.
            ranges: Whether capacity is read in ranges too.
        """
        reading = self._read_jobs(tuple(windows), int(time.time()) if received is None else received)
        if availability:
            previous = self.readings[-1] if self.readings else reading
            first = reading.moment // HOUR * HOUR
            found = read(self.service, previous.payloads.values(), first, first + horizon_days * DAY, ranges=ranges)
            reading = replace(reading, availability=found)
        self.readings.append(reading)

    def present(self, first: int, last: int) -> Reading:
        """Read all jobs now, and the availability of [`first`, `last`)."""
        reading = self._read_jobs((), int(time.time()))
        return replace(reading, availability=read(self.service, reading.payloads.values(), first, last, ranges=False))

    def _read_jobs(self, windows: tuple[Window, ...], received: int) -> Reading:
        now = self.service.world.now()
        jobs = list(self.service.world.jobs())
        payloads = {job.job_id: observed_payload(job, now, self.flaws) for job in jobs}
        return Reading(now, received, payloads, {job.job_id: job.updated(now) for job in jobs}, windows)


def versions(readings: list[Reading], values: Callable[[Reading], dict[K, V]]) -> dict[K, list[tuple[Reading, V | None]]]:
    """Return the distinct consecutive values of each key, with the readings that brought them; None once a key is gone."""
    histories: dict[K, list[tuple[Reading, V | None]]] = {}
    for reading in readings:
        current = values(reading)
        for key in histories.keys() | current.keys():
            history = histories.setdefault(key, [])
            if not history or history[-1][1] != current.get(key):
                history.append((reading, current.get(key)))
    return histories
