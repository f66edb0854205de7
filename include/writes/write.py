"""Base classes of the writes: the request, the checks before it, and the lookup of an earlier attempt."""

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from typing import ClassVar

from typing_extensions import override

from include.services_api import Response, ServicesClient
from include.services_api.account import Account
from include.services_api.errors import InvalidParameter
from include.services_api.operations import Operation
from include.services_api.transport import Call
from include.services_api.writes import Writes

log = logging.getLogger(__name__)

CLOSED_STATUSES = ("CANCELLED", "COMPLETED", "NOT_FULFILLABLE")


class Arrival(Enum):
    """Whether the API shows the effect of a request that got no response."""

    ARRIVED = "arrived"
    ABSENT = "absent"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Lookup:
    """What the API shows of an earlier attempt. `result`: the ids that the lost response would have returned."""

    arrival: Arrival
    result: dict[str, str] = field(default_factory=dict)


class RequestRecorder(Writes):
    """Takes the place of a client in a dry run: records calls and sends nothing."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.calls: list[Call] = []

    def _call(self, operation: Operation, **parts: dict) -> Response:
        self.calls.append(Call.filled(operation, **parts))
        return Response({}, {}, [], None, datetime.now(UTC), 0)


Sender = ServicesClient | RequestRecorder


class Write(ABC):
    """Base of all writes. Subclasses are frozen dataclasses that convert their fields when they are created (`inputs`).

    Attributes:
        operation: The operation of the API.
        target_fields: Columns of `ops.api_writes` and the fields that fill them.
        not_found_means_done: Whether a 404 on a repeated request means that the first one arrived.

    Raises:
        InvalidParameter: A field cannot be converted.
    """

    operation: ClassVar[Operation]
    target_fields: ClassVar[dict[str, str]] = {}
    not_found_means_done: ClassVar[bool] = False

    def target(self, account: Account) -> dict[str, str | None]:
        """Return the values of `target_fields` by column."""
        return {column: getattr(self, name) for column, name in self.target_fields.items()}

    @abstractmethod
    def request(self, client: Sender) -> Response:
        """Call the operation."""

    def identity(self, account: Account) -> list:
        """Return what makes two writes the same: operation, path, query and body.

        It must not depend on the time of the call: a rerun finds earlier attempts by it.

        Raises:
            InvalidParameter: The request would break the API's model.
        """
        call = request_of(self, account)
        return [call.operation.name, call.path, call.query, call.body]

    def check(self, account: Account, now: datetime) -> None:  # noqa: B027 - a write may have nothing to check
        """Raise `InvalidParameter` for what can be judged without a call."""

    def prepare(self, client: ServicesClient) -> dict:
        """Check the write against the current state of the API; return the part of it that `send` and `look_up` need, as JSON."""
        return {}

    def send(self, client: ServicesClient, before: dict) -> tuple[Response, dict[str, str]]:
        """Send the request and all that belongs to it; return the response and the ids in it. `before`: that of `prepare`."""
        response = self.request(client)
        return response, self.result(response)

    def result(self, response: Response) -> dict[str, str]:
        """Return the ids in a response."""
        return {}

    def look_up(self, client: ServicesClient, before: dict) -> Lookup:
        """Find out whether an earlier attempt arrived. `before`: what `prepare` returned before it was sent."""
        return Lookup(Arrival.UNDECIDED)


@dataclass(frozen=True, kw_only=True)
class JobWrite(Write):
    """A write to a service job; the job shows whether it is allowed and whether it arrived."""

    target_fields = {"service_job_id": "service_job_id"}
    service_job_id: str

    @override
    def prepare(self, client: ServicesClient) -> dict:
        job = current_job(client, self.service_job_id)
        self.check_status(str(job.get("serviceJobStatus")))
        self.check_job(job)
        self.check_offer(client, job)
        return self.before(job)

    def check_status(self, status: str) -> None:
        """Raise `InvalidParameter` if a job of this status does not allow the write."""
        if status in CLOSED_STATUSES:
            raise self.not_allowed(f"its status is {status}; it has to be none of {', '.join(CLOSED_STATUSES)}")

    def check_job(self, job: dict) -> None:
        """Raise `InvalidParameter` if the job does not allow the write."""

    def check_offer(self, client: ServicesClient, job: dict) -> None:
        """Raise `InvalidParameter` if more than the job has to be read to judge the write, and does not allow it."""

    def before(self, job: dict) -> dict:
        """Return what `look_up_in` needs of the job before the write."""
        return {}

    @override
    def look_up(self, client: ServicesClient, before: dict) -> Lookup:
        return self.look_up_in(current_job(client, self.service_job_id), before)

    @abstractmethod
    def look_up_in(self, job: dict, before: dict) -> Lookup:
        """Find out from the current job whether an earlier attempt arrived."""

    def not_allowed(self, reason: str) -> InvalidParameter:
        """Return the error for a job that does not allow the write."""
        return InvalidParameter(f"job {self.service_job_id} does not allow this step: {reason}. Nothing was sent.",
                                operation=self.operation.name)  # fmt: skip


def current_job(client: ServicesClient, service_job_id: str) -> dict:
    """Read the current state of a job."""
    return client.get_service_job(service_job_id).payload


def request_of(write: Write, account: Account) -> Call:
    """Return the call that a write would send.

    Raises:
        InvalidParameter: It would break the API's model.
    """
    recorder = RequestRecorder(account)
    write.request(recorder)
    (call,) = recorder.calls
    return call


def rehearse(write: Write, account: Account, now: datetime | None = None) -> Call:
    """Check a write without any call, log what would be sent, and return it. Nothing is sent.

    Raises:
        InvalidParameter: The write is not allowed; the message says what is.
    """
    call = request_of(write, account)
    write.check(account, now or datetime.now(UTC))
    log.info("Would send for %s: %s %s %s %s", account.name, call.operation.method, call.path, call.query, call.body or "")
    return call


def convert_fields(instance: object, **converters: Callable[[str, object], object]) -> None:
    """Replace fields of a frozen dataclass by what their converters return for name and value."""
    for name, convert in converters.items():
        object.__setattr__(instance, name, convert(name, getattr(instance, name)))
