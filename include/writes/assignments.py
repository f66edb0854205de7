"""Technicians from a table: each appointment's technicians are assigned as fast as the limit allows, and every refusal told.

It can be stopped and gone on with: an assignment that was made is in the journal, or is seen in the job, and is not sent again.
"""

import logging
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass

from include.services_api import ServicesClient
from include.services_api.account import Account
from include.services_api.errors import InvalidParameter, OutcomeUnknown, ServicesApiError
from include.services_api.retries import is_transient
from include.warehouse.journal.api_writes import WriteBusy
from include.writes import tables
from include.writes.appointments import AssignResources
from include.writes.sending import SETTLE_SECONDS, carry_out
from include.writes.write import rehearse

log = logging.getLogger(__name__)

COLUMNS = ("service_job_id", "appointment_id", "technician_id")
# enough to be at the limit of one a second with answers that take seconds
THREADS = 4
TOLD_EVERY = 25
MADE = ("accepted", "confirmed", "unchanged", "dry_run")


@dataclass(frozen=True)
class Assigned:
    """One appointment of the report. `outcome`: one of `MADE`, or `refused`, `unknown`, `not_sent`; `why`: then."""

    service_job_id: str
    appointment_id: str
    technician_ids: str
    outcome: str
    why: str = ""
    warnings: str = ""


def read(file: str, table: str | None = None) -> list[dict[str, str]]:
    """Rows of `service_job_id, appointment_id, technician_ids`: an appointment once, with everybody who is named for it.

    :raises InvalidParameter: the file cannot be read, or lacks a column.
    """
    technicians: dict[tuple[str, str], dict[str, None]] = {}
    for row in tables.read(file, COLUMNS, table=table):
        job, appointment, technician = (row[name] for name in COLUMNS)
        if "," in technician or ";" in technician:
            raise row.refuse("technician_id", "one technician: several of an appointment have a row each")
        technicians.setdefault((job, appointment), {})[technician] = None
    return [
        {"service_job_id": job, "appointment_id": appointment, "technician_ids": ",".join(names)}
        for (job, appointment), names in technicians.items()
    ]


def assign(
    client: ServicesClient, wanted: list[dict[str, str]], *, requested_by: str, settle_seconds: float = SETTLE_SECONDS
) -> Iterator[Assigned]:
    """Make the assignments; what became of each, as it is known. Closing the iterator stops after those under way."""
    threads = ThreadPoolExecutor(THREADS, thread_name_prefix="assign")
    try:
        making = [threads.submit(_assign, client, row, requested_by, settle_seconds) for row in wanted]
        for place, one in enumerate(making, start=1):
            yield one.result()
            if place % TOLD_EVERY == 0:
                log.info("%d of %d appointments", place, len(making))
    finally:
        threads.shutdown(cancel_futures=True)


def rehearsed(account: Account, wanted: list[dict[str, str]]) -> list[Assigned]:
    """The same without sending anything: what can be judged without a call."""
    found = []
    for row in wanted:
        try:
            rehearse(_write(row), account)
            found.append(Assigned(**row, outcome="dry_run"))
        except InvalidParameter as error:
            found.append(Assigned(**row, outcome="refused", why=str(error)))
    return found


def report(name: str, results: list[Assigned]) -> dict[str, object]:
    """Write the report; returns its path and how many there are of each outcome."""
    file = tables.write_report(name, [asdict(one) for one in results])
    for one in results:
        if one.outcome not in MADE:
            log.warning("%s %s: %s: %s", one.service_job_id, one.appointment_id, one.outcome, one.why)
    return {"report": str(file), "appointments": len(results), **Counter(one.outcome for one in results)}


def _write(row: dict[str, str]) -> AssignResources:
    """:raises InvalidParameter: a part of the row is empty."""
    return AssignResources(
        service_job_id=row["service_job_id"], appointment_id=row["appointment_id"], resource_ids=row["technician_ids"].split(",")
    )


def _assign(client: ServicesClient, row: dict[str, str], requested_by: str, settle_seconds: float) -> Assigned:
    try:
        done = carry_out(client, _write(row), requested_by=requested_by, settle_seconds=settle_seconds, unless_so=True)
    except OutcomeUnknown as error:
        return Assigned(**row, outcome="unknown", why=str(error))
    except WriteBusy as error:
        return Assigned(**row, outcome="not_sent", why=str(error))
    except ServicesApiError as error:
        return Assigned(**row, outcome="not_sent" if is_transient(error) else "refused", why=str(error))
    return Assigned(**row, outcome=done.outcome, warnings="; ".join(str(one.get("code")) for one in done.warnings))
