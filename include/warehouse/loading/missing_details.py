"""Tracks the jobs that lack their detail, and when each was requested again.

A job whose detail could not be read is in `raw` with the fields of the list (`has_detail` is false). The loader writes these jobs
into a file for extraction, which does not open `build.duckdb`; extraction writes when it requested which. Both files are small
and may be lost: the next load writes the first one again, and without the second one a job is requested a little earlier::

    details/missing.json            by account: marketplace and id of every job that lacks its detail
    details/asked-<account>.json    by job id: how often it was requested again, and when last
"""

import hashlib
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout

from include.warehouse import paths
from include.warehouse.disk import write_json
from include.warehouse.times import is_time

log = logging.getLogger(__name__)

# the field in the quarantine of a detail that could not be read
FIELD = "detail"
# a job is requested in the next hour, then after twice the time before
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=50), timedelta(days=7)

# jobs that a user named and that could not be read are only in the quarantine
_MISSING = f"""
    with listed as (
        select account, service_job_id, max_by(marketplace_id, observed_at) as marketplace_id
        from raw.service_jobs
        where (account, service_job_id) in (select (account, service_job_id) from raw.service_jobs where has_detail is false)
        group by account, service_job_id
        having max_by(has_detail, observed_at) is false
    ),

    named as (
        select distinct account, record_key as service_job_id, null as marketplace_id
        from ops.quarantined_records
        where entity = 'jobs' and field = '{FIELD}'
            and (account, record_key) not in (select (account, service_job_id) from raw.service_jobs)
    )

    from (from listed union all from named) order by account, service_job_id
"""


@dataclass(frozen=True)
class Job:
    """A job that lacks its detail; its marketplace is None if a user named it."""

    marketplace_id: str | None
    service_job_id: str


def write(connection: duckdb.DuckDBPyConnection) -> None:
    """Write the jobs in the build database that lack their detail into the file for extraction. Safe to repeat."""
    found: dict[str, list] = {}
    for account, service_job_id, marketplace_id in connection.execute(_MISSING).fetchall():
        found.setdefault(account, []).append([marketplace_id, service_job_id])
    if found != _read(_missing_file()):
        _missing_file().parent.mkdir(exist_ok=True)
        write_json(_missing_file(), found)


class QueryContext:
    """When the jobs of one account were requested again. Made by `asking`."""

    def __init__(self, account: str) -> None:
        self._file = paths.details_dir() / f"asked-{_digest(account)}.json"
        pairs = _read(_missing_file()).get(account)
        self.missing = [Job(*pair) for pair in pairs if _is_pair(pair)] if isinstance(pairs, list) else []
        names = {job.service_job_id for job in self.missing}
        # drops the jobs that were read meanwhile
        entries = {name: entry for name, entry in _read(self._file).items() if name in names and _is_entry(entry)}
        self._requested = {name: (times, datetime.fromisoformat(last)) for name, (times, last) in entries.items()}

    def due(self, now: datetime) -> list[Job]:
        """Return the jobs to request now, the least often requested first."""
        due = [job for job in self.missing if self._next_at(job) <= now or self._last(job)[1] > now]
        return sorted(due, key=lambda job: (self._last(job)[0], self._next_at(job)))

    def note(self, jobs: list[Job], now: datetime) -> None:
        """Record that jobs are requested. Call it before the requests: a crash then costs one wait."""
        for job in jobs:
            self._requested[job.service_job_id] = (self._last(job)[0] + 1, now)
        write_json(self._file, {name: [times, last.isoformat()] for name, (times, last) in self._requested.items()})

    def _last(self, job: Job) -> tuple[int, datetime]:
        """Return how often and when a job was last requested. `due` ignores times in the future, which another clock wrote."""
        return self._requested.get(job.service_job_id, (0, datetime.min.replace(tzinfo=UTC)))

    def _next_at(self, job: Job) -> datetime:
        times, last = self._last(job)
        return last + min(FIRST_WAIT * 2 ** min(times - 1, 20), LONGEST_WAIT) if times else last


@contextmanager
def asking(account: str) -> Iterator[QueryContext | None]:
    """Lock the requests of one account; yields None if another process has the lock."""
    paths.details_dir().mkdir(exist_ok=True)
    try:
        lock = FileLock(paths.details_dir() / f"asked-{_digest(account)}.lock", blocking=False).acquire()
    except Timeout:
        yield None
    else:
        with lock:
            yield QueryContext(account)


def _missing_file() -> Path:
    return paths.details_dir() / "missing.json"


def _digest(account: str) -> str:
    return hashlib.blake2b(account.encode(), digest_size=8).hexdigest()


def _read(file: Path) -> dict:
    try:
        content = json.loads(file.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        content = None
    if not isinstance(content, dict):
        log.warning("%s cannot be read, and is written anew", file)
        return {}
    return content


def _is_pair(pair: object) -> bool:
    return isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], str | None) and isinstance(pair[1], str)


def _is_entry(entry: object) -> bool:
    return isinstance(entry, list) and len(entry) == 2 and isinstance(entry[0], int) and entry[0] > 0 and is_time(entry[1])
