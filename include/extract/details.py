"""Fetches the details of many jobs in parallel, each as soon as a page of the listing names the job.

A detail that cannot be read does not fail its window: the error is returned in its place. Too many of them fail the window
(`DetailsUnavailable`).
"""

import logging
from collections.abc import Iterable, Iterator
from queue import SimpleQueue
from threading import Thread

from include.extract import settings
from include.services_api import Response, ServicesClient
from include.services_api.errors import (
    BadRequest,
    InvalidParameter,
    NotFound,
    OversizedResponse,
    Refused,
    ServicesApiError,
    ServiceUnavailable,
)
from include.warehouse.api_fields import SERVICE_JOB

log = logging.getLogger(__name__)

# more jobs without a detail than both of these are an outage
MOST_MISSING = 20
MOST_MISSING_SHARE = 0.01


class DetailsUnavailable(Exception):
    """So many details of a window could not be read that the API itself has failed."""


class OddDetail(Exception):
    """The answer is not a detail of the requested job."""


# errors of one job; every other error concerns the account or the API
ABOUT_THE_JOB = (BadRequest, InvalidParameter, NotFound, OddDetail, OversizedResponse, Refused, ServiceUnavailable)


class Details:
    """Requests details in `SERVICES_THREADS` threads, at the pace of the rate budget; not those of jobs that are `done`."""

    def __init__(self, client: ServicesClient, done: set[str]) -> None:
        self._client, self._requested = client, set(done)
        # one future per job would cost more than reading the job
        self._job_ids: SimpleQueue[str | None] = SimpleQueue()
        self._details: SimpleQueue[tuple[str, Response | BaseException]] = SimpleQueue()
        self._threads = [Thread(target=self._work, name=f"detail-{number}") for number in range(settings.threads())]
        self._is_closed = False

    def __enter__(self) -> "Details":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._is_closed = True
        for _ in self._threads:
            self._job_ids.put(None)
        for thread in self._threads:
            thread.join()

    def request(self, job_ids: Iterable[str]) -> None:
        """Queue jobs; those that were queued before are left out."""
        for job_id in job_ids:
            if job_id not in self._requested:
                self._requested.add(job_id)
                self._job_ids.put(job_id)

    def results(
        self, job_ids: Iterable[str], of: int, forgiven: tuple[type, ...] = ()
    ) -> Iterator[tuple[str, Response | Exception]]:
        """Yield requested jobs in the order of their arrival, each with its detail or error.

        `of` is the number of jobs of the window; errors of the types `forgiven` do not count as missing.

        Raises:
            DetailsUnavailable: More than `MOST_MISSING` and more than `MOST_MISSING_SHARE` of the window have none.
            ServicesApiError: An error does not concern a single job.
        """
        missing, unread = set(job_ids), 0
        while missing:
            job_id, detail = self._details.get()
            # a job that a second listing no longer holds was updated meanwhile, and is in a later window
            if job_id not in missing:
                continue
            if isinstance(detail, BaseException):
                if not isinstance(detail, ABOUT_THE_JOB):
                    raise detail
                unread += not isinstance(detail, forgiven)
                if unread > max(MOST_MISSING, MOST_MISSING_SHARE * of):
                    raise DetailsUnavailable(
                        f"{unread} of the details of {of} jobs could not be read, too many to be errors of single jobs; "
                        f"the last error: {detail}"
                    ) from detail
            missing.remove(job_id)
            yield job_id, detail

    def _work(self) -> None:
        while (job_id := self._job_ids.get()) is not None:
            if not self._is_closed:
                self._details.put((job_id, self._read(job_id)))

    def _read(self, job_id: str) -> Response | BaseException:
        try:
            detail = self._client.get_service_job(job_id)
            _check(job_id, detail.payload)
            return detail
        except BaseException as error:
            return error


def reason_of(error: Exception) -> str:
    """Why a detail is missing, without Amazon's words, so that equal reasons are stored once."""
    if isinstance(error, OddDetail):
        return f"its detail could not be read: {error}"
    status = f"HTTP {error.status}" if isinstance(error, ServicesApiError) and error.status else "no answer"
    return f"its detail could not be read: {type(error).__name__} ({status})"


def _check(job_id: str, payload: object) -> None:
    """Check the payload of a detail.

    Raises:
        OddDetail: It holds no field of a service job, or belongs to another job.
    """
    fields = [*SERVICE_JOB.fields, *SERVICE_JOB.aliases]
    if not isinstance(payload, dict) or not any(payload.get(field) is not None for field in fields if field != "serviceJobId"):
        raise OddDetail("the answer holds no field of a service job")
    payload_id = payload.get("serviceJobId")
    if isinstance(payload_id, str) and payload_id and payload_id != job_id:
        raise OddDetail("the answer is about another service job")
