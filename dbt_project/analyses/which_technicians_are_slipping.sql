-- Which technicians are slipping: less often on time in the last four settled weeks than in the twelve weeks before?
with settled as (

    select
        account,
        marketplace_id,
        max(week_start_date) + 7 as end_date
    from {{ ref('agg_account_weekly') }}
    where is_settled
    group by account, marketplace_id

),

days as (

    select
        daily.*,
        daily.service_date >= settled.end_date - 28 as is_recent
    from {{ ref('agg_technician_daily') }} as daily
    inner join settled
        on
            daily.account = settled.account
            and daily.marketplace_id = settled.marketplace_id
            and daily.service_date >= settled.end_date - 112
            and daily.service_date < settled.end_date

),

counted as (

    select
        account,
        marketplace_id,
        technician_id,
        coalesce(sum(case when is_recent then on_time end), 0) as recent_on_time,
        coalesce(sum(case when is_recent then scored end), 0) as recent_scored,
        coalesce(sum(case when not is_recent then on_time end), 0) as earlier_on_time,
        coalesce(sum(case when not is_recent then scored end), 0) as earlier_scored
    from days
    group by account, marketplace_id, technician_id

),

compared as (

    select
        *,
        {{ rate('recent_on_time', 'recent_scored') }} as recent_on_time_rate,
        {{ interval_lower('recent_on_time', 'recent_scored') }} as recent_on_time_rate_lower,
        {{ interval_upper('recent_on_time', 'recent_scored') }} as recent_on_time_rate_upper,
        {{ rate('earlier_on_time', 'earlier_scored') }} as earlier_on_time_rate,
        {{ change_verdict('recent_on_time', 'recent_scored', 'earlier_on_time', 'earlier_scored') }} as verdict
    from counted

)

select
    compared.account,
    compared.marketplace_id,
    technicians.technician_name,
    compared.technician_id,
    compared.recent_on_time,
    compared.recent_scored,
    compared.recent_on_time_rate,
    compared.recent_on_time_rate_lower,
    compared.recent_on_time_rate_upper,
    compared.earlier_scored,
    compared.earlier_on_time_rate,
    compared.recent_on_time_rate - compared.earlier_on_time_rate as change_of_rate
from compared
inner join {{ ref('dim_technician') }} as technicians
    on compared.account = technicians.account and compared.technician_id = technicians.technician_id
-- Differences that may be chance are left out, and those of too few scored appointments on either side.
where compared.verdict = 'worse'
order by change_of_rate asc
limit 20
