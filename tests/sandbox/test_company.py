"""The demonstration's company is healthy but for a few stores and technicians, and has every case of the marts."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest

from include.demo import place
from include.sandbox.__main__ import build, parser
from include.sandbox.world.behavior import HABITS
from include.sandbox.world.marketplaces import BY_COUNTRY
from include.sandbox.world.payload import detail
from include.sandbox.world.places import CITIES, time_zone
from include.sandbox.world.reasons import REASON_CODES
from include.sandbox.world.times import DAY, HOUR
from include.sandbox.world.world import World
from tests.sandbox.company_figures import by_store, by_technician, changes, rate, settled, utilization

SCORED = ("serviced", "no_show")
MOMENTS = [datetime(2026, 2, 14, 9, 58, tzinfo=UTC), datetime(2026, 7, 10, 20, 58, tzinfo=UTC)]


@pytest.fixture(scope="module", params=MOMENTS, ids=["winter", "summer"])
def demo(request) -> World:
    return build(parser().parse_args(place.world(request.param))).control.service.world


@pytest.fixture(scope="module")
def payloads(demo: World) -> list[dict]:
    return [detail(job, demo.now()) for job in demo.jobs()]


def test_stores_are_busy_and_on_time_but_for_two(demo: World) -> None:
    figures = by_store(demo)
    assert len(figures) == place.STORES and sum(store.is_troubled for store in figures) == 2
    for store, outcomes in figures.items():
        assert 0.4 <= utilization(demo, store) <= 0.8, store.city
        on_time, no_shows = rate(outcomes, "on_time", *SCORED), rate(outcomes, "no_show", *SCORED)
        if store.is_troubled:
            assert on_time < 0.68, store.city
        else:
            assert 0.75 <= on_time <= 0.92 and no_shows < 0.04, store.city
        for moved in ("rescheduled", "cancelled"):
            assert 0.02 <= rate(outcomes, moved, "all") <= 0.14, store.city


def test_a_few_technicians_are_clearly_worse_and_one_in_ten_never_uploads(demo: World) -> None:
    figures = by_technician(demo)
    technicians = [(store, technician) for store in demo.stores for technician in store.technicians]
    silent = [technician for _, technician in technicians if not HABITS[technician.habit].uploads]
    assert 0.06 <= len(silent) / len(technicians) <= 0.15
    uploaders = {
        poa.uploader for job, each, _ in settled(demo) if len(each.technicians) == 1
        if (poa := each.poa) and set(each.technicians) & set(poa.technicians)
    }  # fmt: skip
    assert uploaders.isdisjoint(technician.technician_id for technician in silent)
    rates = {technician_id: rate(counts, "on_time", "scored") for technician_id, counts in figures.items()}
    ordinary = [technician for store, technician in technicians if not store.is_troubled]
    late = [rates[each.technician_id] for each in ordinary if each.habit == "late"]
    good = [each.technician_id for each in ordinary if each.habit in ("punctual", "relaxed")]
    assert late and max(late) < 0.65
    assert min(rates[technician_id] for technician_id in good) > 0.7
    assert min(figures[technician_id]["scored"] for technician_id in good) >= 40


def test_appointments_are_moved_and_cancelled_at_any_time_by_anyone(demo: World) -> None:
    counts = changes(demo)
    assert len(counts) == 12
    assert min(counts.values()) >= 3
    assert counts["move", "before", "seller"] > 5 * counts["move", "within", "seller"]


def test_every_outcome_and_every_delay_of_a_proof_occurs(demo: World) -> None:
    outcomes, delays, early = Counter(), Counter(), 0
    for _, appointment, how in settled(demo):
        outcomes[how] += 1
        if how == "serviced":
            early += appointment.poa.arrived < appointment.start - HOUR / 2
            hours = (appointment.poa.uploaded - appointment.poa.arrived) / HOUR - appointment.poa.minutes / 60
            delays[next(most for most in (1, 8, 24, 48, 100) if hours <= most)] += 1
    assert set(outcomes) == {"serviced", "rescheduled", "cancelled", "unproven", "unfulfillable", "no_show"}
    assert min(outcomes.values()) >= 10
    assert set(delays) == {1, 8, 24, 48, 100} and min(delays.values()) >= 25
    assert delays[1] > sum(delays.values()) / 2
    assert early >= 20


def test_proofs_payments_preferred_times_and_types_have_every_form(demo: World, payloads: list[dict]) -> None:
    poas = [each["poa"] for job in payloads for each in job.get("appointments", []) if "poa" in each]
    kinds = Counter(poa.get("poaType") for poa in poas)
    assert (
        min(kinds[kind] for kind in ("CUSTOMER_SIGNATURE", "POA_RECEIPT", "NO_SIGNATURE_DUMMY_POS", "DUMMY_RECEIPT", None)) >= 20
    )
    paid = [[payment["amount"]["currency"] for payment in job["payments"]] for job in payloads if "payments" in job]
    assert sum(len(set(currencies)) > 1 for currencies in paid) >= 20
    unbooked = [job for job in demo.jobs() if job.preferred and not job.at(demo.now()).appointments]
    assert sum(max(job.preferred) <= demo.now() for job in unbooked if job.at(demo.now()).status == "PENDING_SCHEDULE") >= 5
    assert {("serviceType" in job, "serviceType" in job["scopeOfWork"]) for job in payloads} == {
        (True, False), (False, True), (False, False),
    }  # fmt: skip


def test_both_periods_of_four_weeks_are_full(demo: World) -> None:
    weeks = Counter((demo.now() - appointment.start) // (7 * DAY) for _, appointment, _ in settled(demo))
    assert min(weeks[week] for week in range(1, 8)) > 0.7 * max(weeks.values())


def test_stores_are_in_several_time_zones(demo: World) -> None:
    assert {store.time_zone for store in demo.stores if store.marketplace.country_code == "US"} == {
        "America/Los_Angeles", "America/New_York", "America/Chicago", "America/Denver",
    }  # fmt: skip
    for country, marketplace in BY_COUNTRY.items():
        for city in CITIES[country]:
            assert city.postal_code and time_zone(city, marketplace)


def test_a_sellers_writes_have_codes_of_the_marketplace_and_the_service(demo: World) -> None:
    writes = [(job, write) for job in demo.jobs() for write in job.writes() if write.at <= demo.now()]
    assert {write.kind for _, write in writes} == {"reschedule", "cancel"}
    valid = {(row["kind"], row["code"], row["country_code"], row["service_type"]) for row in REASON_CODES}
    for job, write in writes:
        is_default = write.kind == "cancel" and job.service.kind == "recurring"
        assert (write.kind, write.reason_code, "US", "default" if is_default else job.service.kind) in valid
        assert (write.number is None) == (write.kind == "cancel")
