{{ config(materialized='ephemeral') }}

with job_places as (

    select * from {{ ref('int_job_places') }}

),

marketplaces as (

    select * from {{ ref('marketplaces') }}

),

states as (

    select * from {{ ref('state_time_zones') }}

),

jobs_in_states as (

    select
        account,
        marketplace_id,
        store_id,
        {{ plain_name('state_or_region') }} as state_name,
        count(*) as job_count
    from job_places
    where state_or_region is not null
    group by account, marketplace_id, store_id, {{ plain_name('state_or_region') }}

),

named_states as (

    select
        jobs_in_states.account,
        jobs_in_states.marketplace_id,
        jobs_in_states.store_id,
        states.state_or_region,
        states.time_zone,
        sum(jobs_in_states.job_count) as job_count
    from jobs_in_states
    inner join marketplaces
        on jobs_in_states.marketplace_id = marketplaces.marketplace_id
    inner join states
        on
            marketplaces.country_code = states.country_code
            and jobs_in_states.state_name
            in ({{ plain_name('states.state_or_region') }}, {{ plain_name('states.state_name') }})
    group by
        jobs_in_states.account, jobs_in_states.marketplace_id, jobs_in_states.store_id,
        states.state_or_region, states.time_zone

),

ranked_states as (

    select
        *,
        row_number() over (
            partition by account, marketplace_id, store_id order by job_count desc, state_or_region asc
        ) as place
    from named_states

)

select
    account,
    marketplace_id,
    store_id,
    state_or_region,
    time_zone
from ranked_states
where place = 1
