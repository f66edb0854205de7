"""What the API told of a job: the job as it was, and what a fault had made of the answer; then what can be read of it.

The contract: a part that cannot be read is unknown, its neighbors are kept; a field that the detail leaves out is known from the
list; nothing of a buyer or an address is kept but what is not personal.
"""

from __future__ import annotations

from typing import Any

import orjson

from include.sandbox.api.faults import Fault, spoil
from include.sandbox.world.job import Job
from include.sandbox.world.payload import detail, list_item
from include.sandbox.world.times import from_iso, to_iso

Row = dict[str, Any]
Flaws = dict[str, list[tuple[int, Fault | None]]]

TIMES = frozenset({"createTime", "startTime", "endTime", "uploadTime", "estimatedDeliveryDate"})
NUMBERS = frozenset({"durationInMinutes", "quantity", "value"})
NOT_PERSONAL = {
    "buyer": frozenset({"buyerId", "isPrimeMember"}),
    "address": frozenset({"city", "stateOrRegion", "postalCode", "countryCode"}),
}


def told(job: Job, moment: int, flaws: Flaws) -> Row:
    """`flaws`: by job, the moments at which its detail was answered, and what was wrong with the answer, if anything."""
    shown = detail(job, moment)
    flaw = next((fault for time, fault in reversed(flaws.get(job.job_id, [])) if time <= moment), None)
    if flaw:
        spoiled = orjson.loads(spoil(flaw, orjson.dumps({"payload": shown}), None))["payload"]
        shown = orjson.loads(list_item(job, moment)) | spoiled | {"serviceJobId": job.job_id}
    return readable(shown)


def readable(value: Any, name: str = "") -> Any:
    """A payload's value as it can be read; None where it cannot."""
    if isinstance(value, dict):
        kept = NOT_PERSONAL.get(name, value.keys())
        return {inner: readable(each, inner) for inner, each in value.items() if inner in kept}
    if isinstance(value, list):
        return [readable(each, name) for each in value]
    if name in TIMES:
        try:
            return to_iso(from_iso(value))
        except ValueError:
            return None
    return orjson.loads(value) if name in NUMBERS and isinstance(value, str) else value
