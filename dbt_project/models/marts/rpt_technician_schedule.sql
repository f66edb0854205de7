-- Not incremental, because its days move with `as_of`.
with stops as (

    select * from {{ ref('int_technician_stops') }}

),

technicians as (

    select * from {{ ref('dim_technician') }}

),

stores as (

    select * from {{ ref('dim_store') }}

),

compared as (

    select
        *,
        row_number() over of_day as place_in_day,
        max(scheduled_end_at) over before_on_day as busy_until_on_day,
        max(scheduled_end_at) over before as busy_until,
        lag(scheduled_start_at) over of_technician as start_before,
        lead(scheduled_start_at) over of_technician as start_after
    from stops
    window
        of_day as (
            partition by account, technician_id, service_date, is_in_schedule
            order by scheduled_start_at, postal_code nulls last, service_job_id, appointment_id
        ),
        before_on_day as (of_day rows between unbounded preceding and 1 preceding),
        of_technician as (
            partition by account, technician_id
            order by scheduled_start_at, postal_code nulls last, service_job_id, appointment_id
        ),
        before as (of_technician rows between unbounded preceding and 1 preceding)

),

-- A stop without a technician is compared with no other.
assigned as (

    select
        account,
        service_job_id,
        appointment_id,
        technician_id,
        place_in_day as stop_number,
        case
            when busy_until_on_day <= scheduled_start_at
                then {{ whole_minutes_between('busy_until_on_day', 'scheduled_start_at') }}
            when busy_until_on_day > scheduled_start_at then 0
        end as gap_minutes,
        case
            when coalesce(busy_until <= scheduled_start_at, true) then 0
            when scheduled_end_at <= scheduled_start_at then 0
            when scheduled_end_at is not null
                then {{ whole_minutes_between('scheduled_start_at', 'least(busy_until, scheduled_end_at)') }}
        end as overlap_minutes,
        coalesce(scheduled_start_at in (start_before, start_after), false)
        or coalesce(busy_until > scheduled_start_at, false)
        or coalesce(start_after < scheduled_end_at, false) as is_double_booked
    from compared
    where technician_id is not null

)

select
    stops.account,
    stops.marketplace_id,
    stops.store_id,
    stores.store_name,
    stops.technician_id,
    technicians.technician_name,
    stops.service_date,
    assigned.stop_number,
    stops.service_job_id,
    stops.appointment_id,
    stops.service_title,
    stops.job_status,
    stops.outcome,
    stops.city,
    stops.state_or_region,
    stops.postal_code,
    stops.time_zone,
    stops.scheduled_start_at,
    stops.scheduled_end_at,
    {{ local_time('stops.scheduled_start_at', 'stops.time_zone') }} as scheduled_start_local,
    {{ local_time('stops.scheduled_end_at', 'stops.time_zone') }} as scheduled_end_local,
    assigned.gap_minutes,
    assigned.overlap_minutes,
    coalesce(assigned.is_double_booked, false) as is_double_booked,
    stops.last_observed_at
from stops
left join assigned
    on
        stops.account = assigned.account
        and stops.service_job_id = assigned.service_job_id
        and stops.appointment_id = assigned.appointment_id
        and stops.technician_id = assigned.technician_id
left join technicians
    on stops.account = technicians.account and stops.technician_id = technicians.technician_id
left join stores
    on
        stops.account = stores.account
        and stops.marketplace_id = stores.marketplace_id
        and stops.store_id is not distinct from stores.store_id
where stops.is_in_schedule
order by stops.service_date, stops.technician_id, assigned.stop_number
