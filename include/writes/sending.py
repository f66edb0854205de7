"""Sends a write once: journals each attempt before sending it, and checks whether an earlier one arrived before retrying."""

import hashlib
import json
import logging
import time
from dataclasses import asdict, dataclass

from include.services_api import Account, Response, ServicesClient
from include.services_api.errors import NotFound, OutcomeUnknown, ServicesApiError
from include.services_api.parameters import InvalidParameter
from include.services_api.retries import is_transient
from include.warehouse.journal import api_writes
from include.warehouse.journal.api_writes import Attempt
from include.warehouse.journal.journal_files import WriteUnreadable
from include.writes.write import Arrival, Lookup, Write

log = logging.getLogger(__name__)

# how long a request without a response may take to show its effect; the client waits 60 s for a response
SETTLE_SECONDS = 60.0


@dataclass(frozen=True)
class WriteResult:
    """A write that was carried out.

    Attributes:
        outcome: `accepted`; `confirmed` if no response came and the API shows the effect; `unchanged` if it was not needed.
        result: Ids in the response.
        warnings: Amazon's warnings.
    """

    operation: str
    outcome: str
    request_id: str | None
    result: dict[str, str]
    warnings: list[dict]

    def flat(self) -> dict:
        """Return the fields as one dictionary, with the ids at its top level."""
        values = asdict(self)
        return values.pop("result") | values


def carry_out(
    client: ServicesClient,
    write: Write,
    *,
    requested_by: str,
    settle_seconds: float = SETTLE_SECONDS,
    skip_unchanged: bool = False,
) -> WriteResult:
    """Send a write, unless an earlier attempt of the same requester has arrived.

    Args:
        client: Client of the account.
        write: The write.
        requested_by: The requester, the same text in every rerun; in Airflow DAG, run and task.
        settle_seconds: A request without a response counts as not arrived if the API does not show it this long after a first
            lookup.
        skip_unchanged: Do not send a write whose effect the API shows already; the outcome is `unchanged`.

    Raises:
        InvalidParameter: The write is not allowed by the guide or the job's state; it was not sent.
        OutcomeUnknown: It, or an earlier attempt, may have been carried out; it is not repeated.
        WriteBusy: Another process is sending the same write.
        ServicesApiError: The API refused it, or it did not arrive.
    """
    key = _key(write, client.account, requested_by)
    # from the lookup to the new attempt, the journal's files may not move
    with api_writes.held_still():
        return _carry_out(client, write, key, requested_by, settle_seconds, skip_unchanged)


def _carry_out(
    client: ServicesClient, write: Write, key: str, requested_by: str, settle_seconds: float, skip_unchanged: bool
) -> WriteResult:
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
            log.info("%s was carried out before, at %s; it is not repeated.", write.operation.name, earlier.row["sent_at"])
            return _result_of(earlier)
    write.check(client.account, client.clock.now())
    before = write.prepare(client)
    if skip_unchanged and write.look_up(client, before).arrival is Arrival.ARRIVED:
        return WriteResult(write.operation.name, "unchanged", None, {}, [])
    attempt = api_writes.begin(
        key, earlier.number + 1 if earlier else 1, account=client.account.name, operation=write.operation.name,
        requested_by=requested_by, before=before, sent_at=client.clock.now().isoformat(), **write.target(client.account),
    )  # fmt: skip
    try:
        return _send(client, write, attempt, before, sent_before)
    finally:
        attempt.release()


def _send(client: ServicesClient, write: Write, attempt: Attempt, before: dict, sent_before: bool) -> WriteResult:
    try:
        response, result = write.send(client, before)
    except NotFound as error:
        if not (sent_before and write.not_found_means_done):
            attempt.end(api_writes.REFUSED, **_error_values(error))
            raise
        attempt.end(api_writes.CONFIRMED, request_id=error.request_id)
        return _result_of(attempt)
    except OutcomeUnknown as error:
        attempt.end(api_writes.UNKNOWN, **_error_values(error))
        raise
    except ServicesApiError as error:
        never_sent = is_transient(error) or isinstance(error, InvalidParameter)
        attempt.end(api_writes.NOT_SENT if never_sent else api_writes.REFUSED, **_error_values(error))
        raise
    attempt.end(api_writes.ACCEPTED, **_response_values(response, result))
    for warning in response.warnings:
        log.warning("%s: %s %s", write.operation.name, warning.get("code"), warning.get("message"))
    return _result_of(attempt)


def _resolve(client: ServicesClient, write: Write, earlier: Attempt, settle_seconds: float) -> bool:
    """Journal the outcome of an attempt without a response, by what the API shows.

    Returns:
        False if another process has journaled it.

    Raises:
        OutcomeUnknown: The API does not show it, and a repetition could have a second effect.
    """
    if earlier.outcome not in api_writes.OPEN:
        return False
    log.warning(
        "%s was sent at %s without a known response: checking whether it arrived.", write.operation.name, earlier.row["sent_at"]
    )
    lookup = _look_up(client, write, earlier)
    if lookup.arrival is Arrival.ABSENT:
        time.sleep(settle_seconds)
        lookup = _look_up(client, write, earlier)
    if lookup.arrival is Arrival.ARRIVED:
        earlier.end(api_writes.CONFIRMED, result=json.dumps(lookup.result))
    elif lookup.arrival is Arrival.ABSENT:
        earlier.end(api_writes.NOT_ARRIVED)
    elif write.operation.idempotent:
        earlier.end(api_writes.REPEATED)
    else:
        raise OutcomeUnknown(
            f"it was sent at {earlier.row['sent_at']}, no response came, and the API does not show whether it was carried out.",
            operation=write.operation.name, account=client.account.name, request_id=earlier.row.get("request_id"),
            advice=f"What to check: {write.operation.check}. If it was carried out, mark the task as success; if not, delete "
            f"{earlier.file} and run the task again.",
        )  # fmt: skip
    return True


def _look_up(client: ServicesClient, write: Write, earlier: Attempt) -> Lookup:
    return write.look_up(client, earlier.row.get("before") or {})


def _key(write: Write, account: Account, requested_by: str) -> str:
    """Return the key of a write in the journal: a digest, because the content can be private."""
    identity = [account.name, *write.identity(account), requested_by]
    return hashlib.blake2b(json.dumps(identity, sort_keys=True).encode(), digest_size=16).hexdigest()


def _response_values(response: Response, result: dict[str, str]) -> dict:
    return {
        "request_id": response.request_id, "answered_at": response.received_at.isoformat(), "result": json.dumps(result),
        "warnings": json.dumps(response.warnings) if response.warnings else None,
    }  # fmt: skip


def _error_values(error: ServicesApiError) -> dict:
    return {"request_id": error.request_id, "error": "; ".join(map(str, error.refusals)) or type(error).__name__}


def _result_of(attempt: Attempt) -> WriteResult:
    row = attempt.row
    result, warnings = json.loads(row.get("result") or "{}"), json.loads(row.get("warnings") or "[]")
    return WriteResult(row["operation"], row["outcome"], row.get("request_id"), result, warnings)
