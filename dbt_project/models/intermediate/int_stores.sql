{{ config(post_hook="{{ remember_stores() }}") }}

with job_places as (

    select * from {{ ref('int_job_places') }}

),

capacity as (

    select * from {{ ref('stg_resource_capacity') }}
    where load_id in (select load_id from {{ ref('int_changed_loads') }})

),

marketplaces as (

    select * from {{ ref('marketplaces') }}

),

states as (

    select * from {{ ref('state_time_zones') }}

),

stores_file as (

    select * from {{ source('ops', 'stores') }}

),

stores as (

    select
        account,
        marketplace_id,
        store_id
    from job_places
    union
    select
        account,
        marketplace_id,
        store_id
    from capacity
    union
    select
        account,
        marketplace_id,
        store_id
    from {{ source('build_state', 'built_stores') }}

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

),

joined as (

    select
        stores.account,
        stores.marketplace_id,
        stores.store_id,
        stores_file.store_name,
        stores_file.region,
        stores_file.manager,
        stores_file.time_zone as file_time_zone,
        ranked_states.time_zone as state_time_zone,
        marketplaces.time_zone as marketplace_time_zone
    from stores
    left join marketplaces
        on stores.marketplace_id = marketplaces.marketplace_id
    left join stores_file
        on stores.marketplace_id = stores_file.marketplace_id and stores.store_id = stores_file.store_id
    left join ranked_states
        on
            stores.account = ranked_states.account
            and stores.marketplace_id = ranked_states.marketplace_id
            and stores.store_id = ranked_states.store_id
            and ranked_states.place = 1

)

select
    account,
    marketplace_id,
    store_id,
    store_name,
    region,
    manager,
    coalesce(file_time_zone, state_time_zone, marketplace_time_zone) as time_zone,
    case
        when file_time_zone is not null then 'stores_file'
        when state_time_zone is not null then 'state'
        when marketplace_time_zone is not null then 'marketplace'
    end as time_zone_source
from joined
