"""Operators for a resource's capacity: its schedule, and reservations that hold capacity back. A resource is a store.

A time of capacity is `{"start": ..., "end": ..., "capacity": n, "recurrence": {"end": ..., "days_of_week": ["MONDAY"],
"days_of_month": [1]}}`; capacity and recurrence can be left out, times are ISO-8601 text or datetimes with a time zone, and the
days are those of UTC.
"""

from collections.abc import Sequence

from amazon_services.operators.base import AmazonServicesWriteOperator


class AmazonServicesUpdateScheduleOperator(AmazonServicesWriteOperator):
    """Say when capacity is there; it takes the place of what was scheduled in these times.

    :param resource_id: Amazon's id of the resource.
    :param schedules: a list of times of capacity, each at least 5 minutes long, 30 in the United Kingdom and Germany.
    :param marketplace_id: the connection's only one, where nothing is given.
    """

    template_fields = (*AmazonServicesWriteOperator.template_fields, "resource_id", "schedules", "marketplace_id")

    def __init__(self, *, resource_id: str, schedules: Sequence[dict], marketplace_id: str | None = None, **kwargs) -> None:
        super().__init__(**kwargs)
        self.resource_id = resource_id
        self.schedules = schedules
        self.marketplace_id = marketplace_id

    def write(self):
        from include.writes import UpdateSchedule

        return UpdateSchedule(resource_id=self.resource_id, schedules=self.schedules, marketplace_id=self.marketplace_id)


class AmazonServicesCreateReservationOperator(AmazonServicesWriteOperator):
    """Hold capacity of a resource back. Pushes `reservation_id`.

    :param resource_id: Amazon's id of the resource.
    :param type: `APPOINTMENT`, `TRAVEL`, `VACATION`, `BREAK` or `TRAINING`.
    :param availability: a time of capacity.
    :param marketplace_id: the connection's only one, where nothing is given.
    """

    template_fields = (*AmazonServicesWriteOperator.template_fields, "resource_id", "type", "availability", "marketplace_id")

    def __init__(self, *, resource_id: str, type: str, availability: dict, marketplace_id: str | None = None, **kwargs) -> None:
        super().__init__(**kwargs)
        self.resource_id = resource_id
        self.type = type
        self.availability = availability
        self.marketplace_id = marketplace_id

    def write(self):
        from include.writes import CreateReservation

        return CreateReservation(
            resource_id=self.resource_id, type=self.type, availability=self.availability, marketplace_id=self.marketplace_id
        )


class AmazonServicesUpdateReservationOperator(AmazonServicesWriteOperator):
    """Give a reservation other times. Pushes its new `reservation_id`; the old one is void.

    :param reservation_id: Amazon's id of the reservation as it is.
    :param resource_id: Amazon's id of the resource.
    :param type: as it was reserved.
    :param availability: the new time of capacity.
    :param marketplace_id: the connection's only one, where nothing is given.
    """

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

    def write(self):
        from include.writes import UpdateReservation

        return UpdateReservation(
            reservation_id=self.reservation_id, resource_id=self.resource_id, type=self.type, availability=self.availability,
            marketplace_id=self.marketplace_id,
        )  # fmt: skip


class AmazonServicesCancelReservationOperator(AmazonServicesWriteOperator):
    """Give back what a reservation holds.

    :param reservation_id: Amazon's id of the reservation.
    :param marketplace_id: the connection's only one, where nothing is given.
    """

    template_fields = (*AmazonServicesWriteOperator.template_fields, "reservation_id", "marketplace_id")

    def __init__(self, *, reservation_id: str, marketplace_id: str | None = None, **kwargs) -> None:
        super().__init__(**kwargs)
        self.reservation_id = reservation_id
        self.marketplace_id = marketplace_id

    def write(self):
        from include.writes import CancelReservation

        return CancelReservation(reservation_id=self.reservation_id, marketplace_id=self.marketplace_id)
