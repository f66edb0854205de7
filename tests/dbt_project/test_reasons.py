"""Why appointments were moved and jobs cancelled: what was written beside what was seen, equal to a truth in plain Python."""

from datetime import timedelta
from random import Random

import pytest

from tests.dbt_project.raw_rows import US, Warehouse, appointment, job, utc
from tests.dbt_project.test_increments import assert_equals_full_refresh

RESCHEDULE = "rescheduleAppointmentForServiceJobByServiceJobId"
CANCEL = "cancelServiceJobByServiceJobId"
CREATED = utc("2026-03-01T00:00:00")
WORDS = {"RS4": "Provider cannot meet original appointment", "RS11": "Customer didn't show up", "S1": "Customer didn't show up."}
OUTCOMES = ("accepted", "confirmed", "unknown", "sent", "repeated", "refused", "not_sent", "not_arrived")


class Story:
    """Jobs that are moved and cancelled by chance, by us and by others, with every outcome of a write; and what is true of them.

    A job has appointments 1 and 2 (1 moved to 2 or not), and is cancelled or not. First it is seen as it was, then as it is.
    """

    def __init__(self, seed: int, count: int) -> None:
        self.chance = Random(seed)
        self.before, self.after, self.writes, self.truth = [], [], [], []
        for number in range(count):
            self._live(f"job-{seed}-{number}")

    def _live(self, name: str) -> None:
        chance = self.chance
        seen_before, seen_after = CREATED + timedelta(hours=chance.randrange(1, 9)), CREATED + timedelta(hours=30)
        old, new = (CREATED + timedelta(days=chance.randrange(3, 9), hours=chance.randrange(24)) for _ in range(2))
        moved, cancelled, booked = chance.random() < 0.5, chance.random() < 0.4, chance.random() < 0.8
        first = appointment(old.isoformat(), appointmentId=f"{name}_1")
        # seen cancelled before anybody of us wrote that
        lost_before = booked and not moved and chance.random() < 0.2
        started = first | ({"appointmentStatus": "CANCELLED"} if lost_before else {})
        self.before.append(job(name, observed_at=seen_before.isoformat(), appointments=[started] if booked else []))
        ended = [started] if booked else []
        if booked and moved:
            ended = [first | {"appointmentStatus": "CANCELLED", "rescheduledAppointmentId": f"{name}_2"}]
            ended.append(appointment(new.isoformat(), appointmentId=f"{name}_2"))
        status = "CANCELLED" if cancelled else "NOT_SERVICED"
        self.after.append(job(name, observed_at=seen_after.isoformat(), service_job_status=status, appointments=ended))
        seen = []
        if booked and moved:
            seen.append(("reschedule", f"{name}_1", old, new, seen_after))
        if lost_before:
            seen.append(("cancel", f"{name}_1", old, None, seen_before))
        elif booked and cancelled:
            seen.append(("cancel", f"{name}_2" if moved else f"{name}_1", new if moved else old, None, seen_after))
        if cancelled and not any(kind == "cancel" for kind, *_ in seen):
            seen.append(("cancel", None, None, None, seen_after))
        reschedule = self._writes(name, RESCHEDULE, f"{name}_1", ("RS4", "RS11", "RS99")) if booked else None
        cancel = self._writes(name, CANCEL, None, ("S1", "S404"))
        self._judge(name, seen, reschedule, cancel, old if booked else None)

    def _writes(self, name: str, operation: str, appointment_id: str | None, codes: tuple[str, ...]) -> dict | None:
        """Some attempts, 20 hours after the creation and later; returns the one that counts."""
        attempts = []
        for place in range(self.chance.randrange(3)):
            sent_at = CREATED + timedelta(hours=20 + place)
            attempts.append({
                "account": "a", "operation": operation, "service_job_id": name, "appointment_id": appointment_id,
                "reason_code": self.chance.choice(codes), "outcome": self.chance.choice(OUTCOMES), "requested_by": f"dag {place}",
                "sent_at": sent_at, "write_id": f"{name}-{operation}-{place}",
            })  # fmt: skip
        self.writes += attempts
        certain = [one for one in attempts if one["outcome"] in ("accepted", "confirmed")]
        possible = [one for one in attempts if one["outcome"] in ("unknown", "sent", "repeated")]
        return (certain or possible or [None])[-1]

    def _judge(self, name: str, seen: list, reschedule: dict | None, cancel: dict | None, old) -> None:
        ours = {"reschedule": reschedule, "cancel": cancel}
        explained = set()
        for kind, appointment_id, start, new, observed_at in seen:
            write = ours[kind]
            if write and kind == "cancel" and observed_at < write["sent_at"]:
                write = None
            explained |= {kind} if write else set()
            self._tell(name, kind, appointment_id, "both" if write else "observed", write, observed_at, start, new)
        for kind, write in ours.items():
            if write and kind not in explained and write["outcome"] in ("accepted", "confirmed"):
                start = old if kind == "reschedule" else None
                self._tell(name, kind, write["appointment_id"], "written", write, None, start, None)

    def _tell(self, name, kind, appointment_id, evidence, write, observed_at, start, new) -> None:
        decided_at = write["sent_at"] if write else observed_at
        code = write["reason_code"] if write else "unknown"
        hours = lambda begin, end: (end - begin).total_seconds() / 3600 if begin and end else None  # noqa: E731
        self.truth.append({
            "account": "a", "marketplace_id": US, "store_id": "S1", "service_job_id": name, "appointment_id": appointment_id,
            "kind": kind, "evidence": evidence, "reason_code": code, "reason": WORDS.get(code, "unknown"),
            "requested_by": write["requested_by"] if write else None, "written_at": write["sent_at"] if write else None,
            "observed_at": observed_at, "scheduled_start_at": start, "new_scheduled_start_at": new,
            "replaced_by_appointment_id": f"{name}_2" if new else None,
            "hours_later": hours(start, new), "notice_hours": hours(decided_at, start),
            "hours_since_created": hours(CREATED, decided_at),
        })  # fmt: skip


def differences(warehouse: Warehouse, truth: list[dict]) -> list[str]:
    key = lambda row: (row["service_job_id"], row["kind"], row["appointment_id"] or "")  # noqa: E731
    rows = {key(row): row for row in warehouse.rows("select * from marts.fct_reschedules_cancellations")}
    expected = {key(row): row for row in truth}
    assert len(expected) == len(truth)
    found = [f"missing {one}" for one in expected.keys() - rows.keys()]
    found += [f"too much {one}" for one in rows.keys() - expected.keys()]
    for one in expected.keys() & rows.keys():
        for name, value in expected[one].items():
            same = pytest.approx(value) == rows[one][name] if isinstance(value, float) else value == rows[one][name]
            found += [] if same else [f"{one} {name}: {value!r} is true, {rows[one][name]!r} is there"]
    return found


def test_reasons_equal_the_truth_however_they_come_in(make_warehouse, tmp_path):
    warehouse, story = make_warehouse("reasons"), Story(seed=7, count=70)
    warehouse.add_window("2026-03-01T00:00:00Z", "2026-03-02T10:00:00Z")
    warehouse.add_jobs(*story.before)
    # nobody has written anything yet
    warehouse.build_untested()
    known = warehouse.rows("select distinct evidence, reason_code from marts.fct_reschedules_cancellations")
    assert known == [{"evidence": "observed", "reason_code": "unknown"}]
    # some writes before the jobs are seen again, some after; some are open first
    half = len(story.writes) // 2
    warehouse.insert("ops.api_writes", [row | {"load_id": "w1"} for row in story.writes[:half]])
    open_first = [row | {"load_id": "w2", "outcome": "sent"} for row in story.writes[half:]]
    warehouse.insert("ops.api_writes", open_first[: half // 2])
    warehouse.add_jobs(*story.after)
    warehouse.build_untested()
    warehouse.execute("delete from ops.api_writes where load_id = 'w2'")
    warehouse.insert("ops.api_writes", [row | {"load_id": "w3"} for row in story.writes[half:]])
    warehouse.build()
    assert differences(warehouse, story.truth) == []
    assert {row["evidence"] for row in story.truth} == {"both", "observed", "written"}
    assert {"unknown", *WORDS.values()} == {row["reason"] for row in story.truth}
    assert_equals_full_refresh(warehouse, tmp_path / "refreshed")
    warehouse.build_untested()
    assert warehouse.row("select count(*) as changed from intermediate.int_changed_jobs") == {"changed": 0}


def test_days_later_are_local_dates(make_warehouse):
    warehouse = make_warehouse("local")
    warehouse.add_window("2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z")
    # 23:30 of 4 March and 00:30 of 5 March in Los Angeles
    old = appointment("2026-03-05T07:30:00Z", status="CANCELLED", appointmentId="one", rescheduledAppointmentId="two")
    warehouse.add_jobs(job("moved", appointments=[old, appointment("2026-03-05T08:30:00Z", appointmentId="two")]))
    warehouse.build_untested()
    row = warehouse.row("select * from marts.fct_reschedules_cancellations")
    assert (row["hours_later"], row["days_later"], row["replaced_by_appointment_id"]) == (1.0, 1, "two")
