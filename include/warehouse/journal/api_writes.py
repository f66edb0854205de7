"""The journal of writes: what was sent to Amazon, told before it is sent, and again when its outcome is known.

Who writes cannot wait for `build.duckdb`, which a build holds for minutes. So every attempt at a write is a file of its own, on
disk before the request leaves, and `merge` brings them into `ops.api_writes` whenever packages are loaded::

    writes/<key>-<attempt>.json     one attempt; held (flock) by the process that sends it, replaced by itself with its outcome
    writes/folded/                  those with a final outcome that ops.api_writes already holds
    writes/.lock                    shared by those who look for attempts, taken alone by `merge` to move and forget files
    writes/set_aside/               those that cannot be read: they may have been sent, so their keys are not sent again

The key stands for one write of one task: a rerun of the task finds its own earlier attempts. A file that says `sent` and that
nobody holds is the mark of a process that died between the request and the answer.

A write is sent once, also by several processes. Between the look for the latest attempt and the beginning of the next one no
file moves or goes (`held_still`), and beginning takes exactly the number after the attempt that was found: of several processes
that found the same attempt, one gets the number and the others `WriteBusy`.
"""

import fcntl
import os
import re
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from include.warehouse import database, disk, paths, schema
from include.warehouse.journal import journal_files
from include.warehouse.loading import set_aside
from include.warehouse.retention import kept

SENT = "sent"  # no answer yet, or none that anybody lived to read
UNKNOWN = "unknown"  # no usable answer came
ACCEPTED = "accepted"
CONFIRMED = "confirmed"  # no answer, but the API shows that it was carried out
REFUSED = "refused"
NOT_SENT = "not_sent"  # it certainly did not arrive: no connection, or a 429 until patience ended
NOT_ARRIVED = "not_arrived"  # no answer, and the API shows that it was not carried out
REPEATED = "repeated"  # no answer, and sent again, which is harmless

OPEN = (SENT, UNKNOWN)
DONE = (ACCEPTED, CONFIRMED)
NOT_DONE = (REFUSED, NOT_SENT, NOT_ARRIVED)
OUTCOMES = (*OPEN, *DONE, *NOT_DONE, REPEATED)
# a task is not run again after this long; ops.api_writes keeps the row
KEPT_SECONDS = kept.JOURNAL.time.total_seconds()
FILE_NAME = re.compile(r"(?P<key>.+)-(?P<number>\d+)\.json")


class WriteBusy(Exception):
    """Another living process is sending the same write."""


class Attempt:
    """One attempt at a write. Made by `begin`, found again by `latest`."""

    def __init__(self, file: Path, lock: int | None = None) -> None:
        self.file = file
        self.row: dict = journal_files.read(file, OUTCOMES)
        self._lock = lock

    @property
    def outcome(self) -> str:
        return self.row["outcome"]

    @property
    def number(self) -> int:
        return int(FILE_NAME.fullmatch(self.file.name)["number"])

    def take_over(self) -> None:
        """Become the one who ends an attempt whose sender has died or gave up; its outcome is read again.

        Raises:
            WriteBusy: Its sender lives, or another process has just ended it.
        """
        lock = os.open(self.file, os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # an outcome comes in a new file: a lock on the one before holds nobody off
            is_ours = os.path.samestat(os.fstat(lock), self.file.stat())
        except BlockingIOError:
            is_ours = False
        if not is_ours:
            os.close(lock)
            raise WriteBusy(
                f"{self.row['operation']}: another process is sending this very write right now ({self.file}); run again later."
            ) from None
        # it may have been ended between the first look and the lock
        self.row, self._lock = journal_files.read(self.file, OUTCOMES), lock

    def end(self, outcome: str, **values: object) -> None:
        """Tell what became of it; with `UNKNOWN` it stays open, for the next who looks."""
        self.row |= values | {"outcome": outcome}
        if outcome != UNKNOWN:
            self.row.setdefault("answered_at", _now())
        partial = journal_files.written(self.file, self.row)
        partial.rename(self.file)
        disk.sync(self.file.parent)
        self.release()

    def release(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


@contextmanager
def held_still() -> Iterator[None]:
    """Keep every file of the journal where it is, from the look for an attempt to the beginning of the next one."""
    with _journal_lock(fcntl.LOCK_SH):
        yield


def latest(key: str) -> Attempt | None:
    """Find the last attempt at a write, wherever its file is. Call it within `held_still`.

    Raises:
        WriteUnreadable: Its file cannot be read: the write may have been carried out.
    """
    found: dict[int, Path] = {}
    for folder in (paths.set_aside_writes_dir(), paths.writes_dir() / "folded", paths.writes_dir()):
        for file in folder.glob(f"{key}-*.json"):
            if (name := FILE_NAME.fullmatch(file.name)) and name["key"] == key:
                found[int(name["number"])] = file
    return Attempt(found[max(found)]) if found else None


def begin(key: str, number: int, **values: object) -> Attempt:
    """Put a new attempt on disk, held by this process, before anything is sent.

    Args:
        key: What `latest` was asked for, within the same `held_still`.
        number: The number after that of the latest attempt; 1 where there is none.
        **values: Columns of `ops.api_writes`; `sent_at` is now, unless it is among them.

    Raises:
        WriteBusy: Another process has begun this attempt since the look.
    """
    file = paths.writes_dir() / f"{key}-{number}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = journal_files.written(file, {"sent_at": _now()} | values | {"write_id": file.stem, "outcome": SENT})
    lock = os.open(partial, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        # unlike a rename, this leaves alone what another process has put there
        os.link(partial, file)
    except FileExistsError:
        os.close(lock)
        raise WriteBusy(
            f"{values['operation']}: another process began this very write after this one had looked ({file}); run again later."
        ) from None
    finally:
        partial.unlink()
    disk.sync(file.parent)
    return Attempt(file, lock)


def merge(connection: duckdb.DuckDBPyConnection) -> int:
    """Bring new attempts and new outcomes into `ops.api_writes`; returns how many rows that made or changed. Safe to repeat."""
    if not paths.writes_dir().is_dir():
        return 0
    attempts, unreadable = _attempts()
    changed = _upsert(connection, [attempt.row for attempt in attempts]) if attempts else 0
    # while somebody looks, files stay where they are: the next load moves them
    with suppress(BlockingIOError), _journal_lock(fcntl.LOCK_EX | fcntl.LOCK_NB):
        _put_away([attempt for attempt in attempts if attempt.outcome not in OPEN])
        for error in unreadable:
            set_aside.put(set_aside.WRITE, error.file, "it holds no attempt at a write", advice=str(error))
    return changed


def _attempts() -> tuple[list[Attempt], list[journal_files.WriteUnreadable]]:
    """The attempts that are not merged yet, and what cannot be read."""
    attempts, unreadable = [], []
    for file in sorted(paths.writes_dir().glob("*.json")):
        try:
            attempts.append(Attempt(file))
        except journal_files.WriteUnreadable as error:
            unreadable.append(error)
    return attempts, unreadable


def _put_away(attempts: list[Attempt]) -> None:
    """Move what `ops.api_writes` holds, and forget the writes of which nothing happened for `KEPT_SECONDS`."""
    merged = paths.writes_dir() / "folded"
    merged.mkdir(exist_ok=True)
    for attempt in attempts:
        attempt.file.rename(merged / attempt.file.name)
    by_key: dict[str, list[tuple[int, Path]]] = {}
    folders = (paths.writes_dir(), merged, paths.set_aside_writes_dir())
    for file in (file for folder in folders for file in folder.glob("*.json")):
        if name := FILE_NAME.fullmatch(file.name):
            by_key.setdefault(name["key"], []).append((int(name["number"]), file))
    too_old = time.time() - KEPT_SECONDS
    for attempts_of_key in by_key.values():
        # all of a write or nothing, the last attempt last: it is what a later look has to find
        if all(file.parent == merged and file.stat().st_mtime < too_old for _, file in attempts_of_key):
            for _, file in sorted(attempts_of_key):
                file.unlink()
    for partial in paths.writes_dir().glob("*.partial"):
        if partial.stat().st_mtime < time.time() - kept.PARTIALS.time.total_seconds():
            partial.unlink()


def _upsert(connection: duckdb.DuckDBPyConnection, rows: list[dict]) -> int:
    columns = [name for name in schema.OPS_TABLES["api_writes"] if name != "load_id"]
    landed = pa.table({name: [row.get(name) for row in rows] for name in columns}, pa.schema([(n, pa.string()) for n in columns]))
    casts = ", ".join(f'cast("{name}" as {schema.OPS_TABLES["api_writes"][name]}) as "{name}"' for name in columns)
    connection.register("landed_writes", landed)
    try:
        with database.transaction(connection):
            connection.execute(f"""
                create or replace temp table new_writes as
                select {casts} from landed_writes except select {", ".join(f'"{name}"' for name in columns)} from ops.api_writes
            """)
            connection.execute("delete from ops.api_writes where write_id in (select write_id from new_writes)")
            # by its load, dbt sees which writes a build has not seen
            load_id = f"writes-{uuid.uuid4().hex[:12]}"
            added = connection.execute("insert into ops.api_writes by name select *, ? as load_id from new_writes", [load_id])
            (count,) = added.fetchone()
    finally:
        connection.unregister("landed_writes")
    return count


@contextmanager
def _journal_lock(how: int) -> Iterator[None]:
    paths.writes_dir().mkdir(parents=True, exist_ok=True)
    lock = os.open(paths.writes_dir() / ".lock", os.O_CREAT | os.O_RDWR, 0o644)
    try:
        fcntl.flock(lock, how)
        yield
    finally:
        os.close(lock)


def _now() -> str:
    return datetime.now(UTC).isoformat()
