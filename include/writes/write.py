"""A write as a value: what would be sent, whether that may be, and how to see later whether it arrived."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import ClassVar

from include.services_api import Answer, ServicesClient
from include.services_api.account import Account
from include.services_api.errors import InvalidParameter
from include.services_api.operations import Operation
from include.services_api.reads import Reads
from include.services_api.transport import Call
from include.services_api.writes import Writes

log = logging.getLogger(__name__)

CLOSED_STATUSES = ("CANCELLED", "COMPLETED", "NOT_FULFILLABLE")


class Trace(Enum):
    """What can be seen of a write that nobody answered."""

    ARRIVED = "arrived"
    ABSENT = "absent"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Seen:
    """`result`: the ids that the lost answer would have given, where it `ARRIVED`."""

    trace: Trace
    result: dict[str, str]


class Write:
    """Base of all writes. Fields are read tolerantly when it is made (`inputs`).

    :raises InvalidParameter: a field cannot be read.
    """

    operation: ClassVar[Operation]
    # sent again, it finds nothing where the first one arrived
    not_found_means_done: ClassVar[bool] = False

    def target(self, account: Account) -> dict[str, str | None]:
        """What it is about, in columns of `ops.api_writes`."""
        raise NotImplementedError

    def request(self, client: Writes) -> Answer:
        """The one call that changes something."""
        raise NotImplementedError

    def wish(self, account: Account) -> list:
        """Say what makes two writes the same one: operation, path, query and body.

        It must not depend on when it is asked, or a rerun would not find what was sent before.

        Raises:
            InvalidParameter: The request would break the API's model.
        """
        call = request_of(self, account)
        return [call.operation.name, call.path, call.query, call.body]

    def check(self, account: Account, now: datetime) -> None:
        """Refuse what can be judged without a call."""

    def prepare(self, client: ServicesClient) -> dict:
        """Ask the API whether the step is allowed; returns what `look` needs to know of the time before."""
        return {}

    def send(self, client: ServicesClient) -> tuple[Answer, dict[str, str]]:
        """The request, all that belongs to it, and the ids that came of it."""
        answer = self.request(client)
        return answer, self.result(answer)

    def result(self, answer: Answer) -> dict[str, str]:
        return {}

    def look(self, client: ServicesClient, before: dict) -> Seen:
        """Whether an earlier attempt arrived. `before`: what `prepare` returned then."""
        return Seen(Trace.UNDECIDED, {})


@dataclass(frozen=True, kw_only=True)
class JobWrite(Write):
    """A write to a service job, whose state says whether it is allowed and whether it arrived."""

    service_job_id: str

    def target(self, account: Account) -> dict[str, str | None]:
        return {"service_job_id": self.service_job_id}

    def prepare(self, client: ServicesClient) -> dict:
        job = client.get_service_job(self.service_job_id).payload
        self.check_status(str(job.get("serviceJobStatus")))
        self.check_job(job)
        return self.before(job)

    def check_status(self, status: str) -> None:
        if status in CLOSED_STATUSES:
            raise self.not_now(f"its status is {status}; it has to be none of {', '.join(CLOSED_STATUSES)}")

    def check_job(self, job: dict) -> None:
        """Refuse what the job, as it is now, does not allow."""

    def before(self, job: dict) -> dict:
        return {}

    def look(self, client: ServicesClient, before: dict) -> Seen:
        return self.seen(client.get_service_job(self.service_job_id).payload, before)

    def seen(self, job: dict, before: dict) -> Seen:
        """The same, in the job as it is now."""
        raise NotImplementedError

    def not_now(self, reason: str) -> InvalidParameter:
        return InvalidParameter(f"job {self.service_job_id} does not allow this step: {reason}. Nothing was sent.",
                                operation=self.operation.name)  # fmt: skip


class _Rehearsal(Reads, Writes):
    """Takes what a client takes and sends nothing."""

    def __init__(self, account: Account) -> None:
        self.account, self.calls = account, []

    def _call(self, operation: Operation, **parts: dict) -> Answer:
        self.calls.append(Call.filled(operation, **parts))
        return Answer({}, {}, [], None, datetime.now(UTC), 0)


def request_of(write: Write, account: Account) -> Call:
    """What would be sent. Nothing is.

    :raises InvalidParameter: it would break the API's model.
    """
    rehearsal = _Rehearsal(account)
    write.request(rehearsal)
    (call,) = rehearsal.calls
    return call


def rehearse(write: Write, account: Account, now: datetime | None = None) -> Call:
    """Judge a write by all that can be known without a call, and log what would be sent. Nothing is.

    :raises InvalidParameter: says what is allowed.
    """
    call = request_of(write, account)
    write.check(account, now or datetime.now(UTC))
    log.info("Would send for %s: %s %s %s %s", account.name, call.operation.method, call.path, call.query, call.body or "")
    return call


def set_fields(write: object, **read: Callable[[str, object], object]) -> None:
    """Replace fields of a frozen write by what their readers make of them."""
    for name, reader in read.items():
        object.__setattr__(write, name, reader(name, getattr(write, name)))
