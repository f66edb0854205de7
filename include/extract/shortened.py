"""Remembers scheduled windows that ended before their data interval did, so that the next window begins where they ended.

A scheduler whose clock is ahead, or a manual run with a future `end`, requests a range that is not over by the API's clock. The
part that is over is read, and a file per account and marketplace holds the rest: the next run begins there.
"""

import hashlib
import json
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from include.warehouse import paths
from include.warehouse.disk import write_json
from include.warehouse.loading.windows import Window

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Rest:
    """The range of an account and marketplace that scheduled runs requested and could not read yet."""

    start: datetime
    end: datetime


class Shortened:
    """The bookmark of a scheduled run, for `packaging.pack_windows`.

    Args:
        end: Where windows end that are not shortened.
    """

    def __init__(self, end: datetime) -> None:
        self._end = end

    def __contains__(self, window: Window) -> bool:
        return False

    def add(self, window: Window) -> None:
        """Note that a window was read, and write the rest that is still to be read."""
        rest = rest_of(window.account, window.marketplace_id)
        rests = []
        if rest and not window.start <= rest.start <= window.end:
            rests.append(rest)
        elif rest and window.end < rest.end:
            rests.append(Rest(window.end, rest.end))
        if window.end < self._end:
            rests.append(Rest(window.end, self._end))
        file = _file(window.account, window.marketplace_id)
        if rests:
            start, end = min(rest.start for rest in rests), max(rest.end for rest in rests)
            write_json(file, {"start": start.isoformat(), "end": end.isoformat()})
        else:
            file.unlink(missing_ok=True)

    def close(self) -> None:
        """Do nothing: the rest is kept for the next run."""


def rest_of(account: str, marketplace_id: str) -> Rest | None:
    """The range that is still to be read, or None."""
    try:
        content = json.loads(_file(account, marketplace_id).read_text())
        return Rest(*(datetime.fromisoformat(content[name]) for name in ("start", "end")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError) as error:
        log.warning("%s cannot be read (%s) and is ignored", _file(account, marketplace_id), error)
        return None


def begin(account: str, marketplace_id: str, start: datetime, overlap: timedelta) -> datetime:
    """Where a scheduled window begins: at `start`, or earlier if an earlier run could not read up to there."""
    rest = rest_of(account, marketplace_id)
    if rest is None or not rest.start < start <= rest.end:
        return start
    log.warning("%s in %s: a scheduled window ended early, at %s; this one begins there", account, marketplace_id, rest.start)
    return rest.start - overlap


def _file(account: str, marketplace_id: str) -> Path:
    return paths.shortened_dir() / f"{hashlib.blake2b(repr((account, marketplace_id)).encode(), digest_size=8).hexdigest()}.json"
