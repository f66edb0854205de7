"""One call as an operation sees it, and what all operations share."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from include.sandbox.api.errors import not_found
from include.sandbox.api.job_list import JobList
from include.sandbox.api.operations import Operation
from include.sandbox.world.capacity import Calendar
from include.sandbox.world.company import Store
from include.sandbox.world.job import Job
from include.sandbox.world.world import World

if TYPE_CHECKING:
    from include.sandbox.api.documents import Document
    from include.sandbox.truth.readings import Reading


@dataclass(slots=True)
class Call:
    """`path` and `query`: parameters by name, typed and valid; `body`: the parsed JSON, of a valid shape."""

    operation: Operation
    path: dict[str, str]
    query: dict[str, Any]
    body: Any
    origin: str

    @property
    def marketplace_id(self) -> str:
        return self.query["marketplaceIds"][0]


@dataclass
class Service:
    """The state behind the operations: the world, what clients made of stores' calendars, documents by destination; and what a
    test has noted as read.
    """

    world: World
    job_list: JobList
    calendars: defaultdict[str, Calendar] = field(default_factory=lambda: defaultdict(Calendar))
    documents: dict[str, Document] = field(default_factory=dict)
    readings: list[Reading] = field(default_factory=list)

    def store(self, store_id: str, marketplace_id: str) -> Store | None:
        """A store of the seller in a marketplace."""
        stores = (each for each in self.world.stores if each.store_id == store_id)
        return next((each for each in stores if each.marketplace.marketplace_id == marketplace_id), None)

    def job(self, job_id: str) -> Job:
        """A job for reading; raises the 404 of an unknown one."""
        job = self.world.find(job_id)
        if job is None:
            raise not_found(f"No job exists with jobId : {job_id}")
        return job
