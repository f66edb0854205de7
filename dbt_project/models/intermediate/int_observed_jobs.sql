{{ config(materialized='ephemeral') }}

with jobs as (

    select * from {{ ref('stg_service_jobs') }}

),

versions as (

    select * from {{ ref('int_job_versions') }}

),

stores as (

    select * from {{ ref('int_stores') }}

)

select
    {{ all_but('jobs', ['observed_at', 'load_id', 'job_status', 'is_live', 'updated_since', 'updated_until']) }},
    versions.observed_at,
    versions.load_id,
    versions.job_status,
    versions.is_live,
    versions.updated_since,
    versions.updated_until,
    versions.is_before_detail,
    versions.first_observed_at,
    versions.next_observed_at,
    versions.next_observed_at is null as is_current,
    stores.time_zone
from jobs
inner join versions
    on
        jobs.account = versions.account
        and jobs.service_job_id = versions.service_job_id
        and jobs.observed_at = versions.content_observed_at
        and jobs.load_id = versions.content_load_id
left join stores
    on
        jobs.account = stores.account
        and jobs.marketplace_id is not distinct from stores.marketplace_id
        and jobs.store_id is not distinct from stores.store_id
