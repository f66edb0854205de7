"""Details of many jobs at once: asked for as soon as a page has named them, so that paging and details share the time."""

import logging
from collections.abc import Iterable, Iterator
from queue import SimpleQueue
from threading import Thread

from include.extract import settings
from include.services_api import Answer, ServicesClient
from include.services_api.errors import NotFound

log = logging.getLogger(__name__)


class Details:
    """`known`: ids that need not be asked for. The number of requests in flight is bounded; the rate budget sets the pace."""

    def __init__(self, client: ServicesClient, known: set[str]) -> None:
        self._client, self._asked = client, set(known)
        # a future a job would cost more than reading the job
        self._names: SimpleQueue[str | None] = SimpleQueue()
        self._answers: SimpleQueue[tuple[str, Answer | BaseException | None]] = SimpleQueue()
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

    def answers(self, wanted: Iterable[str]) -> Iterator[tuple[str, Answer | None]]:
        """Wait for the jobs that are wanted, as they come; None where the API does not know the job. All were asked for.

        :raises ServicesApiError: the detail of one could not be read.
        """
        missing = set(wanted)
        while missing:
            name, answer = self._answers.get()
            # a list that was read again may have lost a job since: it has been updated, and is in a later window
            if name not in missing:
                continue
            if isinstance(answer, BaseException):
                raise answer
            missing.remove(name)
            yield name, answer

    def _work(self) -> None:
        while (name := self._names.get()) is not None:
            if not self._is_closed:
                self._answers.put((name, self._read(name)))

    def _read(self, name: str) -> Answer | BaseException | None:
        try:
            return self._client.get_service_job(name)
        except NotFound as error:
            log.warning("service job %s: its detail answers 404 (%s); what the list said of it is kept", name, error)
            return None
        except BaseException as error:
            return error
