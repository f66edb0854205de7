"""Sends a write once: told to the journal first, looked for before it is repeated."""

import hashlib
import json
import logging
import time
from dataclasses import asdict, dataclass

from include.services_api import Account, Answer, ServicesClient
from include.services_api.errors import NotFound, OutcomeUnknown, ServicesApiError
from include.services_api.parameters import InvalidParameter
from include.services_api.retries import is_transient
from include.warehouse.journal import api_writes
from include.warehouse.journal.api_writes import Attempt
from include.warehouse.journal.journal_files import WriteUnreadable
from include.writes.write import Seen, Trace, Write

log = logging.getLogger(__name__)

# how long a request that nobody answered may still be on its way; the client itself waits 60 s for an answer
SETTLE_SECONDS = 60.0


@dataclass(frozen=True)
class Done:
    """A write that was carried out.

    `outcome`: `accepted`, or `confirmed` where no answer came and the API shows it. `result`: ids that came of it.
    `warnings`: Amazon's, as they came.
    """

    operation: str
    outcome: str
    request_id: str | None
    result: dict[str, str]
    warnings: list[dict]

    def flat(self) -> dict:
        """As one object of plain values: the ids beside the rest."""
        told = asdict(self)
        return told.pop("result") | told


def carry_out(
    client: ServicesClient,
    write: Write,
    *,
    requested_by: str,
    settle_seconds: float = SETTLE_SECONDS,
    unless_so: bool = False,
) -> Done:
    """Send a write, unless an earlier attempt of the same requester has arrived.

    :param requested_by: who wants it, the same text whenever it is the same wish; in Airflow DAG, run and task.
    :param settle_seconds: a request without an answer that the API does not show so long after a first look has not arrived.
    :param unless_so: do not send what the API shows to be so already; the outcome is `unchanged` then.
    :raises InvalidParameter: refused before it was sent, by what is known or by the job's state.
    :raises OutcomeUnknown: it may have been carried out, or an earlier attempt may; it is not repeated.
    :raises WriteBusy: another process is sending it right now, or has begun to since this one looked.
    :raises ServicesApiError: the API refused it, or it did not arrive.
    """
    key = _key(write, client.account, requested_by)
    # looking and beginning belong together: no other process's attempt can come or go unseen in between
    with api_writes.held_still():
        return _carry_out(client, write, key, requested_by, settle_seconds, unless_so)


def _carry_out(client: ServicesClient, write: Write, key: str, requested_by: str, settle_seconds: float, unless_so: bool) -> Done:
    try:
        earlier = api_writes.latest(key)
    except WriteUnreadable as error:
        raise OutcomeUnknown(str(error), operation=write.operation.name, account=client.account.name) from error
    sent_before = False
    if earlier:
        if earlier.outcome in api_writes.OPEN:
            earlier.take_over()
            try:
                sent_before = _resolve(client, write, earlier, settle_seconds)
            finally:
                earlier.release()
        if earlier.outcome in api_writes.DONE:
            log.info("%s was carried out before, at %s; it is not sent again.", write.operation.name, earlier.row["sent_at"])
            return _done(earlier)
    write.check(client.account, client.clock.now())
    before = write.prepare(client)
    if unless_so and write.look(client, before).trace is Trace.ARRIVED:
        return Done(write.operation.name, "unchanged", None, {}, [])
    attempt = api_writes.begin(
        key, earlier.number + 1 if earlier else 1, account=client.account.name, operation=write.operation.name,
        requested_by=requested_by, before=before, sent_at=client.clock.now().isoformat(), **write.target(client.account),
    )  # fmt: skip
    try:
        return _send(client, write, attempt, sent_before)
    finally:
        attempt.release()


def _send(client: ServicesClient, write: Write, attempt: Attempt, sent_before: bool) -> Done:
    try:
        answer, result = write.send(client)
    except NotFound as error:
        if not (sent_before and write.not_found_means_done):
            attempt.end(api_writes.REFUSED, **_told(error))
            raise
        attempt.end(api_writes.CONFIRMED, request_id=error.request_id)
        return _done(attempt)
    except OutcomeUnknown as error:
        attempt.end(api_writes.UNKNOWN, **_told(error))
        raise
    except ServicesApiError as error:
        never_sent = is_transient(error) or isinstance(error, InvalidParameter)
        attempt.end(api_writes.NOT_SENT if never_sent else api_writes.REFUSED, **_told(error))
        raise
    attempt.end(api_writes.ACCEPTED, **_answered(answer, result))
    for warning in answer.warnings:
        log.warning("%s: %s %s", write.operation.name, warning.get("code"), warning.get("message"))
    return _done(attempt)


def _resolve(client: ServicesClient, write: Write, earlier: Attempt, settle_seconds: float) -> bool:
    """Find out what became of an attempt that nobody saw answered. Whether it may have been sent and has to be sent again.

    :raises OutcomeUnknown: that cannot be seen, and sending it again could do it twice.
    """
    if earlier.outcome not in api_writes.OPEN:
        return False
    log.warning(
        "%s was sent at %s, and no answer is known: looking whether it arrived.", write.operation.name, earlier.row["sent_at"]
    )
    seen = _seen(client, write, earlier)
    if seen.trace is Trace.ABSENT:
        time.sleep(settle_seconds)
        seen = _seen(client, write, earlier)
    if seen.trace is Trace.ARRIVED:
        earlier.end(api_writes.CONFIRMED, result=json.dumps(seen.result))
    elif seen.trace is Trace.ABSENT:
        earlier.end(api_writes.NOT_ARRIVED)
    elif write.operation.idempotent:
        earlier.end(api_writes.REPEATED)
    else:
        raise OutcomeUnknown(
            f"it was sent at {earlier.row['sent_at']}, no answer came, and whether it was carried out cannot be seen.",
            operation=write.operation.name, account=client.account.name, request_id=earlier.row.get("request_id"),
            advice=f"What to check: {write.operation.check}. If it was carried out, mark the task as success; if not, delete "
            f"{earlier.file} and run the task again.",
        )  # fmt: skip
    return True


def _seen(client: ServicesClient, write: Write, earlier: Attempt) -> Seen:
    return write.look(client, earlier.row.get("before") or {})


def _key(write: Write, account: Account, requested_by: str) -> str:
    """One text for the same wish. The content goes into a digest and nowhere else: it can hold what is nobody's business."""
    identity = [account.name, *write.wish(account), requested_by]
    return hashlib.blake2b(json.dumps(identity, sort_keys=True).encode(), digest_size=16).hexdigest()


def _answered(answer: Answer, result: dict[str, str]) -> dict:
    return {
        "request_id": answer.request_id, "answered_at": answer.received_at.isoformat(), "result": json.dumps(result),
        "warnings": json.dumps(answer.warnings) if answer.warnings else None,
    }  # fmt: skip


def _told(error: ServicesApiError) -> dict:
    return {"request_id": error.request_id, "error": "; ".join(map(str, error.refusals)) or type(error).__name__}


def _done(attempt: Attempt) -> Done:
    row = attempt.row
    result, warnings = json.loads(row.get("result") or "{}"), json.loads(row.get("warnings") or "[]")
    return Done(row["operation"], row["outcome"], row.get("request_id"), result, warnings)
