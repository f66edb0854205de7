"""What lies ahead is read target by target (a store and ASIN, a job, a resource), each answer a snapshot of now.

The loader keeps the changes alone; what a later snapshot of the same range no longer holds is noted there as gone. What is
odd in one slot mostly is in hundreds of thousands of them: it is told once a window, of the first of them.
"""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import dlt

from include.extract import drift, records, settings
from include.extract.reader import Problem, Reading
from include.privacy.minimization import anywhere
from include.services_api.errors import BadRequest, NotFound, OversizedResponse, Refused, ServicesApiError
from include.services_api.paging import EndlessPaging
from include.warehouse.loading.windows import Window

log = logging.getLogger(__name__)

BATCH_TARGETS = 200

# no table: what is odd is told once a window
ODD = "odd"

Rows = dict[str, list]


class EveryTargetRefused(Exception):
    """The API refused every single store or resource: that is not about one of them."""


def read_all(window: Window, targets: tuple, read: Callable[[object], Rows]) -> Iterator:
    """Read every target in parallel, as Arrow tables. One that the API refuses, or answers without an end, is quarantined and
    does not hold the others;
    so is the first of what cannot be read for the same reason in the same field.

    :raises EveryTargetRefused: each of several targets was refused.
    """
    refused, met, odd = 0, drift.WindowDrift(window), {}

    def read_or_refuse(target: object) -> tuple[Rows, bool]:
        try:
            return read(target), False
        except (BadRequest, NotFound, Refused, EndlessPaging, OversizedResponse) as error:
            log.warning("%s: %s refused: %s", window, target, error)
            return _refusal(window, target, error), True

    with ThreadPoolExecutor(settings.threads(), thread_name_prefix=window.entity) as threads:
        for first in range(0, len(targets), BATCH_TARGETS):
            together: Rows = {}
            for rows, is_refused in threads.map(read_or_refuse, targets[first : first + BATCH_TARGETS]):
                refused += is_refused
                for table, more in rows.items():
                    together.setdefault(table, []).extend(more)
            met.add(together.pop(records.DRIFT, []))
            for row in together.pop(ODD, ()):
                odd.setdefault((row["field"], row["reason"]), row)
            for table, rows in together.items():
                if rows:
                    yield dlt.mark.with_table_name(records.batch(table, rows), table)
    met.tell()
    for table, rows in ((records.QUARANTINE, list(odd.values())), (records.DRIFT, met.take())):
        if rows:
            yield dlt.mark.with_table_name(records.batch(table, rows), table)
    if targets and refused == len(targets):
        raise EveryTargetRefused(f"{window}: the API refused all {refused} of them; see the warnings above for its words")


def findings(window: Window, target: object, reading: Reading, observed_at: datetime) -> Rows:
    """What a reading came across: rows for the quarantine, and what the model does not have."""
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
    """Without Amazon's request id: the same refusal is told once, however often it is met."""
    said = "; ".join(map(str, error.refusals))
    row = {
        "account": window.account, "entity": window.entity, "record_key": _name(target), "field": None,
        "reason": f"{type(error).__name__}: {said}".rstrip(": "), "payload": None, "observed_at": datetime.now(UTC),
    }  # fmt: skip
    return {records.QUARANTINE: [row]}


def _name(target: object) -> str:
    return "/".join(target) if isinstance(target, tuple) else str(target)
