"""marts.rpt_technician_schedule: one row per appointment and technician, from today to seven days ahead."""

from great_expectations import ExpectationSuite
from great_expectations.expectations.expectation import Expectation

from include.quality.rules import grain, never, no_rows, stop, suite

KEY = ("account", "service_job_id", "appointment_id", "technician_id")
STOP = ", ".join(KEY)
STOPS_KEY = ", ".join(f"stops.{column}" for column in KEY)

# dates are those of the store: (as_of at time zone time_zone)::date is its today
OTHER_DAYS = f"""
    select {STOP} from (
        select stops.*, service_date - (as_of at time zone time_zone)::date as days_ahead
        from {{batch}} as stops join intermediate.int_as_of as clocks using (account, marketplace_id)
    )
    where days_ahead not between 0 and 7
        or outcome not in ('upcoming', 'awaiting_proof', 'no_show', 'serviced', 'unproven')
        or (outcome in ('serviced', 'unproven') and days_ahead > 0)
"""
LOST = f"""
    with due as (
        select appointments.*, unnest(case when len(performing_technician_ids) > 0 then list_distinct(performing_technician_ids)
            else [null] end) as technician_id
        from marts.fct_appointments as appointments join intermediate.int_as_of as clocks using (account, marketplace_id)
        where outcome = 'upcoming'
            and service_date >= (as_of - interval 2 days)::date and service_date <= (as_of + interval 9 days)::date
            and service_date - (as_of at time zone time_zone)::date between 0 and 7
    )

    select {STOP} from due
    where not exists (
        from {{batch}} as stops
        where stops.account = due.account and stops.service_job_id = due.service_job_id
            and stops.appointment_id = due.appointment_id and stops.technician_id is not distinct from due.technician_id
    )
"""
OTHERWISE_IN_APPOINTMENTS = f"""
    select {STOPS_KEY}
    from {{batch}} as stops left join marts.fct_appointments as appointments
        on stops.account = appointments.account and stops.service_job_id = appointments.service_job_id
        and stops.appointment_id = appointments.appointment_id and stops.outcome = appointments.outcome
        and stops.scheduled_start_at = appointments.scheduled_start_at
        and stops.scheduled_end_at is not distinct from appointments.scheduled_end_at
        and stops.store_id is not distinct from appointments.store_id
        and coalesce(list_contains(performing_technician_ids, stops.technician_id), len(performing_technician_ids) = 0)
    where appointments.account is null
"""
BROKEN_NUMBERS = """
    select account, technician_id, service_date
    from {batch}
    where technician_id is not null
    group by account, technician_id, service_date
    having min(stop_number) <> 1 or max(stop_number) <> count(*) or count(distinct stop_number) <> count(*)
"""
OUT_OF_ORDER = f"""
    select {STOP} from {{batch}}
    where technician_id is not null
    qualify (scheduled_start_at, coalesce(postal_code, chr(1114111))) < lag(
        (scheduled_start_at, coalesce(postal_code, chr(1114111)))
    ) over (partition by account, technician_id, service_date order by stop_number)
"""
UNNOTICED = f"""
    select {STOPS_KEY}
    from {{batch}} as stops join {{batch}} as others on stops.account = others.account
        and stops.technician_id = others.technician_id
        and (stops.service_job_id, stops.appointment_id) <> (others.service_job_id, others.appointment_id)
        and stops.scheduled_start_at < others.scheduled_end_at and others.scheduled_start_at < stops.scheduled_end_at
    where not stops.is_double_booked
"""


def get_suite() -> ExpectationSuite:
    return suite("marts.rpt_technician_schedule", key=KEY, rules=[*_structure(), *_definitions()])


def _structure() -> list[Expectation]:
    """The rows are the stops of eight days, each once."""
    return [
        *grain("schedule", KEY, nullable=("technician_id",)),
        stop("schedule_day_wrong", "A stop is from today to seven days ahead; what is done is of today.", no_rows(OTHER_DAYS)),
        stop("schedule_stop_lost", "Every upcoming appointment of these days has a stop for each technician.", no_rows(LOST)),
        stop("schedule_appointment_differs", "A stop is that of its appointment, for a technician of it.",
             no_rows(OTHERWISE_IN_APPOINTMENTS)),
    ]  # fmt: skip


def _definitions() -> list[Expectation]:
    """The columns that are derived from others follow their definitions."""
    return [
        stop("schedule_local_time_wrong", "The local start and end are those of the store's time zone.",
             never(KEY, "scheduled_start_local is distinct from scheduled_start_at at time zone time_zone "
                        "or scheduled_end_local is distinct from scheduled_end_at at time zone time_zone "
                        "or scheduled_start_local::date <> service_date")),
        stop("schedule_numbers_broken", "The stops of a technician's day are numbered from 1 without a gap.",
             no_rows(BROKEN_NUMBERS)),
        stop("schedule_out_of_order", "Stops are in the order of their starts, and of their postal codes for the same start.",
             no_rows(OUT_OF_ORDER)),
        stop("schedule_gap_wrong", "A gap is at least 0, and known from the second stop of a day only.",
             never(KEY, "gap_minutes < 0 or (gap_minutes is not null and coalesce(stop_number, 1) = 1)")),
        stop("schedule_overlap_wrong", "An overlap is at least 0 and no longer than the stop; it is a double booking.",
             never(KEY, "overlap_minutes < 0 or (overlap_minutes > 0 and not is_double_booked) "
                        "or overlap_minutes > greatest(0, epoch(scheduled_end_at) - epoch(scheduled_start_at)) / 60")),
        stop("schedule_double_booking_unnoticed", "Two stops of a technician at the same time are double-booked.",
             no_rows(UNNOTICED)),
    ]  # fmt: skip
