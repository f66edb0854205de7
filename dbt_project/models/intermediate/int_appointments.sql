with versions as (

    select * from {{ ref('int_appointment_versions') }}

),

clocks as (

    select * from {{ ref('int_as_of') }}

),

first_seen as (

    select
        account,
        service_job_id,
        appointment_id,
        min(observed_at) as first_observed_at
    from versions
    group by account, service_job_id, appointment_id

)

select
    versions.*,
    first_seen.first_observed_at,
    {{ local_date_in('day', 'versions.scheduled_start_at') }} as service_date,
    row_number() over (
        partition by versions.account, versions.service_job_id
        order by versions.scheduled_start_at asc nulls last, versions.position asc
    ) as sequence_in_job,
    case
        when versions.arrived_at is not null then 'serviced'
        when versions.appointment_status = 'CANCELLED' and versions.replaced_by_appointment_id is not null
            then 'rescheduled'
        when versions.appointment_status = 'CANCELLED' or versions.job_status = 'CANCELLED' then 'cancelled'
        when versions.appointment_status = 'COMPLETED' or versions.job_status = 'COMPLETED' then 'unproven'
        when versions.job_status = 'NOT_FULFILLABLE' then 'unfulfillable'
        when
            {{ plus_minutes('versions.scheduled_end_at', var('no_show_after_minutes')) }} < clocks.as_of
            and coalesce(versions.job_status, 'unknown') not in ('PAYMENT_DECLINED', 'HOLD')
            then 'no_show'
        when
            versions.scheduled_end_at < clocks.as_of
            and coalesce(versions.job_status, 'unknown') not in ('PAYMENT_DECLINED', 'HOLD')
            then 'awaiting_proof'
        else 'upcoming'
    end as outcome
from versions
inner join first_seen
    on
        versions.account = first_seen.account
        and versions.service_job_id = first_seen.service_job_id
        and versions.appointment_id = first_seen.appointment_id
left join clocks
    on versions.account = clocks.account and versions.marketplace_id = clocks.marketplace_id
{{ join_local_day('day', 'versions.scheduled_start_at', 'versions.time_zone') }}
where versions.is_current
