-- Which services need more than one visit, and how much is paid for them?
select
    services.service_title,
    count(*) as completed_jobs,
    avg(jobs.serviced_count) as mean_visits,
    {{ figure('first_visit_resolution_rate') }} as first_visit_resolution_rate,
    jobs.payment_currency,
    avg(jobs.payment_total) as mean_payment
from {{ ref('fct_service_jobs') }} as jobs
inner join {{ ref('dim_service') }} as services
    on
        jobs.account = services.account
        and jobs.marketplace_id = services.marketplace_id
        and jobs.asin = services.asin
where jobs.is_first_visit_resolution is not null
group by services.service_title, jobs.payment_currency
order by first_visit_resolution_rate asc
