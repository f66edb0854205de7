"""The journal of writes: records each attempt at a write to Amazon before it is sent, and its outcome afterwards.

A task that writes cannot wait for `build.duckdb`, which a build locks for minutes. So every attempt is a file, on disk before the
request is sent, and `merge` copies the attempts into `ops.api_writes` whenever packages are loaded::

    writes/<key>-<attempt>.json     one attempt; locked by the process that sends it, which replaces it to add the outcome
    writes/folded/                  attempts with a final outcome that are in ops.api_writes
    writes/.lock                    locked shared to look for attempts, and exclusively by `merge` to move and remove files
    writes/set_aside/               files that cannot be read: the write may have been sent, so it is not sent again

The key identifies one write of one task, so that a rerun of the task finds its earlier attempts. A file with the outcome `sent`
and without a lock was left by a process that died between the request and the response.

A write is sent once, also by several processes. Files do not move between the look for the latest attempt and the beginning of
the next one (`held_still`), and `begin` creates exactly the next number. Of several processes that found the same latest attempt,
one creates that file and the others get `WriteBusy`.
"""

import json
import os
import re
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb
import pyarrow as pa

from include.warehouse import database, disk, locks, paths, schema, set_aside, times
from include.warehouse.journal import journal_files
from include.warehouse.retention import kept

SENT = "sent"  # no response yet, or the process died before it read one
UNKNOWN = "unknown"  # no usable response
ACCEPTED = "accepted"
CONFIRMED = "confirmed"  # no response, but the API shows that it was carried out
REFUSED = "refused"
NOT_SENT = "not_sent"  # it did not arrive: no connection, or a 429 for all retries
NOT_ARRIVED = "not_arrived"  # no response, and the API shows that it was not carried out
REPEATED = "repeated"  # no response, and sent again, which is harmless

OPEN = (SENT, UNKNOWN)
DONE = (ACCEPTED, CONFIRMED)
NOT_DONE = (REFUSED, NOT_SENT, NOT_ARRIVED)
OUTCOMES = (*OPEN, *DONE, *NOT_DONE, REPEATED)
# tasks are not run again after this time; ops.api_writes keeps the row
KEPT_SECONDS = kept.JOURNAL.time.total_seconds()
FILE_NAME = re.compile(r"(?P<key>.+)-(?P<number>\d+)\.json")


class WriteBusy(Exception):
    """Another living process is sending the same write."""


class Attempt:
    """One attempt at a write: made by `begin`, found by `latest`.

    Attributes:
        row: Its columns of `ops.api_writes`, as texts.
    """

    def __init__(self, file: Path, lock: int | None = None) -> None:
        self.file = file
        self.row: dict = journal_files.read(file, OUTCOMES)
        self._lock = lock

    @property
    def outcome(self) -> str:
        """Its outcome, one of `OUTCOMES`."""
        return self.row["outcome"]

    @property
    def number(self) -> int:
        """Its number among the attempts at the same write, from 1."""
        return int(self.file.stem.rpartition("-")[2])

    def take_over(self) -> None:
        """Lock an attempt whose sender died or gave up, in order to end it, and read its outcome again.

        Raises:
            WriteBusy: Its sender is alive, or another process has just ended it.
        """
        try:
            self._lock = locks.acquire(self.file)
        except BlockingIOError:
            raise WriteBusy(
                f"{self.row['operation']}: another process is sending this very write right now ({self.file}); run again later."
            ) from None
        # it may have been ended between the first read and the lock
        self.row = journal_files.read(self.file, OUTCOMES)

    def end(self, outcome: str, **values: object) -> None:
        """Record the outcome and more columns of `ops.api_writes`. With `UNKNOWN` the attempt stays open for a later run."""
        self.row |= values | {"outcome": outcome}
        if outcome != UNKNOWN:
            self.row.setdefault("answered_at", times.now())
        disk.write_json(self.file, self.row)
        disk.sync(self.file.parent)
        self.release()

    def release(self) -> None:
        """Release the lock."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


@contextmanager
def held_still() -> Iterator[None]:
    """Keep all files of the journal in place, from the look for an attempt to the beginning of the next one."""
    with locks.held(_lock_file(), shared=True):
        yield


def latest(key: str) -> Attempt | None:
    """Find the latest attempt at a write, in any folder of the journal. Call it within `held_still`.

    Raises:
        WriteUnreadable: Its file cannot be read, so that the write may have been carried out.
    """
    found = {number: file for key_of_file, number, file in _files(f"{key}-*.json") if key_of_file == key}
    return Attempt(found[max(found)]) if found else None


def _files(pattern: str) -> Iterator[tuple[str, int, Path]]:
    """Yield the key, the number and the file of attempts, of all folders of the journal."""
    for folder in (paths.set_aside_writes_dir(), paths.writes_dir() / "folded", paths.writes_dir()):
        for file in folder.glob(pattern):
            if name := FILE_NAME.fullmatch(file.name):
                yield name["key"], int(name["number"]), file


def begin(key: str, number: int, **values: object) -> Attempt:
    """Write a new attempt to disk, locked by this process, before the request is sent.

    Args:
        key: The key that was given to `latest`, within the same `held_still`.
        number: The number after the latest attempt's, or 1.
        **values: Columns of `ops.api_writes`; `sent_at` is now by default.

    Raises:
        WriteBusy: Another process has begun this attempt meanwhile.
    """
    file = paths.writes_dir() / f"{key}-{number}.json"
    row = {"sent_at": times.now()} | values | {"write_id": file.stem, "outcome": SENT}
    partial = disk.write_partial(file, json.dumps(row))
    lock = locks.acquire(partial)
    try:
        # unlike a rename, a link does not replace the file of another process
        os.link(partial, file)
    except FileExistsError:
        os.close(lock)
        raise WriteBusy(
            f"{values['operation']}: another process has begun this very write meanwhile ({file}); run again later."
        ) from None
    finally:
        partial.unlink()
    disk.sync(file.parent)
    return Attempt(file, lock)


def merge(connection: duckdb.DuckDBPyConnection) -> int:
    """Copy new attempts and new outcomes into `ops.api_writes`; return how many rows were added or changed. Safe to repeat."""
    if not paths.writes_dir().is_dir():
        return 0
    attempts, unreadable = _attempts()
    changed = _upsert(connection, [attempt.row for attempt in attempts]) if attempts else 0
    # while another process looks for attempts, the files stay: the next load moves them
    with suppress(BlockingIOError), locks.held(_lock_file()):
        _put_away([attempt for attempt in attempts if attempt.outcome not in OPEN])
        for error in unreadable:
            set_aside.put(set_aside.WRITE, error.file, "it holds no attempt at a write", advice=str(error))
    return changed


def _attempts() -> tuple[list[Attempt], list[journal_files.WriteUnreadable]]:
    """Read the attempts that are not put away yet; errors for the files that cannot be read."""
    attempts, unreadable = [], []
    for file in sorted(paths.writes_dir().glob("*.json")):
        try:
            attempts.append(Attempt(file))
        except journal_files.WriteUnreadable as error:
            unreadable.append(error)
    return attempts, unreadable


def _put_away(attempts: list[Attempt]) -> None:
    """Move merged attempts into `folded`, and remove the files of writes whose attempts are all older than `KEPT_SECONDS`."""
    merged = paths.writes_dir() / "folded"
    merged.mkdir(exist_ok=True)
    for attempt in attempts:
        attempt.file.rename(merged / attempt.file.name)
    by_key: dict[str, list[tuple[int, Path]]] = {}
    for key, number, file in _files("*.json"):
        by_key.setdefault(key, []).append((number, file))
    too_old = time.time() - KEPT_SECONDS
    for attempts_of_key in by_key.values():
        # all attempts of a write or none, the latest last, so that `latest` never returns an earlier one
        if all(file.parent == merged and file.stat().st_mtime < too_old for _, file in attempts_of_key):
            for _, file in sorted(attempts_of_key):
                file.unlink()
    for partial in paths.writes_dir().glob("*.partial"):
        if partial.stat().st_mtime < time.time() - kept.PARTIALS.time.total_seconds():
            partial.unlink()


def _upsert(connection: duckdb.DuckDBPyConnection, rows: list[dict]) -> int:
    columns = [name for name in schema.OPS_TABLES["api_writes"] if name != "load_id"]
    table = pa.table({name: [row.get(name) for row in rows] for name in columns}, pa.schema([(n, pa.string()) for n in columns]))
    casts = ", ".join(f'cast("{name}" as {schema.OPS_TABLES["api_writes"][name]}) as "{name}"' for name in columns)
    connection.register("merged_writes", table)
    try:
        with database.transaction(connection):
            connection.execute(f"""
                create or replace temp table new_writes as
                select {casts} from merged_writes except select {", ".join(f'"{name}"' for name in columns)} from ops.api_writes
            """)
            connection.execute("delete from ops.api_writes where write_id in (select write_id from new_writes)")
            # dbt finds the writes that are new to a build by their load
            load_id = f"writes-{uuid.uuid4().hex[:12]}"
            insert = "insert into ops.api_writes by name select *, ? as load_id from new_writes"
            return database.scalar(connection, insert, [load_id])
    finally:
        connection.unregister("merged_writes")


def _lock_file() -> Path:
    return paths.writes_dir() / ".lock"
