"""Appointment slots that can be reserved: per store and ASIN, and per job that waits to be scheduled."""

import logging
from collections import Counter
from collections.abc import Iterator

import dlt

from include.extract import model, records
from include.extract.privacy import BuyerKeys
from include.extract.reader import Problem, Reading
from include.extract.snapshots import Rows, findings, read_all
from include.services_api import Response, ServicesClient
from include.services_api.errors import BadRequest, NotFound
from include.warehouse.loading.windows import Window

log = logging.getLogger(__name__)


@dlt.resource(name="appointment_slots", write_disposition="append")
def appointment_slots(
    client: ServicesClient, window: Window, services: tuple[tuple[str, str], ...], keys: BuyerKeys, counts: Counter
) -> Iterator:
    """Slots of every (store, ASIN) from the window's start to its end, as Arrow tables."""

    def read(service: tuple[str, str]) -> Rows:
        store, asin = service
        answer = client.get_appointment_slots(window.marketplace_id, asin, store, window.start, window.end)
        counts["pages"] += 1
        return _rows(window, service, {"store_id": store, "asin": asin}, "appointment_slot", answer, keys)

    yield from read_all(window, services, read)


@dlt.resource(name="job_appointment_slots", write_disposition="append")
def job_appointment_slots(
    client: ServicesClient, window: Window, jobs: tuple[str, ...], keys: BuyerKeys, counts: Counter
) -> Iterator:
    """The same of every job that waits to be scheduled: its own slots, which can be fewer than its store's."""

    def read(job: str) -> Rows:
        try:
            answer = client.get_appointment_slots_by_job_id(window.marketplace_id, job, window.start, window.end)
        except (BadRequest, NotFound) as error:
            # whose jobs these are is known from the last publication: since then this one can have been scheduled
            log.info("%s: no slots for job %s any more: %s", window, job, error)
            return {}
        counts["pages"] += 1
        return _rows(window, job, {"service_job_id": job}, "job_appointment_slot", answer, keys)

    yield from read_all(window, jobs, read)


def _rows(window: Window, target: object, of: dict[str, str], table: str, answer: Response, keys: BuyerKeys) -> Rows:
    reading = Reading(keys)
    report = reading.whole(answer.payload, model.SLOT_REPORT) or {}
    about = {"account": window.account, "marketplace_id": window.marketplace_id, **of, "observed_at": answer.received_at}
    rows = []
    for position, slot in enumerate(report.get("appointmentSlots") or [], start=1):
        start, end = (records.moment((slot or {}).get(name)) for name in ("startTime", "endTime"))
        if start is None or end is None:
            reading.problems.append(Problem(f"appointmentSlots[{position}]", "a slot without a readable start and end", slot))
            continue
        kept = {"slot_start_at": start, "slot_end_at": end, "capacity": slot.get("capacity")}
        rows.append(about | kept | {"scheduling_type": report.get("schedulingType")})
    snapshot = about | {"range_start": window.start, "range_end": window.end}
    return {f"{table}s": rows, f"{table}_snapshots": [snapshot]} | findings(window, target, reading, answer.received_at)
