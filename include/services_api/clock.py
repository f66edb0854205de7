"""The API's own clock, as the `Date` header of its answers tells it, beside the clock of this machine.

A window is complete up to a time, and an observation has one. A machine whose clock is wrong would get both wrong, so neither
goes by that clock alone. Each answer bounds how far the API's clock is from the machine's: `Date` has whole seconds, servers
renew it about once a second, and the answer was made at some instant between request and receipt. As long as the answers do not
contradict the machine's clock it is used as it is, since it is finer than they are; else it is corrected, by what most of the
last answers agree with. One wrong answer moves nothing. Time passes by the monotonic clock, which nobody sets.

An answer with an `Age` comes from a cache, and its `Date` is that of another moment: it is left out. A proxy that writes a
`Date` of its own cannot be told from the API; what it says then has to agree with the machine's clock too.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from statistics import median_high, median_low

from include.services_api.errors import ClockWrong

log = logging.getLogger(__name__)

# how far the machine's clock may be from the API's: within it observations are corrected, beyond it nothing is extracted
TOLERANCE = timedelta(seconds=120)
# how many of the newest answers count
REMEMBERED = 5
# a `Date` is cut to the second, and may have been written a second before the answer
SLACK_BEFORE, SLACK_AFTER = 1.0, 2.0
# what the tolerance and the slack leave unsaid: two times of one clock that are this near count as equal
PRECISION = timedelta(seconds=2)


class ApiClock:
    """Thread-safe. `hear` takes every answer in, `now` is the time by the API's clock."""

    def __init__(self, account: str = "") -> None:
        self._account = account
        self._began, self._began_at = time.monotonic(), datetime.now(UTC)
        self._correction = 0.0
        self._bounds: deque[tuple[float, float]] = deque(maxlen=REMEMBERED)
        self._lock, self.is_silence_reported = threading.Lock(), False

    @property
    def is_known(self) -> bool:
        """Whether any answer has said what time it is."""
        return bool(self._bounds)

    def now(self) -> datetime:
        """The time by the API's clock; by the machine's as long as no answer has contradicted it."""
        return self.at(time.monotonic())

    def at(self, instant: float) -> datetime:
        """The same of an instant of `time.monotonic`."""
        return self._began_at + timedelta(seconds=instant - self._began + self._correction)

    def hear(self, headers: Mapping[str, str], sent: float) -> bool:
        """Take in an answer to a request that was sent at `sent`, an instant of `time.monotonic`.

        Returns:
            False where the answer's date and this clock are further apart than the tolerance: the answer is not to be
            believed, or the machine was asleep. Asking again tells which.
        """
        date = date_of(headers)
        if date is None:
            return True
        shift = (date - self._began_at).total_seconds() + self._began
        bounds = (shift - SLACK_BEFORE - time.monotonic(), shift + SLACK_AFTER - sent)
        with self._lock:
            self._bounds.append(bounds)
            found = [_corrected(self._correction, *one) for one in self._bounds]
            # of an even number either may be the wrong answer: the one that trusts the machine's clock more is taken
            self._correction = min(median_low(found), median_high(found), key=abs)
            return bounds[0] - self._correction <= TOLERANCE.total_seconds() >= self._correction - bounds[1]

    def agrees(self) -> bool:
        """Whether this clock and the machine's are within the tolerance of each other."""
        return abs(datetime.now(UTC) - self.now()) <= TOLERANCE

    def check(self) -> datetime:
        """The time by the API's clock, for decisions that must not rest on a wrong one.

        Raises:
            ClockWrong: the machine's clock is further from it than the tolerance.
        """
        if not self.is_known and not self.is_silence_reported:
            self.is_silence_reported = True
            log.warning("%s: no answer so far has a readable Date header; the machine's clock is used unchecked", self._account)
        machine, api = datetime.now(UTC), self.now()
        if abs(machine - api) > TOLERANCE:
            direction = "ahead" if machine > api else "behind"
            raise ClockWrong(
                f"this machine's clock says {_text(machine)}, the API's says {_text(api)}: it is "
                f"{abs(machine - api).total_seconds():.0f} seconds {direction}, more than the {TOLERANCE.total_seconds():.0f} "
                "that are tolerated. Nothing is read, because windows and observations would get wrong times.",
                account=self._account,
            )  # fmt: skip
        return api


def _corrected(correction: float, least: float, most: float) -> float:
    """What one answer makes of the correction: nothing as long as it does not contradict it."""
    return correction if least <= correction <= most else (least + most) / 2


def date_of(headers: Mapping[str, str]) -> datetime | None:
    """The `Date` of an answer; None where there is none, or it cannot be read or be true, or the answer came from a cache."""
    if headers.get("Age", "0").strip() != "0":
        return None
    try:
        date = parsedate_to_datetime(headers.get("Date") or "")
        date = (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)
        return date if 2020 <= date.year < 2100 else None
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _text(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
