"""Details of many jobs at once: asked for as soon as a page has named them, so that paging and details share the time."""

import logging
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor

from include.extract import settings
from include.services_api import Answer, ServicesClient
from include.services_api.errors import NotFound

log = logging.getLogger(__name__)


class Details:
    """`known`: ids that need not be asked for. The number of requests in flight is bounded; the rate budget sets the pace."""

    def __init__(self, client: ServicesClient, known: set[str]) -> None:
        self._client, self._known = client, known
        self._asked: dict[str, Future] = {}
        self._threads = ThreadPoolExecutor(settings.threads(), thread_name_prefix="detail")

    def __enter__(self) -> "Details":
        return self

    def __exit__(self, *exception: object) -> None:
        self._threads.shutdown(cancel_futures=True)

    def ask(self, names: Iterable[str]) -> None:
        for name in names:
            if name not in self._known and name not in self._asked:
                self._asked[name] = self._threads.submit(self._read, name)

    def take(self, name: str) -> Answer | None:
        """Wait for a job's detail; None where the API does not know the job."""
        return self._asked.pop(name).result()

    def _read(self, name: str) -> Answer | None:
        try:
            return self._client.get_service_job(name)
        except NotFound as error:
            log.warning("service job %s: its detail answers 404 (%s); what the list said of it is kept", name, error)
            return None
