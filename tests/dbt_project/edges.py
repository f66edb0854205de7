"""One warehouse with a row for each edge of a definition; the tests of the marts read it."""

from tests.dbt_project.raw_rows import US, Warehouse, appointment, job

DE = "A1PA6795UKMFR9"
IN = "A21TJRUUN4KGV"


def day(start: str, **fields) -> dict:
    return job(f"day {start}", store_id="S-days", appointments=[appointment(start)], **fields)


JOBS = [
    job("grace", appointments=[appointment("2026-03-02T10:00:00Z", arrived="2026-03-02T10:15:00Z")]),
    job("late", appointments=[appointment("2026-03-02T11:00:00Z", arrived="2026-03-02T11:15:01Z", on_site=60)]),
    # as_of is 2026-03-03 00:00: a no-show needs more than 240 minutes past the end
    job("missed", appointments=[appointment("2026-03-02T18:59:59Z")]),
    job("not yet missed", appointments=[appointment("2026-03-02T19:00:00Z")]),
    job("declined", service_job_status="PAYMENT_DECLINED", appointments=[appointment("2026-03-02T10:00:00Z")]),
    # the detail of a version could not be read: there is only what the list says, in which appointments have no ids
    *(
        job(
            name,
            observed_at=f"2026-03-02T0{hour}:00:00Z",
            appointments=[appointment("2026-03-03T10:00:00Z", **ids)],
            **({"store_id": "S-list"} | fields),
        )
        for name, hour, ids, fields in (
            ("list last", 0, {"appointmentId": "l1"}, {}),
            ("list last", 2, {}, {"has_detail": False, "service_job_status": "HOLD", "store_id": None}),
            ("list first", 0, {}, {"has_detail": False}),
            ("list first", 2, {"appointmentId": "f1"}, {"service_job_status": "HOLD"}),
            ("list between", 0, {"appointmentId": "b1"}, {}),
            ("list between", 2, {}, {"has_detail": False}),
            ("list between", 4, {"appointmentId": "b1"}, {}),
            ("list alone", 0, {}, {"has_detail": False}),
        )
    ),
    job(
        "moved",
        store_id="S-moved",
        appointments=[
            appointment("2026-03-03T10:00:00Z", appointmentId="m3"),
            appointment("2026-03-01T10:00:00Z", status="CANCELLED", appointmentId="m1", rescheduledAppointmentId="m2"),
            appointment("2026-03-02T10:00:00Z", status="CANCELLED", appointmentId="m2", rescheduledAppointmentId="m3"),
            appointment(None, status="CANCELLED", rescheduledAppointmentId="elsewhere"),
        ],
    ),
    job("unproven", service_job_status="COMPLETED", appointments=[appointment("2026-03-02T10:00:00Z", poa={})]),
    job("unfulfillable", service_job_status="NOT_FULFILLABLE", appointments=[appointment("2026-03-01T10:00:00Z")]),
    job(
        "two technicians",
        store_id="S-two",
        appointments=[appointment("2026-03-02T10:00:00Z", arrived="2026-03-02T10:00:00Z", technicians=("T7", "T8"))],
    ),
    # 23:30 of 7 March in Los Angeles, 00:30 and 03:30 of the day that loses an hour; then the day that gains one
    day("2026-03-08T07:30:00Z"),
    day("2026-03-08T08:30:00Z"),
    day("2026-03-08T10:30:00Z"),
    day("2026-03-09T06:30:00Z"),
    day("2026-11-01T06:30:00Z"),
    day("2026-11-02T07:30:00Z"),
    day("2026-11-02T08:00:00Z"),
    job("berlin", marketplace_id=DE, appointments=[appointment("2026-03-01T23:00:00Z")]),
    job("india", marketplace_id=IN, appointments=[appointment("2026-03-01T18:29:59Z"), appointment("2026-03-01T18:30:00Z")]),
    job("nowhere", marketplace_id="UNKNOWN", service_job_status="NEW_STATUS", appointments=[appointment("2026-03-01T18:30:00Z")]),
    job("unreadable", appointments=[{"appointmentTime": {"startTime": None, "durationInMinutes": None}}, None]),
    job(
        "completed",
        service_job_status="COMPLETED",
        store_id="S-completed",
        create_time="2026-03-02T07:00:00Z",
        appointments=[
            appointment("2026-03-02T10:00:00Z", status="COMPLETED", arrived="2026-03-02T10:00:00Z", on_site=90),
            appointment("2026-03-02T16:00:00Z", status="COMPLETED", arrived="2026-03-02T16:00:00Z", on_site=30),
        ],
        payments=[{"amount": {"value": 80.5, "currency": "USD"}}, {"amount": {"value": 9.5, "currency": "EUR"}}],
        buyer={"buyerKey": "key", "isPrimeMember": True},
        service_type="recurring",
    ),
    job(
        "one visit",
        service_job_status="COMPLETED",
        appointments=[appointment("2026-03-02T12:00:00Z", status="COMPLETED", arrived="2026-03-02T12:31:00Z")],
        payments=[{"amount": {"value": 20, "currency": "USD"}}],
    ),
    job(
        "waiting",
        service_job_status="PENDING_SCHEDULE",
        create_time="2026-03-01T12:00:00Z",
        preferred_appointment_times=[
            {"startTime": "2026-03-06T10:00:00Z", "durationInMinutes": 60},
            {"startTime": "2026-03-05T10:30:00Z", "durationInMinutes": 60},
        ],
    ),
    job(
        "waiting too long",
        service_job_status="HOLD",
        preferred_appointment_times=[
            {"startTime": "2026-03-02T10:30:00Z", "durationInMinutes": 60},
            {"startTime": "2026-03-01T10:30:00Z", "durationInMinutes": 60},
        ],
    ),
    job("waiting for a time", service_job_status="PENDING_SCHEDULE", create_time="2026-03-01T12:00:00Z"),
    job("waiting for months", service_job_status="PENDING_SCHEDULE", create_time="2026-01-30T23:59:59Z"),
    job(
        "item",
        appointments=[appointment("2026-03-04T10:00:00Z", technicians=())],
        associated_items=[
            {"asin": "B9", "quantity": 1, "itemDelivery": {"estimatedDeliveryDate": "2026-03-04T10:00:01Z"}},
            {"asin": "B8", "quantity": 2, "itemDelivery": {"estimatedDeliveryDate": "2026-03-04T10:00:00Z"}},
        ],
    ),
]


def fill(warehouse: Warehouse) -> None:
    for marketplace_id in (US, DE, IN):
        warehouse.add_window("2026-03-01T00:00:00Z", "2026-03-03T00:00:00Z", marketplace_id=marketplace_id)
    warehouse.add_jobs(*JOBS)
    warehouse.add_jobs(
        job("versions", observed_at="2026-03-01T01:00:00Z", appointments=[appointment("2026-03-04T10:00:00Z")]),
        job("versions", observed_at="2026-03-01T02:00:00Z", appointments=[appointment("2026-03-05T10:00:00Z")]),
        job("versions", observed_at="2026-03-01T03:00:00Z", service_job_status="HOLD", appointments=[]),
    )
    # loaded later, observed before: what it tells twice is told once
    warehouse.add_jobs(job("versions", observed_at="2026-03-01T00:30:00Z", appointments=[appointment("2026-03-04T10:00:00Z")]))
    capacity = {"scheduled_capacity": 5, "available_capacity": 2, "encumbered_capacity": 2, "reserved_capacity": 1}
    warehouse.add_capacity(
        capacity | {"resource_id": "S1", "slot_start_at": "2026-03-02T10:00:00Z", "observed_at": "2026-03-02T09:00:00Z"},
        capacity | {"resource_id": "S1", "slot_start_at": "2026-03-02T10:00:00Z", "observed_at": "2026-03-02T08:00:00Z",
                    "encumbered_capacity": 0},
        capacity | {"resource_id": "S1", "slot_start_at": "2026-03-02T11:00:00Z", "observed_at": "2026-03-02T09:00:00Z",
                    "reserved_capacity": 5},
    )  # fmt: skip
