{{ replace_changed('int_changed_jobs', by=['account', 'service_job_id']) }}

with jobs as (

    select * from {{ ref('int_observed_jobs') }}
    where is_current

),

appointment_totals as (

    select * from {{ ref('int_appointment_totals') }}

),

dates as (

    select * from {{ ref('int_job_dates') }}

),

reasons as (

    select * from {{ ref('int_matched_reasons') }}

),

cancellations as (

    select
        account,
        service_job_id,
        -- one for all its appointments: a job is cancelled as a whole
        min(responsible_party) as responsible_party
    from reasons
    where kind = 'cancel' and is_written
    group by account, service_job_id

),

joined as (

    select
        jobs.*,
        appointment_totals.first_scheduled_start_at,
        dates.completed_at,
        dates.completed_date,
        dates.cancelled_date,
        case when jobs.job_status = 'CANCELLED' then coalesce(cancellations.responsible_party, 'unknown') end
            as responsible_party,
        coalesce(appointment_totals.appointment_count, 0) as appointment_count,
        coalesce(appointment_totals.reschedule_count, 0) as reschedule_count,
        coalesce(appointment_totals.serviced_count, 0) as serviced_count,
        coalesce(appointment_totals.active_count, 0) as active_count,
        coalesce(appointment_totals.unassigned_count, 0) as unassigned_count,
        {{ payment_total('jobs.payments') }} as payment_total,
        {{ payment_currency('jobs.payments') }} as payment_currency
    from jobs
    left join dates
        on jobs.account = dates.account and jobs.service_job_id = dates.service_job_id
    left join cancellations
        on jobs.account = cancellations.account and jobs.service_job_id = cancellations.service_job_id
    left join appointment_totals
        on jobs.account = appointment_totals.account and jobs.service_job_id = appointment_totals.service_job_id

),

final as (

    select
        account,
        marketplace_id,
        store_id,
        service_job_id,
        service_order_id,
        asin,
        service_title,
        quantity,
        required_skills,
        service_location_type,
        city,
        state_or_region,
        postal_code,
        country_code,
        buyer_key,
        is_prime_buyer,
        job_status,
        created_at,
        first_scheduled_start_at,
        completed_at,
        appointment_count,
        reschedule_count,
        serviced_count,
        case when job_status = 'COMPLETED' and serviced_count > 0 then serviced_count = 1 end
            as is_first_visit_resolution,
        {{ hours_between('created_at', 'first_scheduled_start_at') }} as hours_to_first_appointment,
        {{ hours_between('created_at', 'completed_at') }} as hours_to_completion,
        coalesce(job_status in ('PENDING_SCHEDULE', 'HOLD'), false) and active_count = 0 as needs_appointment,
        unassigned_count > 0 as needs_technician,
        case when payment_currency is not null then payment_total end as payment_total,
        payment_currency,
        service_type,
        completed_date,
        cancelled_date,
        responsible_party,
        first_observed_at,
        observed_at as last_observed_at
    from joined

)

select * from final
