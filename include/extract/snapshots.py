"""What lies ahead is read target by target (a store and ASIN, a job, a resource), each answer a snapshot of now.

The loader keeps the changes alone; what a later snapshot of the same range no longer holds is noted there as gone.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import dlt

from include.extract import records, settings
from include.extract.reader import Problem, Reading, tell_unknown
from include.services_api.errors import BadRequest, NotFound, Refused
from include.warehouse.windows import Window

log = logging.getLogger(__name__)

BATCH_TARGETS = 200

# not a table: it is told once a window
UNKNOWN = "unknown"

Rows = dict[str, list]


class EveryTargetRefused(Exception):
    """The API refused every single store or resource: that is not about one of them."""


def read_all(window: Window, targets: tuple, read: Callable[[object], Rows]) -> Iterator:
    """Read every target in parallel, as Arrow tables. One that the API refuses is quarantined and does not hold the others.

    :raises EveryTargetRefused: each of several targets was refused.
    """
    refused, unknown = 0, Counter()

    def read_or_refuse(target: object) -> tuple[Rows, bool]:
        try:
            return read(target), False
        except (BadRequest, NotFound, Refused) as error:
            log.warning("%s: %s refused: %s", window, target, error)
            return _refusal(window, target, error), True

    with ThreadPoolExecutor(settings.threads(), thread_name_prefix=window.entity) as threads:
        for first in range(0, len(targets), BATCH_TARGETS):
            together: Rows = {}
            for rows, is_refused in threads.map(read_or_refuse, targets[first : first + BATCH_TARGETS]):
                refused += is_refused
                for table, more in rows.items():
                    together.setdefault(table, []).extend(more)
            unknown.update(together.pop(UNKNOWN, ()))
            for table, rows in together.items():
                if rows:
                    yield dlt.mark.with_table_name(records.batch(table, rows), table)
    tell_unknown(window, unknown)
    if targets and refused == len(targets):
        raise EveryTargetRefused(f"{window}: the API refused all {refused} of them; see the warnings above for its words")


def findings(window: Window, target: object, reading: Reading, observed_at: datetime) -> Rows:
    """What a reading came across: rows of the quarantine, and what it did not know."""
    problems = reading.problems + [
        Problem(field, "a field that nobody knows; it has no column of its own", value) for field, value in reading.extra.items()
    ]
    quarantined = records.quarantine(window.account, window.entity, _name(target), problems, observed_at)
    return {records.QUARANTINE: quarantined, UNKNOWN: sorted(reading.unknown)}


def _refusal(window: Window, target: object, error: Exception) -> Rows:
    row = {
        "account": window.account, "entity": window.entity, "record_key": _name(target), "field": None,
        "reason": f"{type(error).__name__}: {error}", "payload": None, "observed_at": None,
    }  # fmt: skip
    return {records.QUARANTINE: [row]}


def _name(target: object) -> str:
    return "/".join(target) if isinstance(target, tuple) else str(target)
