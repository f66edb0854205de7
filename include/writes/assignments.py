"""Assigns technicians to appointments from a table, at the rate that the API allows, and reports the outcome of each.

A run that was stopped can be started again: assignments that are in the journal, or that the job shows, are not sent again.
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
# enough for one request a second while answers take seconds
THREADS = 4
LOG_EVERY = 25
SUCCESSES = ("accepted", "confirmed", "unchanged", "dry_run")


@dataclass(frozen=True)
class AssignmentResult:
    """One appointment of the report.

    Attributes:
        outcome: One of `SUCCESSES`, or `refused`, `unknown`, `not_sent`.
        why: The error, if it is none of `SUCCESSES`.
    """

    service_job_id: str
    appointment_id: str
    technician_ids: str
    outcome: str
    why: str = ""
    warnings: str = ""


def read(file: str, table: str | None = None) -> list[dict[str, str]]:
    """Read one row per appointment: `service_job_id`, `appointment_id` and comma-separated `technician_ids`.

    Args:
        file: The path of a CSV, Parquet or DuckDB file with `COLUMNS`, one technician a row.
        table: For a DuckDB file, its `schema.table`.

    Raises:
        InvalidParameter: The file cannot be read, or lacks a column.
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
    client: ServicesClient, rows: list[dict[str, str]], *, requested_by: str, settle_seconds: float = SETTLE_SECONDS
) -> Iterator[AssignmentResult]:
    """Send the assignments of `read`; yield their results in order. Closing the iterator stops after those being sent.

    `requested_by` and `settle_seconds` are those of `carry_out`.
    """
    threads = ThreadPoolExecutor(THREADS, thread_name_prefix="assign")
    try:
        futures = [threads.submit(_assign, client, row, requested_by, settle_seconds) for row in rows]
        for count, future in enumerate(futures, start=1):
            yield future.result()
            if count % LOG_EVERY == 0:
                log.info("%d of %d appointments", count, len(futures))
    finally:
        threads.shutdown(cancel_futures=True)


def dry_run(account: Account, rows: list[dict[str, str]]) -> list[AssignmentResult]:
    """Check the assignments of `read` without any call."""
    results = []
    for row in rows:
        try:
            rehearse(_write(row), account)
            results.append(AssignmentResult(**row, outcome="dry_run"))
        except InvalidParameter as error:
            results.append(AssignmentResult(**row, outcome="refused", why=str(error)))
    return results


def report(name: str, results: list[AssignmentResult]) -> dict[str, object]:
    """Write the report; return its path, the number of appointments, and the number of each outcome."""
    file = tables.write_report(name, [asdict(result) for result in results])
    for result in results:
        if result.outcome not in SUCCESSES:
            log.warning("%s %s: %s: %s", result.service_job_id, result.appointment_id, result.outcome, result.why)
    return {"report": str(file), "appointments": len(results), **Counter(result.outcome for result in results)}


def _write(row: dict[str, str]) -> AssignResources:
    return AssignResources(
        service_job_id=row["service_job_id"], appointment_id=row["appointment_id"], resource_ids=row["technician_ids"].split(",")
    )


def _assign(client: ServicesClient, row: dict[str, str], requested_by: str, settle_seconds: float) -> AssignmentResult:
    try:
        result = carry_out(client, _write(row), requested_by=requested_by, settle_seconds=settle_seconds, skip_unchanged=True)
    except OutcomeUnknown as error:
        return AssignmentResult(**row, outcome="unknown", why=str(error))
    except WriteBusy as error:
        return AssignmentResult(**row, outcome="not_sent", why=str(error))
    except ServicesApiError as error:
        return AssignmentResult(**row, outcome="not_sent" if is_transient(error) else "refused", why=str(error))
    warnings = "; ".join(str(warning.get("code")) for warning in result.warnings)
    return AssignmentResult(**row, outcome=result.outcome, warnings=warnings)
