"""The six read operations."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial

from include.services_api import operations, parameters
from include.services_api.operations import Operation
from include.services_api.parameters import choice, choices, drop_none, marketplace, moment, number, period, refuse, text, texts
from include.services_api.responses import Response

# checks and formats the filters of getServiceJobs that are lists
_LIST_FILTERS: dict[str, Callable[[str, Iterable[str]], str]] = {
    "serviceJobStatus": lambda name, statuses: ",".join(choices(name, statuses, parameters.JOB_STATUSES)),
    "serviceOrderIds": partial(texts, pattern=parameters.ORDER_ID),
    "productOrderIds": partial(texts, pattern=parameters.ORDER_ID),
    "trackingIds": partial(texts, pattern=parameters.TRACKING_ID),
    "asins": partial(texts, shortest=10, longest=10),
    "requiredSkills": partial(texts, longest=50),
    "storeIds": partial(texts, most=50),
}


class Reads:
    """Read operations of `ServicesClient`, which documents their errors. Datetimes need a time zone."""

    _call: Callable[..., Response]

    def get_service_jobs(
        self,
        marketplace_id: str,
        *,
        last_updated_after: datetime | None = None,
        last_updated_before: datetime | None = None,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        schedule_start_date: datetime | None = None,
        schedule_end_date: datetime | None = None,
        service_job_status: Iterable[str] | None = None,
        service_order_ids: Iterable[str] | None = None,
        product_order_ids: Iterable[str] | None = None,
        tracking_ids: Iterable[str] | None = None,
        asins: Iterable[str] | None = None,
        required_skills: Iterable[str] | None = None,
        store_ids: Iterable[str] | None = None,
        sort_field: str | None = None,
        sort_order: str | None = None,
        page_token: str | None = None,
        page_size: int = 20,
    ) -> Response:
        """One page of jobs. All bounds are inclusive; exactly one of `created_after` and `last_updated_after` is required.

        Returns:
            `payload` has `totalResultSize`, `jobs`, and `nextPageToken` if there are more.
        """
        if (created_after is None) == (last_updated_after is None):
            raise refuse("created_after, last_updated_after", "given one or the other", (created_after, last_updated_after))
        query = marketplace(marketplace_id) | {"pageSize": str(number("page_size", page_size, 1, 20))}
        dates = drop_none(
            createdAfter=created_after, createdBefore=created_before, lastUpdatedAfter=last_updated_after,
            lastUpdatedBefore=last_updated_before, scheduleStartDate=schedule_start_date, scheduleEndDate=schedule_end_date,
        )  # fmt: skip
        lists = drop_none(
            serviceJobStatus=service_job_status, serviceOrderIds=service_order_ids, productOrderIds=product_order_ids,
            trackingIds=tracking_ids, asins=asins, requiredSkills=required_skills, storeIds=store_ids,
        )  # fmt: skip
        query |= {name: moment(name, value) for name, value in dates.items()}
        query |= {name: _LIST_FILTERS[name](name, values) for name, values in lists.items()}
        if sort_field is not None:
            query["sortField"] = choice("sort_field", sort_field, parameters.SORT_FIELDS)
        if sort_order is not None:
            query["sortOrder"] = choice("sort_order", sort_order, parameters.SORT_ORDERS)
        return self._call(operations.GET_JOBS, query=query | drop_none(pageToken=page_token))

    def get_service_job(self, service_job_id: str) -> Response:
        """One job with all details; listings may lack some of them."""
        return self._call(operations.GET_JOB, path={"service_job_id": service_job_id})

    def get_appointment_slots(
        self, marketplace_id: str, asin: str, store_id: str, start: datetime | None = None, end: datetime | None = None
    ) -> Response:
        """Available slots of a service in a store. The range is at most 90 days; Amazon has a default range."""
        service = {"asin": text("asin", asin), "storeId": text("store_id", store_id)}
        return self._call(operations.GET_SLOTS, query=marketplace(marketplace_id) | service | _slot_range(start, end))

    def get_appointment_slots_by_job_id(
        self, marketplace_id: str, service_job_id: str, start: datetime | None = None, end: datetime | None = None
    ) -> Response:
        """Available slots of a job, with the same range."""
        query = marketplace(marketplace_id) | _slot_range(start, end)
        return self._call(operations.GET_SLOTS_BY_JOB, path={"service_job_id": service_job_id}, query=query)

    def get_fixed_slot_capacity(
        self,
        marketplace_id: str,
        resource_id: str,
        start: datetime,
        end: datetime,
        *,
        slot_minutes: int = 60,
        capacity_types: Iterable[str] | None = None,
        page_token: str | None = None,
    ) -> Response:
        """One page of the capacity of a resource in slots of `slot_minutes`, which is 5 to 360 and a multiple of 5."""
        body = {"slotDuration": number("slot_minutes", slot_minutes, 5, 360, step=5)} | _capacity_body(start, end, capacity_types)
        return self._capacity(operations.GET_FIXED_CAPACITY, marketplace_id, resource_id, body, page_token)

    def get_range_slot_capacity(
        self,
        marketplace_id: str,
        resource_id: str,
        start: datetime,
        end: datetime,
        *,
        capacity_types: Iterable[str] | None = None,
        page_token: str | None = None,
    ) -> Response:
        """One page of the capacity of a resource in ranges of equal capacity, with one list per capacity type."""
        body = _capacity_body(start, end, capacity_types)
        return self._capacity(operations.GET_RANGE_CAPACITY, marketplace_id, resource_id, body, page_token)

    def _capacity(
        self, operation: Operation, marketplace_id: str, resource_id: str, body: dict, page_token: str | None
    ) -> Response:
        query = marketplace(marketplace_id) | drop_none(nextPageToken=page_token)
        return self._call(operation, path={"resource_id": resource_id}, query=query, body=body)


def _capacity_body(start: datetime, end: datetime, capacity_types: Iterable[str] | None) -> dict:
    body: dict = period("startDateTime", start, "endDateTime", end)
    if capacity_types is not None:
        body["capacityTypes"] = choices("capacityTypes", capacity_types, parameters.CAPACITY_TYPES)
    return body


def _slot_range(start: datetime | None, end: datetime | None) -> dict[str, str]:
    if start is None and end is None:
        return {}
    return period("startTime", start, "endTime", end, parameters.LONGEST_SLOT_RANGE)
