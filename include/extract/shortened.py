"""Scheduled windows that had to end before their data interval did, so that the next one begins where they ended.

A scheduler whose clock is ahead, or a run by hand whose `end` lies ahead, asks for a range that is not over by the API's clock.
What is over is read, and a file says from where on the rest is to come: a run that counts on it begins there.
"""

import hashlib
import json
import logging
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from include.warehouse import paths
from include.warehouse.loading.windows import Window

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Rest:
    """What scheduled runs were asked for and could not read yet, of an account and marketplace."""

    start: datetime
    end: datetime


class Shortened:
    """The scheduled windows of one run. Given to `packaging.pack_windows` as what remembers its windows.

    Args:
        end: where windows end that are not shortened.
    """

    def __init__(self, end: datetime) -> None:
        self._end = end

    def __contains__(self, window: Window) -> bool:
        return False

    def add(self, window: Window) -> None:
        """Note that a window is complete."""
        rest = rest_of(window.account, window.marketplace_id)
        ends = []
        if rest and not window.start <= rest.start <= window.end:
            ends.append(rest)
        elif rest and window.end < rest.end:
            ends.append(Rest(window.end, rest.end))
        if window.end < self._end:
            ends.append(Rest(window.end, self._end))
        if ends:
            _write(
                _file(window.account, window.marketplace_id), Rest(min(one.start for one in ends), max(one.end for one in ends))
            )
        else:
            _file(window.account, window.marketplace_id).unlink(missing_ok=True)

    def close(self) -> None:
        """Nothing ends with the run: what is left is for the next one."""


def rest_of(account: str, marketplace_id: str) -> Rest | None:
    """What is still to be read, or None."""
    try:
        told = json.loads(_file(account, marketplace_id).read_text())
        return Rest(*(datetime.fromisoformat(told[name]) for name in ("start", "end")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError) as error:
        log.warning("%s cannot be read (%s) and is left out", _file(account, marketplace_id), error)
        return None


def begin(account: str, marketplace_id: str, start: datetime, overlap: timedelta) -> datetime:
    """Where a scheduled window begins that would begin at `start`: earlier, where a run before could not read up to there."""
    rest = rest_of(account, marketplace_id)
    if rest is None or not rest.start < start <= rest.end:
        return start
    log.warning("%s in %s: a scheduled window ended early, at %s; this one begins there", account, marketplace_id, rest.start)
    return rest.start - overlap


def _file(account: str, marketplace_id: str) -> Path:
    return paths.shortened_dir() / f"{hashlib.blake2b(repr((account, marketplace_id)).encode(), digest_size=8).hexdigest()}.json"


def _write(file: Path, rest: Rest) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name(f".{file.name}.{os.getpid()}")
    partial.write_text(json.dumps({"start": rest.start.isoformat(), "end": rest.end.isoformat()}))
    partial.rename(file)
