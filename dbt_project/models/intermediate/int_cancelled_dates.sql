{{ config(materialized='incremental', incremental_strategy='append') }}

-- All dates on which a job has ever counted as cancelled. A version that arrives late can change the date, and the old
-- date has to be counted again.
with changed_jobs as (

    select * from {{ ref('int_changed_jobs') }}

),

dates as (

    select
        dates.account,
        dates.marketplace_id,
        dates.store_id,
        dates.service_job_id,
        dates.cancelled_date
    from {{ ref('int_job_dates') }} as dates
    inner join changed_jobs
        on dates.account = changed_jobs.account and dates.service_job_id = changed_jobs.service_job_id
    where dates.cancelled_date is not null

)

select * from dates
{% if is_incremental() %}
except
select * from {{ this }}
{% endif %}
