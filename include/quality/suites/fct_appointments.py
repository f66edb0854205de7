"""marts.fct_appointments: one row per appointment, with its outcome and punctuality."""

import great_expectations.expectations as gxe
from great_expectations import ExpectationSuite
from great_expectations.expectations.expectation import Expectation

from include.quality import thresholds
from include.quality.personal_data import CONTACT, looks_personal
from include.quality.rules import each_once, grain, never, no_rows, stop, suite, warn

KEY = ("account", "service_job_id", "appointment_id")

# an id that occurs twice in a payload is one appointment: checked only if a payload has more appointments than there are rows
LOST = """
    with newest as (
        select account, service_job_id, arg_max_null(json_array_length(appointments), observed_at) as appointments
        from raw.service_jobs
        group by account, service_job_id
    ),

    counted as (
        select account, service_job_id, count(*) as rows from {batch} as appointments group by account, service_job_id
    ),

    differing as (
        select account, service_job_id, coalesce(rows, 0) as rows
        from newest left join counted using (account, service_job_id)
        where coalesce(appointments, 0) <> coalesce(rows, 0)
    ),

    identified as (
        select
            account, service_job_id, observed_at, rows,
            [
                coalesce(each ->> 'appointmentId', service_job_id || '#' || place)
                for each, place in from_json(appointments, '["JSON"]')
            ] as ids
        from raw.service_jobs join differing using (account, service_job_id)
    )

    select account, service_job_id
    from identified
    group by account, service_job_id, rows
    having coalesce(len(list_distinct(arg_max_null(ids, observed_at))), 0) <> rows
"""
BROKEN_SEQUENCES = """
    select account, service_job_id
    from {batch}
    group by account, service_job_id
    having min(sequence_in_job) <> 1 or max(sequence_in_job) <> count(*) or count(distinct sequence_in_job) <> count(*)
"""
OTHER_TIME_ZONES = """
    select account, marketplace_id, store_id
    from {batch}
    group by account, marketplace_id, store_id
    having count(distinct time_zone) > 1
"""


def drifted(column: str) -> str:
    """Markets in which the newest days whose appointments are over are spread otherwise over `column` than the weeks before."""
    return f"""
        with judged as (
            select account, marketplace_id, {column}, service_date >= as_of::date - {thresholds.DRIFT_DAYS} as is_recent
            from {{batch}} as appointments join intermediate.int_as_of as clocks using (account, marketplace_id)
            where service_date < as_of::date - 1
                and service_date >= as_of::date - {thresholds.DRIFT_DAYS + thresholds.DRIFT_BASELINE_DAYS}
        ),

        counted as (
            select
                account, marketplace_id, {column},
                count(*) filter (where is_recent) as recent, count(*) filter (where not is_recent) as earlier
            from judged
            group by all
        ),

        shares as (
            select
                account, marketplace_id,
                recent / nullif(sum(recent) over market, 0) as recent_share,
                earlier / nullif(sum(earlier) over market, 0) as earlier_share,
                sum(recent) over market as recent_rows
            from counted
            window market as (partition by account, marketplace_id)
        )

        select account, marketplace_id
        from shares
        where recent_rows >= {thresholds.DRIFT_MIN_APPOINTMENTS}
        group by account, marketplace_id
        having sum(abs(recent_share - earlier_share)) / 2 > {thresholds.DRIFT_MAX_DISTANCE}
    """


def get_suite() -> ExpectationSuite:
    return suite("marts.fct_appointments", key=KEY, rules=[*_structure(), *_definitions(), *_values()])


def _structure() -> list[Expectation]:
    """Each appointment has one row, with values of the contract's domains."""
    return [
        *grain("appointment", KEY),
        stop("appointment_lost", "Every appointment of a job's newest version has a row.", no_rows(LOST)),
        stop("appointment_without_job", "An appointment belongs to a job in fct_service_jobs.",
             never(KEY, "(account, service_job_id) not in (select (account, service_job_id) from marts.fct_service_jobs)")),
        stop("appointment_outcome_invalid", "An appointment has one of the outcomes that the contract names.",
             never(KEY, f"outcome is null or outcome not in {thresholds.OUTCOMES}")),
        stop("appointment_evidence_invalid", "The evidence of arrival is of a kind that the contract names.",
             never(KEY, f"arrival_evidence is null or arrival_evidence not in {thresholds.ARRIVAL_EVIDENCE}")),
        stop("appointment_break_invalid", "A fulfillment break is one that the contract names.",
             gxe.ExpectColumnValuesToBeInSet(column="fulfillment_break", value_set=thresholds.FULFILLMENT_BREAKS)),
        stop("appointment_time_zone_wrong", "The appointments of a store are in one time zone.", no_rows(OTHER_TIME_ZONES),
             whole=True),
        stop("appointment_sequence_broken", "The appointments of a job are numbered from 1 without a gap.",
             no_rows(BROKEN_SEQUENCES)),
        stop("appointment_observed_backwards", "An appointment was first observed before or when it was last observed.",
             gxe.ExpectColumnPairValuesAToBeGreaterThanB(
                 column_A="last_observed_at", column_B="first_observed_at", or_equal=True)),
        stop("appointment_personal_data", "No title looks like an e-mail address or a phone number.",
             never(KEY, looks_personal(CONTACT, "service_title"))),
    ]  # fmt: skip


def _definitions() -> list[Expectation]:
    """The columns that are derived from others follow their definitions."""
    return [
        stop("appointment_serviced_wrong", "An appointment is serviced exactly when its arrival is known.",
             never(KEY, "(outcome = 'serviced') <> (arrived_at is not null)")),
        stop("appointment_end_wrong", "An appointment ends its scheduled minutes after its scheduled start.",
             never(KEY, "scheduled_end_at <> scheduled_start_at + to_minutes(scheduled_minutes)")),
        stop("appointment_finish_wrong", "The work ends its minutes on site after the arrival.",
             never(KEY, "finished_at <> arrived_at + to_minutes(minutes_on_site)")),
        stop("appointment_delay_wrong", "The delay is the whole minutes from scheduled start to arrival.",
             never(KEY, "arrival_delay_minutes <> floor((epoch_us(arrived_at) - epoch_us(scheduled_start_at)) / 6e7)")),
        stop("appointment_missed_wrong", "A no-show is missed, a serviced appointment is not; a moved one is if that was after "
             "its window.",
             never(KEY, "is_missed is distinct from case outcome when 'no_show' then true when 'serviced' then false "
                        "else is_moved_after_window end "
                        "or (is_moved_after_window is not null and outcome not in ('rescheduled', 'cancelled'))")),
        stop("appointment_party_wrong", "Somebody is responsible for a moved or cancelled appointment, and for no other one.",
             never(KEY, "(responsible_party is not null) <> (outcome in ('rescheduled', 'cancelled')) "
                        f"or responsible_party not in {tuple(thresholds.RESPONSIBLE_PARTIES)}")),
        stop("appointment_punctuality_wrong", "A missed appointment is not on time unless the customer moved it; what was "
             "neither serviced nor missed is not scored.",
             never(KEY, "is_on_time_arrival is distinct from case when outcome = 'serviced' then is_on_time_arrival "
                        "when is_missed and coalesce(responsible_party, 'unknown') <> 'customer' then false end")),
        stop("appointment_completion_wrong", "Completion in the window is scored by finish and scheduled end.",
             never(KEY, "is_completed_in_window is distinct from case when outcome = 'serviced' "
                        "then finished_at <= scheduled_end_at else is_on_time_arrival end")),
        stop("appointment_verified_wrong", "An arrival is verified by a signature or a receipt within 24 hours.",
             never(KEY, "is_verified_arrival is distinct from case when outcome = 'serviced' "
                        "then arrival_evidence in ('signature', 'receipt') and coalesce(proof_delay_hours <= 24, false) end")),
        stop("appointment_band_wrong", "The lateness band agrees with the punctuality and the outcome.",
             never(KEY, "(lateness_band in ('on_time', 'early_over_30')) is distinct from "
                        "case when lateness_band is not null then is_on_time_arrival end "
                        "or (lateness_band = 'no_show') <> (outcome = 'no_show') "
                        "or (lateness_band = 'missed_then_moved') <> (fulfillment_break = 'missed_then_moved') "
                        f"or lateness_band not in {thresholds.LATENESS_BANDS}")),
        stop("appointment_service_date_wrong", "The service date is the scheduled start's date at the store.",
             never(KEY, "(service_date is null) <> (scheduled_start_at is null or time_zone is null) or " + each_once(
                 "service_date, scheduled_start_at, time_zone",
                 "service_date <> (scheduled_start_at at time zone time_zone)::date"))),
    ]  # fmt: skip


def _values() -> list[Expectation]:
    """Unusual values, which are published and reported."""
    return [
        warn("appointment_start_missing", "An appointment has a start time.",
             gxe.ExpectColumnValuesToNotBeNull(column="scheduled_start_at")),
        warn("appointment_minutes_out_of_range", "An appointment is scheduled for more than 0 minutes and up to a day.",
             gxe.ExpectColumnValuesToBeBetween(
                 column="scheduled_minutes", min_value=1, max_value=thresholds.MAX_SCHEDULED_MINUTES)),
        warn("appointment_on_site_out_of_range", "A technician is on site for 0 minutes up to a day.",
             gxe.ExpectColumnValuesToBeBetween(column="minutes_on_site", min_value=0, max_value=thresholds.MAX_MINUTES_ON_SITE)),
        warn("appointment_delay_out_of_range", "An arrival is at most a day early and a week late.",
             gxe.ExpectColumnValuesToBeBetween(
                 column="arrival_delay_minutes",
                 min_value=thresholds.MIN_ARRIVAL_DELAY_MINUTES, max_value=thresholds.MAX_ARRIVAL_DELAY_MINUTES)),
        warn("appointment_status_unknown", "An appointment's status is one of those in Amazon's model.",
             gxe.ExpectColumnValuesToBeInSet(column="appointment_status", value_set=thresholds.APPOINTMENT_STATUSES)),
        warn("appointment_outcomes_drifted", "The outcomes of the newest days are spread as in the weeks before.",
             no_rows(drifted("outcome")), whole=True),
        warn("appointment_job_statuses_drifted", "The statuses of the newest days' jobs are spread as in the weeks before.",
             no_rows(drifted("job_status")), whole=True),
    ]  # fmt: skip
