-- Appointments that were rescheduled or cancelled, with the versions of the job before and after that.
with moved as (

    select * from {{ ref('int_moves') }}

),

appointment_versions as (

    select * from {{ ref('int_appointment_versions') }}

),

job_versions as (

    select
        *,
        lag(observed_at) over (partition by account, service_job_id order by observed_at, load_id)
            as previous_observed_at
    from {{ ref('int_observed_jobs') }}

),

covered_ranges as (

    select * from {{ ref('int_covered_ranges') }}

),

compared as (

    select
        moved.account,
        moved.marketplace_id,
        moved.service_job_id,
        moved.appointment_id,
        moved.kind,
        moved.moved_at,
        after_move.updated_since as moved_since,
        after_move.updated_until as moved_until,
        before_move.updated_since as kept_since,
        before_move.updated_until as kept_until,
        before_move.scheduled_end_at as kept_end_at,
        scheduled.scheduled_end_at
    from moved
    inner join job_versions as after_move
        on
            moved.account = after_move.account
            and moved.service_job_id = after_move.service_job_id
            and moved.moved_at = after_move.observed_at
    left join appointment_versions as before_move
        on
            moved.account = before_move.account
            and moved.service_job_id = before_move.service_job_id
            and moved.appointment_id = before_move.appointment_id
            and after_move.previous_observed_at = before_move.observed_at
    left join appointment_versions as scheduled
        on
            moved.account = scheduled.account
            and moved.service_job_id = scheduled.service_job_id
            and moved.appointment_id = scheduled.appointment_id
            and moved.moved_at = scheduled.observed_at

)

select
    compared.account,
    compared.service_job_id,
    compared.appointment_id,
    compared.kind,
    compared.moved_at,
    case
        when covered_ranges.account is not null and compared.moved_since >= compared.kept_end_at then true
        when least(compared.moved_at, coalesce(compared.moved_until, compared.moved_at)) <= compared.scheduled_end_at
            then false
    end as is_moved_after_window
from compared
left join covered_ranges
    on
        compared.account = covered_ranges.account
        and compared.marketplace_id = covered_ranges.marketplace_id
        and compared.kept_since >= covered_ranges.range_start
        and compared.moved_since >= covered_ranges.range_start
        and compared.kept_until <= covered_ranges.range_end
        and compared.moved_until <= covered_ranges.range_end
