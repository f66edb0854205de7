"""Details of many jobs at once: asked for as soon as a page has named them, so that paging and details share the time.

A detail that cannot be read does not fail its window: the error stands in the place of the answer. Too many of them are no
matter of single jobs any more, and fail it (`DetailsUnavailable`).
"""

import logging
from collections.abc import Iterable, Iterator
from queue import SimpleQueue
from threading import Thread

from include.extract import settings
from include.extract.model import SERVICE_JOB
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

log = logging.getLogger(__name__)

# more than both of the jobs of a window without a detail are an outage
MOST_MISSING = 20
MOST_MISSING_SHARE = 0.01


class DetailsUnavailable(Exception):
    """So many details of a window could not be read that the API itself is out of order."""


class OddDetail(Exception):
    """An answer that is no detail of the job that was asked for."""


# what is about one job; every other error is about the account or the API
ABOUT_THE_JOB = (BadRequest, InvalidParameter, NotFound, OddDetail, OversizedResponse, Refused, ServiceUnavailable)


class Details:
    """`known`: ids that need not be asked for. The number of requests in flight is bounded; the rate budget sets the pace."""

    def __init__(self, client: ServicesClient, known: set[str]) -> None:
        self._client, self._asked = client, set(known)
        # a future a job would cost more than reading the job
        self._names: SimpleQueue[str | None] = SimpleQueue()
        self._answers: SimpleQueue[tuple[str, Response | BaseException]] = SimpleQueue()
        self._threads = [Thread(target=self._work, name=f"detail-{number}") for number in range(settings.threads())]
        self._is_closed = False

    def __enter__(self) -> "Details":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._is_closed = True
        for _ in self._threads:
            self._names.put(None)
        for thread in self._threads:
            thread.join()

    def ask(self, names: Iterable[str]) -> None:
        for name in names:
            if name not in self._asked:
                self._asked.add(name)
                self._names.put(name)

    def answers(
        self, wanted: Iterable[str], of: int, forgiven: tuple[type, ...] = ()
    ) -> Iterator[tuple[str, Response | Exception]]:
        """Wait for the jobs that are wanted, as they come. All were asked for.

        Args:
            wanted: Job ids.
            of: How many jobs the window holds.
            forgiven: Errors that do not count as a detail that could not be read.

        Yields:
            The id of a job, and its detail or the error that stands for it.

        Raises:
            DetailsUnavailable: More than `MOST_MISSING` and `MOST_MISSING_SHARE` of the window have none.
            ServicesApiError: The error of one is not about that job alone.
        """
        missing, unread = set(wanted), 0
        while missing:
            name, answer = self._answers.get()
            # a list that was read again may have lost a job since: it has been updated, and is in a later window
            if name not in missing:
                continue
            if isinstance(answer, BaseException):
                if not isinstance(answer, ABOUT_THE_JOB):
                    raise answer
                unread += not isinstance(answer, forgiven)
                if unread > max(MOST_MISSING, MOST_MISSING_SHARE * of):
                    raise DetailsUnavailable(
                        f"{unread} of the details of {of} jobs could not be read, which is no matter of single jobs any more; "
                        f"the last one: {answer}"
                    ) from answer
            missing.remove(name)
            yield name, answer

    def _work(self) -> None:
        while (name := self._names.get()) is not None:
            if not self._is_closed:
                self._answers.put((name, self._read(name)))

    def _read(self, name: str) -> Response | BaseException:
        try:
            answer = self._client.get_service_job(name)
            _check(name, answer.payload)
            return answer
        except BaseException as error:
            return error


def reason_of(error: Exception) -> str:
    """Why a detail is missing, without anything that Amazon wrote: the same reason is told once."""
    if isinstance(error, OddDetail):
        return f"its detail could not be read: {error}"
    status = f"HTTP {error.status}" if isinstance(error, ServicesApiError) and error.status else "no answer"
    return f"its detail could not be read: {type(error).__name__} ({status})"


def _check(name: str, payload: object) -> None:
    """Refuse an answer in which nothing is known of a service job, or which is about another one.

    Raises:
        OddDetail: Says what is wrong.
    """
    known = [*SERVICE_JOB.fields, *SERVICE_JOB.aliases]
    if not isinstance(payload, dict) or not any(payload.get(field) is not None for field in known if field != "serviceJobId"):
        raise OddDetail("the answer holds no field of a service job")
    told = payload.get("serviceJobId")
    if isinstance(told, str) and told and told != name:
        raise OddDetail("the answer is about another service job")
