{{ replace_changed('int_changed_days', by=['account', 'marketplace_id', 'store_id', 'week_start_date']) }}

with changed_weeks as (

    select distinct
        account,
        marketplace_id,
        store_id,
        week_start_date
    from {{ ref('int_changed_days') }}

),

-- The engine can skip blocks by the statistics of a plain column, but not by a week that is computed from it.
changed_dates as (

    select distinct cast({{ dbt.dateadd('day', days_of_week(), 'week_start_date') }} as date) as service_date
    from changed_weeks

),

jobs as (

    select
        account,
        marketplace_id,
        store_id,
        service_job_id,
        {{ week_start('completed_date') }} as week_start_date
    from {{ ref('fct_service_jobs') }}
    where completed_date in (select service_date from changed_dates)

),

changed_jobs as (

    select jobs.*
    from jobs
    inner join changed_weeks
        on
            jobs.account = changed_weeks.account
            and jobs.marketplace_id is not distinct from changed_weeks.marketplace_id
            and jobs.store_id is not distinct from changed_weeks.store_id
            and jobs.week_start_date = changed_weeks.week_start_date

)

select
    jobs.account,
    jobs.marketplace_id,
    jobs.store_id,
    jobs.week_start_date,
    payments.currency,
    payments.instrument,
    count(distinct jobs.service_job_id) as jobs,
    count(*) as payments,
    cast(sum(payments.amount) as decimal(18, 4)) as amount
from changed_jobs as jobs
inner join {{ ref('fct_job_payments') }} as payments
    on jobs.account = payments.account and jobs.service_job_id = payments.service_job_id
group by
    jobs.account, jobs.marketplace_id, jobs.store_id, jobs.week_start_date, payments.currency, payments.instrument
