"""Facts: one row per appointment, service job, payment and item, computed from the job as the API shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from include.sandbox.world.marketplaces import BY_ID
from include.sandbox.world.times import HOUR, MINUTE, from_iso

Row = dict[str, Any]
EVIDENCE = {
    "CUSTOMER_SIGNATURE": "signature",
    "POA_RECEIPT": "receipt",
    "NO_SIGNATURE_DUMMY_POS": "dummy",
    "DUMMY_RECEIPT": "dummy",
}


@dataclass(frozen=True, slots=True)
class Frame:
    """From where the facts are looked at: account, `as_of` in seconds, the two thresholds, time zones of single stores."""

    account: str
    as_of: int
    grace_minutes: int = 15
    no_show_minutes: int = 240
    store_zones: dict[str, str] = field(default_factory=dict)

    def zone(self, marketplace_id: str, store_id: str) -> str:
        return self.store_zones.get(store_id) or BY_ID[marketplace_id].time_zone

    def local_date(self, seconds: int | None, zone: str) -> date | None:
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC).astimezone(ZoneInfo(zone)).date()


def job_head(job: Row, frame: Frame) -> Row:
    return {
        "account": frame.account,
        "marketplace_id": job["marketplaceId"],
        "store_id": job["storeId"],
        "service_job_id": job["serviceJobId"],
    }


def fct_appointments(job: Row, frame: Frame) -> list[Row]:
    """In the payload's order."""
    told = zip(job.get("appointments", []), appointment_ids(job), strict=True)
    rows = [_appointment(job, each, name, frame) for each, name in told]
    by_start = sorted(rows, key=lambda row: (row["scheduled_start_at"] is None, row["scheduled_start_at"]))
    for sequence, row in enumerate(by_start, 1):
        row["sequence_in_job"] = sequence
    replaced = {row["replaced_by_appointment_id"]: row["appointment_id"] for row in rows if row["replaced_by_appointment_id"]}
    for row in rows:
        row["replaces_appointment_id"] = replaced.get(row["appointment_id"])
    return rows


def appointment_ids(job: Row) -> list[str]:
    """As given; where the API gives none, the place in the payload."""
    return [
        each.get("appointmentId") or f"{job['serviceJobId']}#{place}" for place, each in enumerate(job.get("appointments", []), 1)
    ]


def _appointment(job: Row, appointment: Row, name: str, frame: Frame) -> Row:
    poa, scope, created = appointment.get("poa"), job.get("scopeOfWork", {}), _seconds(job.get("createTime"))
    start, minutes = scheduled(appointment)
    end = _after(start, minutes)
    arrived, on_site = scheduled(poa or {})
    finished = _after(arrived, on_site)
    outcome = _outcome(job, appointment, arrived, end, frame)
    assigned = _ids(appointment.get("assignedTechnicians"))
    performing = _ids((poa or {}).get("technicians"))
    delay = arrived - start if outcome == "serviced" and start is not None else None
    zone = frame.zone(job["marketplaceId"], job["storeId"])
    preferred = preferred_starts(job)
    row = job_head(job, frame) | {
        "appointment_id": name,
        "service_order_id": job.get("serviceOrderId"),
        "asin": scope.get("asin"),
        "service_title": scope.get("title"),
        "service_location_type": job.get("serviceLocation", {}).get("serviceLocationType"),
        "job_status": job.get("serviceJobStatus"),
        "appointment_status": appointment.get("appointmentStatus"),
        "job_created_at": created,
        "scheduled_start_at": start,
        "scheduled_end_at": end,
        "scheduled_minutes": minutes,
        "time_zone": zone,
        "service_date": frame.local_date(start, zone),
        "arrived_at": arrived,
        "finished_at": finished,
        "minutes_on_site": on_site,
        "poa_uploaded_at": _seconds(poa.get("uploadTime")) if poa else None,
        "poa_type": poa.get("poaType") if poa else None,
        "arrival_evidence": EVIDENCE.get(poa.get("poaType"), "other") if poa else "none",
        "outcome": outcome,
        "arrival_delay_minutes": None if delay is None else delay // MINUTE,
        "lateness_band": _lateness_band(outcome, delay, frame),
        "is_on_time_arrival": _scored(outcome, None if delay is None else delay <= frame.grace_minutes * MINUTE),
        "is_completed_in_window": _scored(outcome, None if finished is None or end is None else finished <= end),
        "is_technician_mismatch": _mismatch(outcome, assigned, performing),
        "assigned_technician_ids": assigned,
        "performing_technician_ids": performing or assigned,
        "replaced_by_appointment_id": appointment.get("rescheduledAppointmentId"),
        "lead_time_hours": _hours(created, start),
        "is_preferred_time": start in preferred if preferred and start is not None else None,
    }
    return row | {"fulfillment_break": _fulfillment_break(row)}


def _outcome(job: Row, appointment: Row, arrived: int | None, end: int | None, frame: Frame) -> str:
    """The first that holds."""
    status, job_status = appointment.get("appointmentStatus"), job.get("serviceJobStatus")
    if arrived is not None:
        return "serviced"
    if status == "CANCELLED" and appointment.get("rescheduledAppointmentId"):
        return "rescheduled"
    if "CANCELLED" in (status, job_status):
        return "cancelled"
    if "COMPLETED" in (status, job_status):
        return "unproven"
    overdue = end is not None and end + frame.no_show_minutes * MINUTE < frame.as_of
    return "no_show" if overdue and job_status not in ("PAYMENT_DECLINED", "HOLD") else "upcoming"


def _scored(outcome: str, when_serviced: bool | None) -> bool | None:
    return {"serviced": when_serviced, "no_show": False}.get(outcome)


def _lateness_band(outcome: str, delay: int | None, frame: Frame) -> str | None:
    if outcome == "no_show":
        return "no_show"
    if delay is None:
        return None
    if delay <= frame.grace_minutes * MINUTE:
        return "on_time"
    return "late_up_to_30" if delay <= 30 * MINUTE else "late_up_to_60" if delay <= 60 * MINUTE else "late_over_60"


def _mismatch(outcome: str, assigned: list[str], performing: list[str]) -> bool | None:
    if not assigned or not performing:
        return None
    return outcome == "serviced" and set(assigned).isdisjoint(performing)


def _fulfillment_break(row: Row) -> str | None:
    """The first that holds."""
    if row["outcome"] == "no_show":
        return "no_show"
    if row["job_status"] == "NOT_FULFILLABLE" and row["outcome"] != "serviced":
        return "unfulfillable"
    if row["is_completed_in_window"] is False:
        return "late_completion"
    return "technician_mismatch" if row["is_technician_mismatch"] else None


def fct_service_job(job: Row, appointments: list[Row], frame: Frame) -> Row:
    """`appointments`: the job's rows of fct_appointments. `_buyer_id` stands where the warehouse keeps a keyed hash of it."""
    scope, location, buyer = job.get("scopeOfWork", {}), job.get("serviceLocation", {}), job.get("buyer", {})
    address, status, created = location.get("address", {}), job.get("serviceJobStatus"), _seconds(job.get("createTime"))
    amounts = [payment.get("amount", {}) for payment in job.get("payments", [])]
    serviced = [row for row in appointments if row["outcome"] == "serviced"]
    first_start = min((row["scheduled_start_at"] for row in appointments if row["scheduled_start_at"] is not None), default=None)
    finished = [row["finished_at"] for row in serviced if row["finished_at"] is not None]
    completed = max(finished, default=None) if status == "COMPLETED" else None
    currencies = {amount["currency"] for amount in amounts if "currency" in amount}
    values = [amount["value"] for amount in amounts if "value" in amount]
    return job_head(job, frame) | {
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
        "job_status": status,
        "created_at": created,
        "first_scheduled_start_at": first_start,
        "completed_at": completed,
        "appointment_count": len(appointments),
        "reschedule_count": sum(row["outcome"] == "rescheduled" for row in appointments),
        "serviced_count": len(serviced),
        "is_first_visit_resolution": len(serviced) == 1 if status == "COMPLETED" else None,
        "hours_to_first_appointment": _hours(created, first_start),
        "hours_to_completion": _hours(created, completed),
        "needs_appointment": status in ("PENDING_SCHEDULE", "HOLD")
        and all(row["appointment_status"] != "ACTIVE" for row in appointments),
        "needs_technician": any(row["outcome"] == "upcoming" and not row["assigned_technician_ids"] for row in appointments),
        "payment_total": round(sum(values), 4) if values else None,
        "payment_currency": currencies.pop() if len(currencies) == 1 else None,
    }


def fct_job_payments(job: Row, frame: Frame) -> list[Row]:
    return [
        {
            "account": frame.account,
            "service_job_id": job["serviceJobId"],
            "payment_position": place,
            "amount": payment.get("amount", {}).get("value"),
            "currency": payment.get("amount", {}).get("currency"),
            "instrument": payment.get("instrument"),
        }
        for place, payment in enumerate(job.get("payments", []), 1)
    ]


def fct_job_items(job: Row, appointments: list[Row], frame: Frame) -> list[Row]:
    """`is_item_late_for_appointment`: against the earliest upcoming appointment of the job."""
    starts = [row["scheduled_start_at"] for row in appointments if row["outcome"] == "upcoming"]
    following = min((start for start in starts if start is not None), default=None)
    rows = []
    for place, item in enumerate(job.get("associatedItems", []), 1):
        delivery = item.get("itemDelivery", {})
        promise = delivery.get("itemDeliveryPromise", {})
        estimated = _seconds(delivery.get("estimatedDeliveryDate"))
        rows.append(
            {
                "account": frame.account,
                "service_job_id": job["serviceJobId"],
                "item_position": place,
                "asin": item.get("asin"),
                "title": item.get("title"),
                "quantity": item.get("quantity"),
                "order_id": item.get("orderId"),
                "item_status": item.get("itemStatus"),
                "brand_name": item.get("brandName"),
                "estimated_delivery_at": estimated,
                "promise_start_at": _seconds(promise.get("startTime")),
                "promise_end_at": _seconds(promise.get("endTime")),
                "is_item_late_for_appointment": None if estimated is None or following is None else estimated > following,
            }
        )
    return rows


def preferred_starts(job: Row) -> list[int]:
    """Those that are known."""
    starts = (_seconds(each.get("startTime")) for each in job.get("preferredAppointmentTimes", []))
    return [start for start in starts if start is not None]


def technician_names(job: Row) -> dict[str, str | None]:
    lists = chain.from_iterable(
        (each.get("assignedTechnicians", []), each.get("poa", {}).get("technicians", [])) for each in job.get("appointments", [])
    )
    known: dict[str, str | None] = {}
    for technician in chain.from_iterable(lists):
        if "technicianId" in technician:
            known[technician["technicianId"]] = technician.get("name") or known.get(technician["technicianId"])
    return known


def scheduled(holder: Row) -> tuple[int | None, int | None]:
    """Start and minutes of an `appointmentTime`."""
    told = holder.get("appointmentTime", {})
    return _seconds(told.get("startTime")), told.get("durationInMinutes")


def _after(start: int | None, minutes: int | None) -> int | None:
    return None if start is None or minutes is None else start + minutes * MINUTE


def _seconds(text: str | None) -> int | None:
    return None if text is None else from_iso(text)


def _hours(start: int | None, end: int | None) -> float | None:
    return None if start is None or end is None else (end - start) / HOUR


def _ids(technicians: list[Row] | None) -> list[str]:
    return [each["technicianId"] for each in technicians or [] if "technicianId" in each]
