with writes as (

    select * from {{ ref('stg_api_writes') }}

),

changed as (

    select * from {{ ref('int_changed_jobs') }}

),

-- Of several writes to the same appointment or job: one that was carried out, else the newest that may have been.
ranked as (

    select
        writes.*,
        row_number() over (
            partition by writes.account, writes.service_job_id, writes.kind, writes.appointment_id
            order by writes.is_carried_out desc, writes.sent_at desc, writes.write_id asc
        ) as place
    from writes
    inner join changed
        on writes.account = changed.account and writes.service_job_id = changed.service_job_id
    where writes.kind is not null and (writes.is_carried_out or writes.is_undecided)

)

select
    account,
    service_job_id,
    appointment_id,
    kind,
    reason_code,
    requested_by,
    sent_at as written_at,
    is_carried_out
from ranked
where place = 1
