-- How did the last weeks go, each compared with the week before?
select
    account,
    marketplace_id,
    week_start_date,
    scored,
    on_time_rate,
    on_time_rate - lag(on_time_rate) over weeks as change_of_on_time_rate,
    no_show_rate,
    window_completion_rate,
    first_visit_resolution_rate,
    payment_total,
    payment_currency
from {{ ref('agg_account_weekly') }}
window weeks as (partition by account, marketplace_id order by week_start_date)
order by week_start_date desc, account asc, marketplace_id asc
limit 26
