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

store_states as (

    select * from {{ ref('int_store_states') }}

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

joined as (

    select
        stores.account,
        stores.marketplace_id,
        stores.store_id,
        stores_file.store_name,
        stores_file.region,
        stores_file.manager,
        stores_file.time_zone as file_time_zone,
        store_states.time_zone as state_time_zone,
        marketplaces.time_zone as marketplace_time_zone
    from stores
    left join marketplaces
        on stores.marketplace_id = marketplaces.marketplace_id
    left join stores_file
        on stores.marketplace_id = stores_file.marketplace_id and stores.store_id = stores_file.store_id
    left join store_states
        on
            stores.account = store_states.account
            and stores.marketplace_id = store_states.marketplace_id
            and stores.store_id = store_states.store_id

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
