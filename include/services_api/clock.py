"""The API's clock, estimated from the `Date` headers of its responses.

Windows and observations have times, which would be wrong if they came from a machine whose clock is wrong. Therefore both use
this clock. Each response gives bounds for the difference between the API's clock and the machine's: `Date` has whole seconds,
servers update it about once a second, and the response was created between request and receipt. While the machine's clock is
within these bounds it is used without correction, because it is more precise than they are. Otherwise it is corrected by the
median of the last responses, so that a single wrong response changes nothing. Elapsed time comes from the monotonic clock,
which cannot be set.

A response with an `Age` comes from a cache and is ignored, because its `Date` is older. A proxy that writes its own `Date`
cannot be distinguished from the API, so that its date must agree with the machine's clock too.
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

# largest deviation of the machine's clock for which observations are corrected; beyond it, nothing is extracted
TOLERANCE = timedelta(seconds=120)
# number of latest responses in the median
REMEMBERED = 5
# seconds: `Date` is truncated to the second, and servers may have written it a second before the response
SLACK_BEFORE, SLACK_AFTER = 1.0, 2.0
# two times of this clock with a smaller difference count as equal, because of the slack
PRECISION = timedelta(seconds=2)


class ApiClock:
    """Estimates the API's time. Thread-safe.

    Args:
        account: Connection id, for messages.
    """

    def __init__(self, account: str = "") -> None:
        self._account = account
        self._began, self._began_at = time.monotonic(), datetime.now(UTC)
        self._correction = 0.0
        self._bounds: deque[tuple[float, float]] = deque(maxlen=REMEMBERED)
        self._lock, self.is_silence_reported = threading.Lock(), False

    @property
    def is_known(self) -> bool:
        """Whether any response had a usable date."""
        return bool(self._bounds)

    def now(self) -> datetime:
        """The API's time; the machine's time while no response has contradicted it."""
        return self.at(time.monotonic())

    def at(self, instant: float) -> datetime:
        """The API's time at `instant`, a value of `time.monotonic`."""
        return self._began_at + timedelta(seconds=instant - self._began + self._correction)

    def update(self, headers: Mapping[str, str], sent: float) -> bool:
        """Update the estimate from a response.

        Args:
            headers: Headers of the response.
            sent: When its request was sent, a value of `time.monotonic`.

        Returns:
            False if the response's date deviates from this clock by more than the tolerance. Either the response is wrong or the
            machine was suspended; another response tells which.
        """
        date = date_of(headers)
        if date is None:
            return True
        shift = (date - self._began_at).total_seconds() + self._began
        bounds = (shift - SLACK_BEFORE - time.monotonic(), shift + SLACK_AFTER - sent)
        with self._lock:
            self._bounds.append(bounds)
            corrections = [_corrected(self._correction, *limits) for limits in self._bounds]
            # of the two medians of an even number, the one closer to the machine's clock is used
            self._correction = min(median_low(corrections), median_high(corrections), key=abs)
            return bounds[0] - self._correction <= TOLERANCE.total_seconds() >= self._correction - bounds[1]

    def agrees(self) -> bool:
        """Whether the machine's clock is within the tolerance."""
        return abs(datetime.now(UTC) - self.now()) <= TOLERANCE

    def check(self) -> datetime:
        """The API's time, if the machine's clock agrees with it.

        Raises:
            ClockWrong: The machine's clock deviates by more than the tolerance.
        """
        if not self.is_known and not self.is_silence_reported:
            self.is_silence_reported = True
            log.warning("%s: no response so far has a valid Date header; the machine's clock is not checked", self._account)
        machine, api = datetime.now(UTC), self.now()
        if abs(machine - api) > TOLERANCE:
            direction = "ahead" if machine > api else "behind"
            raise ClockWrong(
                f"this machine's clock shows {_text(machine)}, the API's clock {_text(api)}: it is "
                f"{abs(machine - api).total_seconds():.0f} seconds {direction}, more than the {TOLERANCE.total_seconds():.0f} "
                "seconds allowed. Nothing is read, because windows and observations would get wrong times.",
                account=self._account,
            )  # fmt: skip
        return api


def _corrected(correction: float, least: float, most: float) -> float:
    """The correction within the bounds of one response: unchanged if it is within them, else their center."""
    return correction if least <= correction <= most else (least + most) / 2


def date_of(headers: Mapping[str, str]) -> datetime | None:
    """The `Date` of a response; None if it is missing, invalid or implausible, or if the response came from a cache."""
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
