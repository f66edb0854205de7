"""The write of a resource's schedule, which keeps the rest of the schedule that Amazon replaces."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from typing_extensions import override

from include.services_api import Availability, Response, ServicesClient, operations
from include.services_api.account import Account
from include.services_api.errors import InvalidParameter
from include.services_api.parameters import refuse
from include.services_api.writes import MOST_VALUES
from include.writes import guide, inputs, local_hours, standing
from include.writes.calendars import SCHEDULED, Occurrence, ahead, capacity_of, check_availability, occurrences
from include.writes.capacity import CapacityWrite, refused
from include.writes.local_hours import LocalHours
from include.writes.write import Arrival, Lookup, Sender, convert_fields

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class UpdateSchedule(CapacityWrite):
    """Schedules capacity. Days of a recurrence are days in UTC.

    Amazon replaces the whole schedule of the resource. So what is scheduled at other times, up to a year ahead, is read and sent
    again with `schedules`. The journal keeps it under `before`.

    Attributes:
        schedules: The times to send; what of local hours has passed is left out.
        allow_removal: Send `schedules` alone, so that all other times are removed.
        part_of: All times of a table whose future ones are `schedules`. They identify the write, which thus stays the same while
            its times pass.
    """

    operation = operations.UPDATE_SCHEDULE
    target_fields = {"resource_id": "resource_id"}
    resource_id: str
    schedules: Iterable[Availability | LocalHours]
    allow_removal: bool = False
    part_of: tuple[Availability, ...] = ()

    def __post_init__(self) -> None:
        convert_fields(self, schedules=local_hours.schedules, allow_removal=inputs.flag)

    @override
    def identity(self, account: Account) -> list:
        *start, body = super().identity(account)
        whole = {"schedules": [schedule.body() for schedule in self.part_of]} if self.part_of else body
        return [*start, whole, *(["allow_removal"] if self.allow_removal else [])]

    @override
    def request(self, client: Sender) -> Response:
        return client.update_schedule(self.marketplace(client.account), self.resource_id, self._in_utc(client.account))

    @override
    def prepare(self, client: ServicesClient) -> dict:
        """Read what is scheduled.

        Returns:
            `kept`, the other times to send again, and `removed`.

        Raises:
            InvalidParameter: A part of the schedule would be lost, and `allow_removal` is not set.
        """
        others = self._others(client)
        if self.allow_removal:
            if others:
                log.warning("%s: these scheduled times are removed: %s", self.resource_id, standing.listed(others))
            return {"kept": [], "removed": standing.as_given(standing.recurring(others))}
        shortest = guide.shortest_slot(self.marketplace(client.account))
        if lost := [piece for piece in others if piece[1] - piece[0] < shortest]:
            raise self._would_lose(lost, shortest)
        kept = standing.recurring(others)
        if len(kept) + (count := len(self._in_utc(client.account))) > MOST_VALUES:
            raise refuse("schedules", f"at most {MOST_VALUES:,} times together with the {len(kept):,} others that are scheduled",
                         count)  # fmt: skip
        return {"kept": standing.as_given(kept), "removed": []}

    @override
    def send(self, client: ServicesClient, before: dict) -> tuple[Response, dict[str, str]]:
        kept, given = local_hours.schedules("kept", before["kept"]), ahead(self._in_utc(client.account), client.clock.now())
        union = [*local_hours.in_utc(kept, client.account, self.marketplace(client.account), self.resource_id), *given]
        response = client.update_schedule(self.marketplace(client.account), self.resource_id, union)
        errors = [error for record in response.records for error in record.get("errors") or []]
        if errors:
            raise refused(self, client, response, errors, "a part of the schedule was refused, the rest was accepted")
        # each time that is sent again has the same warning
        distinct = [warning for index, warning in enumerate(response.warnings) if warning not in response.warnings[:index]]
        return replace(response, warnings=distinct), {}

    @override
    def check(self, account: Account, now: datetime) -> None:
        for index, schedule in enumerate(self.schedules):
            times = self._in_utc(account, schedule)
            # of local hours, those before a change of summer time may have passed
            for time in (isinstance(schedule, LocalHours) and ahead(times, now)) or times:
                check_availability(f"schedules[{index}]", time, self.marketplace(account), now)

    @override
    def look_up(self, client: ServicesClient, before: dict) -> Lookup:
        """Compare with the scheduled capacity; undecided if a time has no capacity of its own, or others should be removed."""
        times = self._times(client.account)
        if any(capacity is None for _, _, capacity in times):
            return Lookup(Arrival.UNDECIDED)
        scheduled = capacity_of(client, self.marketplace(client.account), self.resource_id, times, SCHEDULED)
        # a difference proves nothing: where the times of one request overlap, the last one applies
        differs = any(scheduled.differs(*time) for time in times)
        is_undecided = differs or (self.allow_removal and self._others(client))
        return Lookup(Arrival.UNDECIDED if is_undecided else Arrival.ARRIVED)

    def _times(self, account: Account) -> list[Occurrence]:
        return [time for schedule in self._in_utc(account) for time in occurrences(schedule)]

    def _in_utc(self, account: Account, *schedules: Availability | LocalHours) -> list[Availability]:
        """Return some of the times, or all, in UTC."""
        return local_hours.in_utc(schedules or self.schedules, account, self.marketplace(account), self.resource_id)

    def _others(self, client: ServicesClient) -> list[standing.Piece]:
        """Return what is scheduled at times that are not in `schedules`."""
        present = standing.scheduled(client, self.marketplace(client.account), self.resource_id, client.clock.now())
        return standing.outside(present, self._times(client.account))

    def _would_lose(self, lost: list[standing.Piece], shortest: timedelta) -> InvalidParameter:
        minutes = shortest // timedelta(minutes=1)
        return InvalidParameter(
            f"scheduled capacity of {self.resource_id} would be lost: {standing.listed(lost)}. Amazon replaces the whole "
            f"schedule, and times shorter than {minutes} minutes cannot be sent again. Give these times, too, or set "
            "allow_removal to remove all times that are not given. Nothing was sent.", operation=self.operation.name,
        )  # fmt: skip
