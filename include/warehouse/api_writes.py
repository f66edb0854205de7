"""The journal of writes: what was sent to Amazon, told before it is sent, and again when its outcome is known.

Who writes cannot wait for `build.duckdb`, which a build holds for minutes. So every attempt at a write is a file of its own, on
disk before the request leaves, and `fold` brings them into `ops.api_writes` whenever packages are loaded::

    writes/<key>-<attempt>.json     one attempt; held (flock) by the process that sends it, replaced by itself with its outcome
    writes/folded/                  those with a final outcome that ops.api_writes already holds

The key stands for one write of one task: a rerun of the task finds its own earlier attempts. A file that says `sent` and that
nobody holds is the mark of a process that died between the request and the answer.
"""

import fcntl
import json
import os
import time
import uuid
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from include.warehouse import paths, personal_shapes, schema

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
# a task is not run again after this long; ops.api_writes keeps the row
KEPT_SECONDS = 90 * 86_400


class WriteBusy(Exception):
    """Another living process is sending the same write."""


class Attempt:
    """One attempt at a write. Made by `begin`, found again by `latest`."""

    def __init__(self, file: Path, lock: int | None = None) -> None:
        self.file = file
        self.row: dict = json.loads(file.read_text())
        self._lock = lock

    @property
    def outcome(self) -> str:
        return self.row["outcome"]

    def take_over(self) -> None:
        """Become the one who ends an attempt whose sender has died or gave up; its outcome is read again.

        :raises WriteBusy: its sender lives.
        """
        lock = os.open(self.file, os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise WriteBusy(
                f"{self.row['operation']}: another process is sending this very write right now ({self.file}); run again later."
            ) from None
        # it may have been ended between the first look and the lock
        self.row, self._lock = json.loads(self.file.read_text()), lock

    def end(self, outcome: str, **values: object) -> None:
        """Tell what became of it; with `UNKNOWN` it stays open, for the next who looks."""
        told = {name: personal_shapes.without_email(value) if isinstance(value, str) else value for name, value in values.items()}
        self.row |= told | {"outcome": outcome}
        if outcome != UNKNOWN:
            self.row.setdefault("answered_at", _now())
        partial = _written(self.file, self.row)
        partial.rename(self.file)
        _sync(self.file.parent)
        self.release()

    def release(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def latest(key: str) -> Attempt | None:
    """The last attempt at a write, wherever its file is."""
    found, number = None, 1
    while file := _file(key, number):
        found, number = file, number + 1
    try:
        return Attempt(found) if found else None
    except FileNotFoundError:
        # it was folded, and moved, at this very moment
        return latest(key)


def begin(key: str, **values: object) -> Attempt:
    """Put a new attempt on disk, held by this process, before anything is sent. `values`: columns of `ops.api_writes`.

    :raises WriteBusy: another process began the same one at this moment.
    """
    paths.writes_dir().mkdir(parents=True, exist_ok=True)
    number = 1
    while _file(key, number):
        number += 1
    file = paths.writes_dir() / f"{key}-{number}.json"
    partial = _written(file, values | {"write_id": file.stem, "outcome": SENT, "sent_at": _now()})
    lock = os.open(partial, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        # unlike a rename, this leaves alone what another process has just put there
        os.link(partial, file)
    except FileExistsError:
        os.close(lock)
        raise WriteBusy(f"{values['operation']}: another process began this very write just now ({file}).") from None
    finally:
        partial.unlink()
    _sync(file.parent)
    return Attempt(file, lock)


def fold(connection: duckdb.DuckDBPyConnection) -> int:
    """Bring new attempts and new outcomes into `ops.api_writes`; returns how many rows that made or changed. Safe to repeat."""
    if not paths.writes_dir().is_dir():
        return 0
    attempts = [Attempt(file) for file in sorted(paths.writes_dir().glob("*.json"))]
    changed = _upsert(connection, [attempt.row for attempt in attempts]) if attempts else 0
    folded = paths.writes_dir() / "folded"
    folded.mkdir(exist_ok=True)
    for attempt in attempts:
        if attempt.outcome not in OPEN:
            attempt.file.rename(folded / attempt.file.name)
    _forget(folded, "*.json", KEPT_SECONDS)
    _forget(paths.writes_dir(), "*.partial", 3_600)
    return changed


def _upsert(connection: duckdb.DuckDBPyConnection, rows: list[dict]) -> int:
    columns = [name for name in schema.OPS_TABLES["api_writes"] if name != "load_id"]
    landed = pa.table({name: [row.get(name) for row in rows] for name in columns}, pa.schema([(n, pa.string()) for n in columns]))
    casts = ", ".join(f'cast("{name}" as {schema.OPS_TABLES["api_writes"][name]}) as "{name}"' for name in columns)
    connection.register("landed_writes", landed)
    connection.begin()
    try:
        connection.execute(f"""
            create or replace temp table new_writes as
            select {casts} from landed_writes except select {", ".join(f'"{name}"' for name in columns)} from ops.api_writes
        """)
        connection.execute("delete from ops.api_writes where write_id in (select write_id from new_writes)")
        # by its load, dbt sees which writes a build has not seen
        load_id = f"writes-{uuid.uuid4().hex[:12]}"
        added = connection.execute("insert into ops.api_writes by name select *, ? as load_id from new_writes", [load_id])
        (count,) = added.fetchone()
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
    finally:
        connection.unregister("landed_writes")
    return count


def _file(key: str, number: int) -> Path | None:
    name = f"{key}-{number}.json"
    return next((file for folder in ("", "folded") if (file := paths.writes_dir() / folder / name).exists()), None)


def _written(file: Path, row: dict) -> Path:
    """The row in a file beside its place, on disk."""
    partial = file.with_name(f"{file.stem}.{uuid.uuid4().hex[:8]}.partial")
    with partial.open("w") as stream:
        json.dump(row, stream)
        stream.flush()
        os.fsync(stream.fileno())
    return partial


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _forget(folder: Path, pattern: str, seconds: float) -> None:
    for file in folder.glob(pattern):
        with suppress(FileNotFoundError):
            if file.stat().st_mtime < time.time() - seconds:
                file.unlink()


def _now() -> str:
    return datetime.now(UTC).isoformat()
