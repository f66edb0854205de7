"""Windows: a window is the range of time of one listing, and the cursor of the extraction.

A service job has no update time, so progress is recorded by the ranges that were requested, not by a value in the data. Both
bounds are inclusive, as in the API.
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
        """A short, stable name for folders: the start, and a digest of all fields."""
        identity = (self.account, self.marketplace_id, self.entity, self.mode, self.filter, self.start, self.end)
        return f"{self.start:%Y%m%dT%H%M%SZ}-{hashlib.blake2b(repr(identity).encode(), digest_size=6).hexdigest()}"

    def halves(self) -> tuple["Window", "Window"]:
        """Split it into two windows that share a bound in the middle, at a whole second."""
        middle = (self.start + (self.end - self.start) / 2).replace(microsecond=0)
        return replace(self, end=middle), replace(self, start=middle)

    def __str__(self) -> str:
        span = f"{self.start:%Y-%m-%dT%H:%M:%SZ} to {self.end:%Y-%m-%dT%H:%M:%SZ}"
        return f"{self.entity} of {self.account} in {self.marketplace_id}, {self.filter} {span}"
