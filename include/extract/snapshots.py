"""Reads availability target by target (a store and ASIN, a job, a resource); each answer is a snapshot of now.

The loader keeps only changes, and notes as gone what a later snapshot of the same range no longer holds. A value that cannot be
read in one slot usually cannot be read in hundreds of thousands of others: it is quarantined once per window, for the first one.
"""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

import dlt

from include.extract import drift, records, settings
from include.extract.reader import Problem, Reading
from include.privacy.minimization import anywhere
from include.services_api.errors import BadRequest, NotFound, OversizedResponse, Refused, ServicesApiError
from include.services_api.paging import EndlessPaging
from include.warehouse.loading.windows import Window

log = logging.getLogger(__name__)

BATCH_TARGETS = 200

# not a table: rows for the quarantine of which the first of each kind is kept per window
ODD = "odd"

Rows = dict[str, list[dict]]
Target = TypeVar("Target")


class EveryTargetRefused(Exception):
    """The API refused every target, so that the error does not concern single targets."""


def read_all(window: Window, targets: tuple[Target, ...], read: Callable[[Target], Rows]) -> Iterator:
    """Read every target in parallel and yield Arrow tables.

    A target that the API refuses, or answers without an end, is quarantined and does not stop the others. Of the values that
    cannot be read in the same field for the same reason, the first is quarantined.

    Raises:
        EveryTargetRefused: Every target was refused.
    """
    refused, met = 0, drift.WindowDrift(window)
    odd: dict[tuple[str, str], dict] = {}

    def read_or_refuse(target: Target) -> tuple[Rows, bool]:
        try:
            return read(target), False
        except (BadRequest, NotFound, Refused, EndlessPaging, OversizedResponse) as error:
            log.warning("%s: %s refused: %s", window, target, error)
            return _refusal(window, target, error), True

    with ThreadPoolExecutor(settings.threads(), thread_name_prefix=window.entity) as threads:
        for first in range(0, len(targets), BATCH_TARGETS):
            batch: Rows = {}
            for found, is_refused in threads.map(read_or_refuse, targets[first : first + BATCH_TARGETS]):
                refused += is_refused
                extend(batch, found)
            met.add(batch.pop(records.DRIFT, []))
            for row in batch.pop(ODD, ()):
                odd.setdefault((row["field"], row["reason"]), row)
            yield from _tables(batch)
    met.log()
    yield from _tables({records.QUARANTINE: list(odd.values()), records.DRIFT: met.take()})
    if targets and refused == len(targets):
        raise EveryTargetRefused(f"{window}: the API refused all {refused} of them; see the warnings above for its messages")


def _tables(rows_by_table: Rows) -> Iterator:
    for table, rows in rows_by_table.items():
        if rows:
            yield dlt.mark.with_table_name(records.batch(table, rows), table)


def extend(rows: Rows, more: Rows) -> None:
    """Add rows to those of the same tables."""
    for table, table_rows in more.items():
        rows.setdefault(table, []).extend(table_rows)


def about(window: Window, **columns: object) -> dict:
    """The columns that the rows of a target share."""
    return {"account": window.account, "marketplace_id": window.marketplace_id, **columns}


def findings(window: Window, target: object, reading: Reading, observed_at: datetime) -> Rows:
    """The findings of a reading: rows for the quarantine, and for the schema drift."""
    problems = reading.problems + [
        Problem(field, "a field that nobody knows; it has no column of its own", value) for field, value in reading.extra.items()
    ]
    first: dict[tuple[str, str], Problem] = {}
    for problem in problems:
        first.setdefault((anywhere(problem.field), problem.reason), problem)
    odd = [replace(problem, field=field) for (field, _), problem in first.items()]
    quarantined = records.quarantine(window.account, window.entity, _name(target), odd, observed_at)
    return {ODD: quarantined, records.DRIFT: drift.rows(window, reading, observed_at)}


def _refusal(window: Window, target: object, error: ServicesApiError) -> Rows:
    """The row of a refused target, without Amazon's request id, so that equal refusals are stored once."""
    refusals = "; ".join(map(str, error.refusals))
    problem = Problem("", f"{type(error).__name__}: {refusals}".rstrip(": "), None)
    (row,) = records.quarantine(window.account, window.entity, _name(target), [problem], datetime.now(UTC))
    return {records.QUARANTINE: [row | {"field": None}]}


def _name(target: object) -> str:
    return "/".join(target) if isinstance(target, tuple) else str(target)
