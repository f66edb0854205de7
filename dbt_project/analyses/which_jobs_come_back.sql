-- Which services need more than one visit, and how much is paid for them?
with jobs as (

    select jobs.*
    from {{ ref('fct_service_jobs') }} as jobs
    {{ join_settled_weeks('jobs', 'completed_date') }}
    where jobs.is_first_visit_resolution is not null

),

counted as (

    select
        account,
        marketplace_id,
        asin,
        payment_currency,
        {{ figure('first_visit_resolutions') }} as first_visit_resolutions,
        {{ figure('resolved_jobs') }} as resolved_jobs,
        sum(serviced_count) as visits,
        median(payment_total) as median_payment
    from jobs
    group by account, marketplace_id, asin, payment_currency

)

select
    counted.account,
    counted.marketplace_id,
    services.service_title,
    counted.first_visit_resolutions,
    counted.resolved_jobs,
    {{ figure('first_visit_resolution_rate', over='columns') }} as first_visit_resolution_rate,
    {{ interval_lower('first_visit_resolutions', 'resolved_jobs') }} as first_visit_resolution_rate_lower,
    {{ interval_upper('first_visit_resolutions', 'resolved_jobs') }} as first_visit_resolution_rate_upper,
    counted.visits,
    counted.payment_currency,
    counted.median_payment
from counted
inner join {{ ref('dim_service') }} as services
    on
        counted.account = services.account
        and counted.marketplace_id = services.marketplace_id
        and counted.asin = services.asin
order by first_visit_resolution_rate_upper asc
