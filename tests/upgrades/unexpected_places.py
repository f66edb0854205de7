"""Private values in places that Amazon's model does not know, and a warehouse that a commit before the rule makes of them.

PYTHONPATH=CHECKOUT python tests/upgrades/unexpected_places.py      run in the checkout of an older commit: it fills
                                                                    `$SERVICES_WAREHOUSE_DIR`, which is then packed
"""

import json
import os
import shutil
from contextlib import suppress
from datetime import UTC, datetime, timedelta

HASH_KEY = "a secret of sixteen or more"
HOUR = datetime(2026, 10, 1, 12, tzinfo=UTC)
PRIVATE = ("Jane Quimby Roe", "+1 206 555 0143", "12b Old Mill Road", "A3BUYER7Q9X2", "jane.q.roe@example.com", "John Quimby Ros")
NAME, PHONE, STREET, BUYER, MAIL, OTHER_NAME = PRIVATE

PLAIN = {"serviceJobStatus": "NOT_SERVICED", "createTime": "2026-09-30T12:00:00Z", "storeId": "s",
         "marketplaceId": "ATVPDKIKX0DER", "scopeOfWork": {"asin": "B1", "title": "Assembly"},
         "buyer": {"buyerId": BUYER, "name": NAME}}  # fmt: skip
ODD = [
    {},
    {"customerContact": {"name": NAME, "phone": PHONE, "visits": 3, "since": "2026-01-01T10:00:00Z"}},
    {"customerContact": {"name": NAME + " jr", "phone": PHONE}},
    {"serviceLocation": [{"address": {"name": NAME, "addressLine1": STREET}}]},
    {"serviceLocation": f"{NAME}, {STREET}"},
    {"scopeOfWork": [{"title": "Assembly", "contact": MAIL}]},
    {"serviceJobStatus": f"call {PHONE}"},
    {"appointments": [{
        "appointmentId": "A1", "appointmentStatus": NAME, "customer": {"name": NAME}, "poa": {"poaType": MAIL},
        "appointmentTime": {"startTime": f"ask {NAME}", "durationInMinutes": PHONE},
    }]},
    {"associatedItems": [{"title": "Table", "itemStatus": "LOST", "linkedAssets": [
        {"assetType": "VEHICLE", "assetName": "a car", "owner": NAME, "additionalAttributes": {"keeper": NAME, "year": 2024}},
        STREET,
    ]}]},
    {MAIL: 1, "contacts": {MAIL: {"phone": PHONE}}},
    {"Buyer": {"name": NAME}},
    {"notes": [NAME, PHONE], "isUrgent": True, "level": 4},
    {"serviceLocation": {"serviceLocationType": STREET, "address": {"city": "Seattle"}}},
]  # fmt: skip
SLOT = {"startTime": "2026-10-01T16:00:00Z", "endTime": "2026-10-01T17:00:00Z", "capacity": 1}
SLOTS = {
    "schedulingType": MAIL,
    "appointmentSlots": [SLOT | {"contact": {"mail": MAIL, "name": NAME}}, SLOT | {"startTime": NAME}],
}
CAPACITY = {"slotDuration": 60, "capacities": [{"startDateTime": "2026-10-01T16:00:00Z", "scheduledCapacity": NAME}]}


def listed(api, jobs: list, more: tuple = ()) -> None:
    """Have a scripted API tell these jobs; `more` are in the list alone."""
    api.answers = {job["serviceJobId"]: {"payload": job} for job in jobs}
    api.answers["serviceJobs"] = {"payload": {"totalResultSize": len(jobs) + len(more), "jobs": [*jobs, *more]}}
    api.answers |= {"appointmentSlots": {"payload": SLOTS}, "fixed": CAPACITY}


def main() -> None:
    os.environ["SERVICES_BUYER_HASH_KEY"] = HASH_KEY
    from include.extract import jobs as extract_jobs
    from include.extract import runs
    from include.extract.backfill import Backfill
    from include.extract.packaging import WindowsFailed
    from include.services_api import ServicesClient
    from include.warehouse import database, paths
    from include.warehouse.building.transform import build_models
    from include.warehouse.loading.load import load_packages
    from include.warehouse.publishing.publish import publish
    from tests.end_to_end.scripted_api import scripted_api

    jobs = [PLAIN | odd | {"serviceJobId": f"job-{number}"} for number, odd in enumerate(ODD)]

    def named(suffix: str) -> list[dict]:
        return [job | {"serviceJobId": f"{job['serviceJobId']}-{suffix}"} for job in jobs]

    def read(client, hour: int) -> None:
        start = HOUR + timedelta(hours=hour)
        wanted = Backfill.from_params({"start": start.isoformat(), "end": (start + timedelta(hours=1)).isoformat()})
        runs.backfill(client, wanted, start + timedelta(days=1), f"hour-{hour}")

    def load() -> None:
        with database.connect() as connection:
            load_packages(connection)

    with scripted_api() as api, ServicesClient(api.account()) as client:
        nameless = ([NAME, STREET], {"customer": NAME, "serviceOrderId": "O1", "buyer": {"buyerId": BUYER}})
        listed(api, jobs, nameless)
        read(client, 0)
        load()
        # the second version differs in a private value alone
        listed(api, [jobs[1] | {"customerContact": jobs[1]["customerContact"] | {"name": OTHER_NAME}}])
        read(client, 1)
        runs.scheduled_availability(client, HOUR + timedelta(minutes=62), "slots-1")
        load()
        build_models()
        for run_id in ("1", "2"):
            publish(paths.build_database(), paths.published_database(), run_id=run_id)
        runs.scheduled_availability(client, HOUR + timedelta(minutes=122), "slots-2")
        listed(api, named("waiting"), nameless[:1])
        read(client, 2)
        listed(api, named("spooled"), nameless[:1])
        extract_jobs.BATCH_JOBS = 5
        read_job, calls = extract_jobs._job, []

        def dies(*arguments):
            calls.append(arguments)
            if len(calls) == len(jobs):
                raise OSError("stopped")
            return read_job(*arguments)

        extract_jobs._job = dies
        with suppress(WindowsFailed):
            read(client, 3)
    shutil.rmtree(paths.dbt_target_dir().parent)
    (paths.warehouse_dir() / "payloads.json").write_text(json.dumps(jobs))


if __name__ == "__main__":
    main()
