"""Operators for the schedule and the reservations of a resource, which is a store.

A time of capacity is `{"start": ..., "end": ..., "capacity": n, "recurrence": {"end": ..., "days_of_week": ["MONDAY"],
"days_of_month": [1]}}`; capacity and recurrence are optional, times are datetimes with a time zone or ISO-8601 text, and days are
in UTC.

A schedule may also have hours in the store's local time: `{"first_date": "2026-12-01", "last_date": "2027-05-31",
"start_time": "08:00", "end_time": "18:00", "capacity": n, "days_of_week": ["MONDAY"], "time_zone": "America/New_York"}`; the last
three are optional, and `"24:00"` is the end of the day.
"""

from collections.abc import Sequence

from amazon_services.operators.base import AmazonServicesWriteOperator


class AmazonServicesUpdateScheduleOperator(AmazonServicesWriteOperator):
    """Set the schedule of a resource in these times.

    Amazon replaces the whole schedule of the resource. So the operator reads what is scheduled at other times, up to a year
    ahead, and sends it again with the new times. It fails if a part of it would be lost.

    Args:
        resource_id: Amazon's id of the resource.
        schedules: Times of capacity, or local hours on days, each at least 5 minutes long (30 in the United Kingdom and Germany).
        allow_removal: Send these times alone; what is scheduled at other times is removed, and logged.
        marketplace_id: Marketplace; by default the only one of the connection.
    """

    write_type = "UpdateSchedule"
    template_fields = (
        *AmazonServicesWriteOperator.template_fields,
        "resource_id",
        "schedules",
        "allow_removal",
        "marketplace_id",
    )

    def __init__(
        self,
        *,
        resource_id: str,
        schedules: Sequence[dict],
        allow_removal: bool | str = False,
        marketplace_id: str | None = None,
        **kwargs,
    ) -> None:
        super().__init__(**kwargs)
        self.resource_id = resource_id
        self.schedules = schedules
        self.allow_removal = allow_removal
        self.marketplace_id = marketplace_id


class AmazonServicesCreateReservationOperator(AmazonServicesWriteOperator):
    """Reserve capacity of a resource. Pushes `reservation_id`.

    Args:
        resource_id: Amazon's id of the resource.
        type: `APPOINTMENT`, `TRAVEL`, `VACATION`, `BREAK` or `TRAINING`.
        availability: Time of capacity.
        marketplace_id: Marketplace; by default the only one of the connection.
    """

    write_type = "CreateReservation"
    template_fields = (*AmazonServicesWriteOperator.template_fields, "resource_id", "type", "availability", "marketplace_id")

    def __init__(self, *, resource_id: str, type: str, availability: dict, marketplace_id: str | None = None, **kwargs) -> None:
        super().__init__(**kwargs)
        self.resource_id = resource_id
        self.type = type
        self.availability = availability
        self.marketplace_id = marketplace_id


class AmazonServicesUpdateReservationOperator(AmazonServicesWriteOperator):
    """Change the times of a reservation. Pushes its new `reservation_id`; the old one becomes invalid.

    Args:
        reservation_id: Amazon's current id of the reservation.
        resource_id: Amazon's id of the resource.
        type: Type of the reservation, unchanged.
        availability: New time of capacity.
        marketplace_id: Marketplace; by default the only one of the connection.
    """

    write_type = "UpdateReservation"
    template_fields = (
        *AmazonServicesWriteOperator.template_fields, "reservation_id", "resource_id", "type", "availability", "marketplace_id"
    )  # fmt: skip

    def __init__(
        self,
        *,
        reservation_id: str,
        resource_id: str,
        type: str,
        availability: dict,
        marketplace_id: str | None = None,
        **kwargs,
    ) -> None:
        super().__init__(**kwargs)
        self.reservation_id = reservation_id
        self.resource_id = resource_id
        self.type = type
        self.availability = availability
        self.marketplace_id = marketplace_id


class AmazonServicesCancelReservationOperator(AmazonServicesWriteOperator):
    """Cancel a reservation.

    Args:
        reservation_id: Amazon's id of the reservation.
        marketplace_id: Marketplace; by default the only one of the connection.
    """

    write_type = "CancelReservation"
    template_fields = (*AmazonServicesWriteOperator.template_fields, "reservation_id", "marketplace_id")

    def __init__(self, *, reservation_id: str, marketplace_id: str | None = None, **kwargs) -> None:
        super().__init__(**kwargs)
        self.reservation_id = reservation_id
        self.marketplace_id = marketplace_id
