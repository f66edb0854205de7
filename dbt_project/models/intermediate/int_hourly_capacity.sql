{{ config(materialized='ephemeral') }}

with changed_hours as (

    select * from {{ ref('int_changed_hours') }}

),

capacity as (

    select capacity.*
    from {{ ref('stg_resource_capacity') }} as capacity
    inner join changed_hours
        on
            capacity.account = changed_hours.account
            and capacity.marketplace_id = changed_hours.marketplace_id
            and capacity.store_id = changed_hours.store_id
            and capacity.hour_start_at = changed_hours.hour_start_at

),

newest_first as (

    select
        *,
        row_number() over (
            partition by account, marketplace_id, store_id, hour_start_at order by observed_at desc
        ) as age
    from capacity

)

-- A past hour keeps its last observation.
select * from newest_first
where age = 1
