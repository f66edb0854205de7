"""A call as the operations see it, and the state that they share."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from include.sandbox.api.documents import Document
from include.sandbox.api.errors import not_found
from include.sandbox.api.job_list import JobList
from include.sandbox.world.capacity import Calendar
from include.sandbox.world.company import Store
from include.sandbox.world.job import Job
from include.sandbox.world.world import World


@dataclass(slots=True)
class Call:
    """`path` and `query`: valid parameters by name, with their types; `body`: parsed JSON that fits the operation's schema."""

    path: dict[str, str]
    query: dict[str, Any]
    body: Any
    origin: str

    @property
    def marketplace_id(self) -> str:
        """The only marketplace of the query."""
        return self.query["marketplaceIds"][0]


class Reason(NamedTuple):
    """The reason that a client gave for a reschedule or a cancellation. `written`: seconds since the epoch."""

    kind: str
    code: str
    written: int


@dataclass
class Service:
    """The state behind the operations.

    Attributes:
        world: The world.
        job_list: The lists of jobs.
        calendars: Changed calendars by store.
        documents: Documents by destination.
        reasons: Reasons by appointment, those of cancellations by job.
    """

    world: World
    job_list: JobList
    calendars: defaultdict[str, Calendar] = field(default_factory=lambda: defaultdict(Calendar))
    documents: dict[str, Document] = field(default_factory=dict)
    reasons: dict[str, Reason] = field(default_factory=dict)

    def store(self, store_id: str, marketplace_id: str) -> Store | None:
        """Return a store of the seller in a marketplace, or None."""
        stores = (store for store in self.world.stores if store.store_id == store_id)
        return next((store for store in stores if store.marketplace.marketplace_id == marketplace_id), None)

    def job(self, job_id: str) -> Job:
        """Return a job for reading.

        Raises:
            ApiError: 404, there is no such job.
        """
        job = self.world.find(job_id)
        if job is None:
            raise not_found(f"No job exists with jobId : {job_id}")
        return job
