"""Slots and capacity: every target is read, in every form that was asked for, and only what changed is kept."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from include.extract import runs, settings
from include.extract.packaging import WindowsFailed
from include.extract.snapshots import EveryTargetRefused
from include.extract.targets import Targets
from include.services_api import limits
from include.services_api.clock import ApiClock
from include.services_api.errors import BadRequest, Refusal
from include.warehouse import database
from include.warehouse.loading.load import load_packages

NOON = datetime(2026, 10, 1, 12, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
US = "ATVPDKIKX0DER"


def text(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


class Store:
    """A client of one store whose availability a test sets; `pages` says where an answer of capacity is cut."""

    account = SimpleNamespace(name="seller", marketplace_ids=(US,))
    max_share = 1.0
    usage = SimpleNamespace(requests=0, throttled=0, waited_seconds=0.0, last_request_id=None)

    def __init__(self) -> None:
        self.now, self.free, self.refused, self.asked = NOON, {}, set(), []
        self.ranges: list[tuple[datetime, datetime, int]] = []
        self.pages: list[datetime] = []
        self.more: dict[str, object] = {}
        self.clock = ApiClock()
        self.checked_time = self.clock.check

    def _answer(self, target: str, payload: dict):
        self.asked.append(target)
        if target in self.refused:
            refusals = (Refusal("InvalidInput", "not known"),)
            raise BadRequest(f"{target} failed", refusals=refusals, request_id=f"request-{len(self.asked)}")
        self.now += timedelta(seconds=1)
        return SimpleNamespace(payload=payload, received_at=self.now, size=0, request_id="request-1")

    def _slots(self, target: str) -> dict:
        times = self.free.get(target, {})
        return {
            "schedulingType": "REAL_TIME_SCHEDULING",
            "appointmentSlots": [
                {"startTime": text(start), "endTime": text(start + HOUR), "capacity": capacity} | self.more
                for start, capacity in times.items()
            ],
        }

    def get_appointment_slots(self, marketplace_id, asin, store_id, start, end):
        return self._answer(f"{store_id}/{asin}", self._slots(f"{store_id}/{asin}"))

    def get_appointment_slots_by_job_id(self, marketplace_id, job, start, end):
        return self._answer(job, self._slots(job))

    def get_fixed_slot_capacity(self, marketplace_id, resource, start, end, *, slot_minutes, capacity_types, page_token=None):
        slot = {"startDateTime": text(start), "scheduledCapacity": 4, "availableCapacity": 1, "encumberedCapacity": 2,
                "reservedCapacity": 1}  # fmt: skip
        assert len(capacity_types) == 4 and slot_minutes == 60
        return self._answer(resource, {"resourceId": resource, "slotDuration": 60, "capacities": [slot]})

    def get_range_slot_capacity(self, marketplace_id, resource, start, end, *, capacity_types, page_token=None):
        """Every type has the same ranges."""
        cuts = [start, *self.pages, end]
        place = int(page_token or 0)
        left, right = cuts[place], cuts[place + 1]
        slots = [
            {"startDateTime": text(max(left, first)), "endDateTime": text(min(right, last)), "capacity": capacity}
            for first, last, capacity in self.ranges
            if first < right and last > left
        ]
        capacities = [{"capacityType": kind, "slots": slots} for kind in capacity_types]
        more = {"nextPageToken": str(place + 1)} if place + 2 < len(cuts) else {}
        return self._answer(resource, {"resourceId": resource, "capacities": capacities} | more)


@pytest.fixture
def store(warehouse, monkeypatch) -> Store:
    monkeypatch.setenv("SERVICES_SETTLE_LAG_MINUTES", "2")
    monkeypatch.setattr(runs, "targets", lambda account, marketplace_id: Targets((("s", "B1"),), ("s",), ("job-1", "job-2")))
    return Store()


def read(store: Store, hours: int = 0) -> dict[str, int]:
    store.now = max(store.now, NOON + hours * HOUR)
    runs.scheduled_availability(store, NOON + hours * HOUR, f"hour-{hours}")
    with database.connect() as connection:
        return load_packages(connection)


def rows(sql: str) -> list[tuple]:
    with database.connect() as connection:
        return connection.execute(sql).fetchall()


def test_jobs_that_wait_have_slots_of_their_own(store):
    three = NOON.replace(minute=0) + 3 * HOUR
    store.free = {"s/B1": {three: 2, three + HOUR: 2}, "job-1": {three: 1}, "job-2": {three: 1}}
    added = read(store)
    assert (added["appointment_slots"], added["job_appointment_slots"]) == (2, 2)
    assert {"s/B1", "job-1", "job-2"} <= set(store.asked)
    # one was scheduled meanwhile, which is nothing to fail for; of the other one the slot has gone
    store.refused, store.free["job-2"] = {"job-1"}, {}
    assert read(store, 1)["job_appointment_slots"] == 1
    history = "select service_job_id, capacity from raw.job_appointment_slots order by service_job_id, observed_at"
    assert rows(history) == [("job-1", 1), ("job-2", 1), ("job-2", None)]
    assert rows("select * from ops.quarantined_records") == []


def test_an_unknown_field_of_every_slot_is_told_once(store, caplog):
    three = NOON.replace(minute=0) + 3 * HOUR
    store.free, store.more = {"s/B1": {three: 2, three + HOUR: 2}, "job-1": {three: 1}}, {"zone": "A", "floor": 2}
    assert read(store)["appointment_slots"] == 2
    told = [record.getMessage() for record in caplog.records if "not in Amazon's model" in record.getMessage()]
    assert sum("appointmentSlots[].zone" in message for message in told) == 2  # of services and of jobs
    kept = rows("select record_key, field, payload::varchar from ops.quarantined_records order by all")
    values = (("floor", "2"), ("zone", '{"length":1,"type":"text"}'))
    assert kept == [(target, f"appointmentSlots[].{name}", value) for target in ("job-1", "s/B1") for name, value in values]
    drift = "select path, kind, times, is_value_kept from ops.schema_drift where entity = 'appointment_slots' order by all"
    assert rows(drift) == [  # of three answers two held slots
        ("appointmentSlots[].floor", "unknown_field", 2, True), ("appointmentSlots[].zone", "unknown_field", 2, False),
    ]  # fmt: skip


def test_what_cannot_be_read_of_every_slot_is_told_once_for_each_reason(store, monkeypatch):
    many = tuple((f"s{number}", "B1") for number in range(250))
    monkeypatch.setattr(runs, "targets", lambda account, marketplace_id: Targets(many, (), ()))
    three = NOON.replace(minute=0) + 3 * HOUR
    store.free = {f"{name}/B1": {three: "many", three + HOUR: 1.5, three + 2 * HOUR: "several"} for name, _ in many}
    for hour in range(2):
        read(store, hour)
    assert rows("select count(*), count(capacity) from raw.appointment_slots") == [(750, 0)]
    told = "select record_key, field, reason, payload::varchar from ops.quarantined_records order by reason"
    field = "appointmentSlots[].capacity"
    assert rows(told) == [
        ("s0/B1", field, "not a number", '{"length":4,"type":"text"}'),
        ("s0/B1", field, "not a whole number", "1.5"),
    ]


def test_a_store_that_is_refused_is_told_once_and_holds_nobody_up(store, monkeypatch):
    stores = (("s", "B1"), ("t", "B1"))
    monkeypatch.setattr(runs, "targets", lambda account, marketplace_id: Targets(stores, (), ()))
    store.free, store.refused = {"s/B1": {NOON.replace(minute=0) + 3 * HOUR: 2}}, {"t/B1"}
    for hour in range(2):
        read(store, hour)
    assert rows("select count(*) from raw.appointment_slots") == [(1,)]
    assert rows("select record_key, reason from ops.quarantined_records") == [("t/B1", "BadRequest: InvalidInput: not known")]


def test_a_store_whose_capacity_has_no_end_is_told_and_holds_nobody_up(store, monkeypatch):
    monkeypatch.setattr(limits, "LISTING_PAGES", 5)
    monkeypatch.setattr(runs, "targets", lambda account, marketplace_id: Targets((), ("s", "t"), ()))
    one_page = store.get_fixed_slot_capacity

    def endless(marketplace_id, resource, start, end, *, page_token=None, **options):
        answer = one_page(marketplace_id, resource, start, end, **options)
        if resource == "t":
            answer.payload["nextPageToken"] = f"{page_token}+"
        return answer

    store.get_fixed_slot_capacity = endless
    read(store)
    assert rows("select distinct resource_id from raw.resource_capacity") == [("s",)]
    assert rows("select record_key, reason from ops.quarantined_records") == [("t", "EndlessPaging")]
    assert store.asked.count("t") == 6


def test_when_every_store_is_refused_nothing_is_called_read(store):
    store.refused = {"s/B1"}
    with pytest.raises(WindowsFailed, match="refused all 1 of them") as failed:
        read(store)
    assert isinstance(failed.value.__cause__, EveryTargetRefused)


def test_capacity_comes_in_the_forms_that_were_asked_for(store, monkeypatch):
    monkeypatch.setenv("SERVICES_CAPACITY_FORMATS", "fixed, range")
    noon = NOON.replace(minute=0)
    store.ranges = [(noon - 2 * HOUR, noon + 6 * HOUR, 3), (noon + 6 * HOUR, noon + 400 * HOUR, 0)]
    store.pages = [noon + 4 * HOUR]
    added = read(store)
    assert (added["resource_capacity"], added["resource_capacity_ranges"]) == (1, 8)
    ranges = """
        select date_diff('hour', timestamptz '2026-10-01 12:00:00Z', range_start_at), capacity, count(distinct capacity_type)
        from raw.resource_capacity_ranges group by range_start_at, range_end_at, capacity, observed_at order by observed_at, 1
    """
    # a page had cut the first one; where it began is not known
    assert rows(ranges) == [(6, 0, 4), (None, 3, 4)]
    assert rows("select distinct window_start from raw.resource_capacity_ranges") == [(noon,)]


def test_a_range_that_is_over_has_not_vanished(store, monkeypatch):
    monkeypatch.setenv("SERVICES_CAPACITY_FORMATS", "range")
    noon = NOON.replace(minute=0)
    store.ranges = [(noon, noon + HOUR, 3), (noon + HOUR, noon + 2 * HOUR, 2), (noon + 2 * HOUR, noon + 9 * HOUR, 0)]
    read(store)
    # an hour later the first is over, the second has begun; then the third grows over it
    read(store, 1)
    store.ranges = [(noon + HOUR, noon + 9 * HOUR, 0)]
    read(store, 1)
    history = """
        select date_diff('hour', timestamptz '2026-10-01 12:00:00Z', range_end_at), list(capacity order by observed_at)
        from raw.resource_capacity_ranges where capacity_type = 'SCHEDULED_CAPACITY' group by all order by 1
    """
    assert rows(history) == [(1, [3]), (2, [2, 2, None]), (9, [0, 0])]


def test_ranges_that_did_not_change_add_nothing_while_time_passes(store, monkeypatch):
    monkeypatch.setenv("SERVICES_CAPACITY_FORMATS", "range")
    noon = NOON.replace(minute=0)
    store.ranges = [(noon - 2 * HOUR, noon + 6 * HOUR, 3), (noon + 6 * HOUR, noon + 9 * HOUR, 0)]
    assert read(store)["resource_capacity_ranges"] == 8
    assert read(store, 1)["resource_capacity_ranges"] == 0
    # a part of it is booked: what was one range is two
    store.ranges = [(noon - 2 * HOUR, noon + 4 * HOUR, 3), (noon + 4 * HOUR, noon + 6 * HOUR, 2), store.ranges[1]]
    assert read(store, 2)["resource_capacity_ranges"] == 8
    # and one again
    store.ranges = [(noon - 2 * HOUR, noon + 6 * HOUR, 3), store.ranges[2]]
    assert read(store, 3)["resource_capacity_ranges"] == 8
    assert read(store, 4)["resource_capacity_ranges"] == 0


@pytest.mark.parametrize(("given", "read"), [("", ("fixed",)), ("range", ("range",)), ("fixed, range", ("fixed", "range"))])
def test_the_forms_are_a_setting(monkeypatch, given, read):
    monkeypatch.setenv("SERVICES_CAPACITY_FORMATS", given)
    assert settings.capacity_formats() == read


def test_a_form_that_is_none_is_refused(monkeypatch):
    monkeypatch.setenv("SERVICES_CAPACITY_FORMATS", "hourly")
    with pytest.raises(settings.BadSetting, match="'hourly'"):
        settings.capacity_formats()
