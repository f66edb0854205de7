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

marketplaces as (

    select * from {{ ref('marketplaces') }}

),

overrides as (

    select * from {{ ref('store_time_zones') }}

)

select
    stores.account,
    stores.marketplace_id,
    stores.store_id,
    coalesce(overrides.time_zone, marketplaces.time_zone) as time_zone
from stores
left join marketplaces
    on stores.marketplace_id = marketplaces.marketplace_id
left join overrides
    on stores.marketplace_id = overrides.marketplace_id and stores.store_id = overrides.store_id
where stores.store_id is not null
