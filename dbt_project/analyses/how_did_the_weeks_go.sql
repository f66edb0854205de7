-- How did the last settled weeks go, each compared with the settled week before?
with compared as (

    select
        *,
        lag(on_time_rate) over weeks as on_time_rate_before,
        lag(on_time) over weeks as on_time_before,
        lag(scored) over weeks as scored_before
    from {{ ref('agg_account_weekly') }}
    where is_settled
    window weeks as (partition by account, marketplace_id order by week_start_date)

)

select
    account,
    marketplace_id,
    week_start_date,
    on_time,
    scored,
    on_time_rate,
    {{ interval_lower('on_time', 'scored') }} as on_time_rate_lower,
    {{ interval_upper('on_time', 'scored') }} as on_time_rate_upper,
    on_time_rate - on_time_rate_before as change_of_on_time_rate,
    -- whether the difference may be chance, or comes from too few scored appointments
    {{ change_verdict('on_time', 'scored', 'on_time_before', 'scored_before') }} as verdict,
    proof_coverage,
    missed,
    missed_rate,
    window_completion_rate,
    first_visit_resolution_rate,
    median_hours_to_first_appointment,
    payment_total,
    payment_currency
from compared
order by week_start_date desc, account asc, marketplace_id asc
limit 26
