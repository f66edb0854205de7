"""fct_service_jobs, fct_job_payments, fct_job_items: computed from a job as the API shows it and from its appointments."""

from include.sandbox.truth.frame import Frame, Row, hours_between, job_key, seconds
from include.sandbox.truth.moves import Cancellation


def fct_service_job(job: Row, appointments: list[Row], frame: Frame, cancellation: Cancellation | None = None) -> Row:
    """Return the row of a job.

    `_buyer_id` takes the place of the keyed hash in the warehouse.

    Args:
        job: The payload.
        appointments: The job's rows of fct_appointments.
        frame: The frame of the judgement.
        cancellation: What is known of the job's cancellation.
    """
    row = job_key(job, frame) | _description(job) | _visits(job, appointments) | _payment(job)
    return row | _ends(row, appointments, cancellation or Cancellation(), frame)


def _description(job: Row) -> Row:
    scope, location, buyer = job.get("scopeOfWork", {}), job.get("serviceLocation", {}), job.get("buyer", {})
    address = location.get("address", {})
    return {
        "service_order_id": job.get("serviceOrderId"),
        "asin": scope.get("asin"),
        "service_title": scope.get("title"),
        "quantity": scope.get("quantity"),
        "required_skills": scope.get("requiredSkills", []),
        "service_location_type": location.get("serviceLocationType"),
        "city": address.get("city"),
        "state_or_region": address.get("stateOrRegion"),
        "postal_code": address.get("postalCode"),
        "country_code": address.get("countryCode"),
        "_buyer_id": buyer.get("buyerId"),
        "is_prime_buyer": buyer.get("isPrimeMember"),
        "job_status": job.get("serviceJobStatus"),
        "created_at": seconds(job.get("createTime")),
        "service_type": job.get("serviceType") or scope.get("serviceType"),
    }


def _ends(row: Row, appointments: list[Row], cancellation: Cancellation, frame: Frame) -> Row:
    """Return when the job was completed or cancelled, and who is responsible for that."""
    is_cancelled, is_completed = row["job_status"] == "CANCELLED", row["job_status"] == "COMPLETED"
    ends = [each["scheduled_end_at"] for each in appointments if each["scheduled_end_at"] is not None]
    last_end = max(ends, default=None) if row["completed_at"] is None else row["completed_at"]
    return {
        "completed_date": frame.store_date(last_end, row) if is_completed else None,
        "cancelled_date": frame.store_date(cancellation.received, row) if is_cancelled else None,
        "responsible_party": cancellation.responsible_party if is_cancelled else None,
    }


def _visits(job: Row, appointments: list[Row]) -> Row:
    status, created = job.get("serviceJobStatus"), seconds(job.get("createTime"))
    serviced = [row for row in appointments if row["outcome"] == "serviced"]
    first_start = min((row["scheduled_start_at"] for row in appointments if row["scheduled_start_at"] is not None), default=None)
    finished = [row["finished_at"] for row in serviced if row["finished_at"] is not None]
    completed = max(finished, default=None) if status == "COMPLETED" else None
    return {
        "first_scheduled_start_at": first_start,
        "completed_at": completed,
        "appointment_count": len(appointments),
        "reschedule_count": sum(row["outcome"] == "rescheduled" for row in appointments),
        "serviced_count": len(serviced),
        "is_first_visit_resolution": len(serviced) == 1 if status == "COMPLETED" and serviced else None,
        "hours_to_first_appointment": hours_between(created, first_start),
        "hours_to_completion": hours_between(created, completed),
        "needs_appointment": status in ("PENDING_SCHEDULE", "HOLD")
        and all(row["appointment_status"] != "ACTIVE" for row in appointments),
        "needs_technician": any(row["outcome"] == "upcoming" and not row["assigned_technician_ids"] for row in appointments),
    }


def _payment(job: Row) -> Row:
    amounts = [payment.get("amount", {}) for payment in job.get("payments", [])]
    currencies = {amount["currency"] for amount in amounts if "currency" in amount}
    values = [amount["value"] for amount in amounts if "value" in amount]
    return {
        "payment_total": round(sum(values), 4) if values and len(currencies) == 1 else None,
        "payment_currency": currencies.pop() if len(currencies) == 1 else None,
    }


def fct_job_payments(job: Row, frame: Frame) -> list[Row]:
    """Return one row per payment of a job."""
    return [
        {
            "account": frame.account,
            "service_job_id": job["serviceJobId"],
            "payment_position": position,
            "amount": payment.get("amount", {}).get("value"),
            "currency": payment.get("amount", {}).get("currency"),
            "instrument": payment.get("instrument"),
        }
        for position, payment in enumerate(job.get("payments", []), 1)
    ]


def fct_job_items(job: Row, appointments: list[Row], frame: Frame) -> list[Row]:
    """Return one row per item of a job; late items are late for the earliest upcoming appointment."""
    starts = [row["scheduled_start_at"] for row in appointments if row["outcome"] == "upcoming"]
    next_start = min((start for start in starts if start is not None), default=None)
    rows = []
    for position, item in enumerate(job.get("associatedItems", []), 1):
        delivery = item.get("itemDelivery", {})
        promise = delivery.get("itemDeliveryPromise", {})
        estimated = seconds(delivery.get("estimatedDeliveryDate"))
        rows.append(
            {
                "account": frame.account,
                "service_job_id": job["serviceJobId"],
                "item_position": position,
                "asin": item.get("asin"),
                "title": item.get("title"),
                "quantity": item.get("quantity"),
                "order_id": item.get("orderId"),
                "item_status": item.get("itemStatus"),
                "brand_name": item.get("brandName"),
                "estimated_delivery_at": estimated,
                "promise_start_at": seconds(promise.get("startTime")),
                "promise_end_at": seconds(promise.get("endTime")),
                "is_item_late_for_appointment": None if estimated is None or next_start is None else estimated > next_start,
            }
        )
    return rows
