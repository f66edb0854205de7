"""What a reader knows of a job: the payload at a moment, as a fault spoiled it, reduced to what can be read and may be kept.

By the contract, an unreadable part is unknown and its neighbors are kept, a field that the detail lacks comes from the list, and
of buyers and addresses only what is not personal is kept.
"""

from typing import Any

import orjson

from include.sandbox.api.faults import Fault, spoil
from include.sandbox.truth.frame import Row
from include.sandbox.world.job import Job
from include.sandbox.world.payload import detail, list_item
from include.sandbox.world.times import from_iso, to_iso

Flaws = dict[str, list[tuple[int, Fault | None]]]

TIMES = frozenset({"createTime", "startTime", "endTime", "uploadTime", "estimatedDeliveryDate"})
NUMBERS = frozenset({"durationInMinutes", "quantity", "value"})
NOT_PERSONAL = {
    "buyer": frozenset({"buyerId", "isPrimeMember"}),
    "address": frozenset({"city", "stateOrRegion", "postalCode", "countryCode"}),
}


def observed_payload(job: Job, moment: int, flaws: Flaws) -> Row:
    """Return the payload of a job as a reader at this moment knows it.

    Args:
        job: The job.
        moment: Seconds since the epoch.
        flaws: By job, the moments at which its detail was answered, with the fault that spoiled the answer, or None.
    """
    payload = detail(job, moment)
    flaw = next((fault for time, fault in reversed(flaws.get(job.job_id, [])) if time <= moment), None)
    if flaw:
        payload = orjson.loads(spoil(flaw, orjson.dumps({"payload": payload}), None))["payload"]
    return readable(orjson.loads(list_item(job, moment)) | payload | {"serviceJobId": job.job_id})


def readable(value: Any, name: str = "") -> Any:
    """Return a value of the payload as it can be read, None for an unreadable one. `name`: of the field that holds it."""
    if isinstance(value, dict):
        kept = NOT_PERSONAL.get(name, value.keys())
        return {field: readable(content, field) for field, content in value.items() if field in kept}
    if isinstance(value, list):
        return [readable(item, name) for item in value]
    if name in TIMES:
        try:
            return to_iso(from_iso(value))
        except ValueError:
            return None
    return orjson.loads(value) if name in NUMBERS and isinstance(value, str) else value
