with jobs as (

    select distinct
        account,
        marketplace_id,
        store_id
    from {{ ref('fct_service_jobs') }}

),

resources as (

    select distinct
        account,
        marketplace_id,
        store_id
    from {{ ref('fct_demand_capacity_hourly') }}

),

stores as (

    select * from jobs
    union
    select * from resources

),

known_stores as (

    select * from {{ ref('int_stores') }}

)

select
    stores.account,
    stores.marketplace_id,
    stores.store_id,
    known_stores.time_zone,
    known_stores.time_zone_source,
    coalesce(known_stores.store_name, stores.store_id) as store_name,
    known_stores.region,
    known_stores.manager
from stores
inner join known_stores
    on
        stores.account = known_stores.account
        and stores.marketplace_id is not distinct from known_stores.marketplace_id
        and stores.store_id = known_stores.store_id
