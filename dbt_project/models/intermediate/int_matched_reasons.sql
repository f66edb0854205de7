with observed as (

    select * from {{ ref('int_observed_breaks') }}

),

written as (

    select * from {{ ref('int_written_reasons') }}

),

parties as (

    select
        kind,
        code,
        min(responsible_party) as responsible_party
    from {{ ref('reason_codes') }}
    group by kind, code

),

-- A write that cancels a job has no appointment. A cancellation that was observed before the write has another cause.
seen as (

    select
        observed.*,
        written.written_at,
        written.reason_code,
        written.requested_by,
        written.written_at is not null as is_written
    from observed
    left join written
        on
            observed.account = written.account
            and observed.service_job_id = written.service_job_id
            and observed.kind = written.kind
            and (written.appointment_id is null or observed.appointment_id = written.appointment_id)
            and (written.kind = 'reschedule' or observed.observed_at >= written.written_at)

),

-- A write that may have been carried out, but whose effect was not observed, has no row.
not_seen as (

    select
        written.account,
        written.service_job_id,
        written.appointment_id,
        written.kind,
        cast(null as timestamp with time zone) as observed_at,
        written.written_at,
        written.reason_code,
        written.requested_by,
        true as is_written
    from written
    left join seen
        on
            written.account = seen.account
            and written.service_job_id = seen.service_job_id
            and written.kind = seen.kind
            and (written.appointment_id is null or written.appointment_id = seen.appointment_id)
            and seen.is_written
    where written.is_carried_out and seen.kind is null

),

matched as (

    select * from seen
    union all
    select * from not_seen

)

select
    matched.*,
    case
        when matched.reason_code is null then 'unknown'
        else coalesce(parties.responsible_party, 'other')
    end as responsible_party
from matched
left join parties
    on matched.kind = parties.kind and matched.reason_code = parties.code
