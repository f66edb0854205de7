"""dlt resources for free appointment slots: per store and ASIN, and per job that waits to be scheduled."""

import logging
from collections import Counter
from collections.abc import Iterator

import dlt

from include.extract import records
from include.extract.privacy import BuyerKeys
from include.extract.reader import Problem, Reading
from include.extract.snapshots import Rows, about, findings, read_all
from include.services_api import Response, ServicesClient
from include.services_api.errors import BadRequest, NotFound
from include.warehouse import api_fields
from include.warehouse.loading.windows import Window

log = logging.getLogger(__name__)


@dlt.resource(name="appointment_slots")
def appointment_slots(
    client: ServicesClient, window: Window, services: tuple[tuple[str, str], ...], keys: BuyerKeys, counts: Counter
) -> Iterator:
    """Yield the slots of every (store, ASIN) in the window, as Arrow tables."""

    def read(service: tuple[str, str]) -> Rows:
        store, asin = service
        response = client.get_appointment_slots(window.marketplace_id, asin, store, window.start, window.end)
        counts["pages"] += 1
        return _rows(window, service, {"store_id": store, "asin": asin}, "appointment_slot", response, keys)

    yield from read_all(window, services, read)


@dlt.resource(name="job_appointment_slots")
def job_appointment_slots(
    client: ServicesClient, window: Window, jobs: tuple[str, ...], keys: BuyerKeys, counts: Counter
) -> Iterator:
    """Yield the slots of every job that waits to be scheduled, which can be fewer than its store's, as Arrow tables."""

    def read(job: str) -> Rows:
        try:
            response = client.get_appointment_slots_by_job_id(window.marketplace_id, job, window.start, window.end)
        except (BadRequest, NotFound) as error:
            # the jobs come from the last publication, and this one may have been scheduled since
            log.info("%s: no slots for job %s any more: %s", window, job, error)
            return {}
        counts["pages"] += 1
        return _rows(window, job, {"service_job_id": job}, "job_appointment_slot", response, keys)

    yield from read_all(window, jobs, read)


def _rows(window: Window, target: object, of: dict[str, str], table: str, response: Response, keys: BuyerKeys) -> Rows:
    reading = Reading(keys)
    report = reading.payload(response.payload, api_fields.SLOT_REPORT)
    shared = about(window, **of, observed_at=response.received_at)
    rows = []
    for position, slot in enumerate(report.get("appointmentSlots") or [], start=1):
        start, end = (records.moment((slot or {}).get(name)) for name in ("startTime", "endTime"))
        if start is None or end is None:
            reading.problems.append(Problem(f"appointmentSlots[{position}]", "a slot without a readable start and end", slot))
            continue
        kept = {"slot_start_at": start, "slot_end_at": end, "capacity": slot.get("capacity")}
        rows.append(shared | kept | {"scheduling_type": report.get("schedulingType")})
    snapshot = shared | {"range_start": window.start, "range_end": window.end}
    return {f"{table}s": rows, f"{table}_snapshots": [snapshot]} | findings(window, target, reading, response.received_at)
