"""A window: the range of time that one listing asks the API for. It is the only cursor there is.

A service job carries no update time, so what has been read is known by the ranges that were asked for, not by a value in
the data. Bounds are inclusive at both ends, as in the API.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

JOBS, SLOTS, CAPACITY = "jobs", "appointment_slots", "resource_capacity"
SCHEDULED, BACKFILL = "scheduled", "backfill"
UPDATED, CREATED, IDS = "updated", "created", "ids"


@dataclass(frozen=True)
class Window:
    """Identity of a window; `start` and `end` are aware UTC datetimes."""

    account: str
    marketplace_id: str
    entity: str
    mode: str
    filter: str
    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError(f"window of {self.account}: start and end need a time zone, got {self.start} and {self.end}")
        if self.end < self.start:
            raise ValueError(f"window of {self.account}: its end {self.end} is before its start {self.start}")

    @property
    def key(self) -> str:
        """A short, stable name for folders: its start, and a digest of the whole identity."""
        identity = (self.account, self.marketplace_id, self.entity, self.mode, self.filter, self.start, self.end)
        return f"{self.start:%Y%m%dT%H%M%SZ}-{hashlib.blake2b(repr(identity).encode(), digest_size=6).hexdigest()}"

    def halves(self) -> tuple["Window", "Window"]:
        """Two windows that touch in the middle, at a whole second."""
        middle = (self.start + (self.end - self.start) / 2).replace(microsecond=0)
        return replace(self, end=middle), replace(self, start=middle)

    def __str__(self) -> str:
        span = f"{self.start:%Y-%m-%dT%H:%M:%SZ} to {self.end:%Y-%m-%dT%H:%M:%SZ}"
        return f"{self.entity} of {self.account} in {self.marketplace_id}, {self.filter} {span}"
