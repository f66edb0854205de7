-- the rates of appointments by version 1's definitions, of the days from $start to $end: a visit counts as missed four hours
-- after its end, whatever became of its job, and all rates share one denominator
with judged as (
    select
        appointments.store_id,
        appointments.is_completed_in_window,
        case
            when appointments.outcome in ('serviced', 'rescheduled', 'cancelled', 'unproven') then appointments.outcome
            when appointments.scheduled_end_at + interval 240 minute < freshness.as_of
                and appointments.job_status not in ('PAYMENT_DECLINED', 'HOLD') then 'no_show'
            else 'upcoming'
        end as outcome,
        appointments.outcome = 'serviced' and appointments.is_on_time_arrival as is_on_time
    from marts.fct_appointments as appointments
    join ops.freshness as freshness
        on appointments.account = freshness.account and appointments.marketplace_id = freshness.marketplace_id
            and freshness.entity = 'jobs'
    where appointments.service_date between $start and $end
),

counted as (
    select
        store_id,
        count(*) filter (outcome in ('serviced', 'no_show')) as scored,
        count(*) filter (is_on_time) as on_time,
        count(*) filter (outcome = 'serviced' and is_completed_in_window) as completed_in_window,
        count(*) filter (outcome = 'no_show') as no_shows
    from judged
    -- of each store, and of all of them
    group by grouping sets ((store_id), ())
)

select
    coalesce(store_id, 'all') as name,
    scored,
    on_time / scored as on_time_rate,
    completed_in_window / scored as window_completion_rate,
    no_shows / scored as no_show_rate
from counted
where scored > 0
