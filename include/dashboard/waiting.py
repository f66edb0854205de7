"""How many jobs wait for an action, and how many waited a week ago."""

from include.dashboard.context import QueryContext
from include.dashboard.instants import holds, instants, is_known

# the mart has late items without their history: they count now, and are left out of the comparison
WITHOUT_HISTORY = "item_late"
# what `is_stale` of the mart leaves out
STALE = "interval 30 day"
CLOSED = "('CANCELLED', 'NOT_FULFILLABLE')"
ON_HOLD = "('PAYMENT_DECLINED', 'HOLD')"


def waiting_jobs(context: QueryContext, condition: str = "true") -> str:
    """A query of the rows of `rpt_jobs_needing_action` that match the filters."""
    service = """
        and (account, service_job_id) in (
            select (account, service_job_id) from marts.fct_service_jobs where asin = $service
        )
    """
    return f"""
        select * from marts.rpt_jobs_needing_action
        where {condition} and {context.filters.condition("account", "marketplace", "store")}
            {service if context.filters.service else ""}
    """


def counts(context: QueryContext) -> dict:
    """Count the jobs of the morning list.

    Returns:
        `jobs` and the `overdue` ones among them, `stale` ones that the list leaves out, `comparable` ones, and how many of
        these waited a week ago: `then`, None if that is not known.
    """
    job = "distinct (account, service_job_id)"
    now = context.row(f"""
        select
            count({job}) filter (not is_stale) as jobs,
            count({job}) filter (not is_stale and overdue_hours > 0) as overdue,
            count({job}) filter (not is_stale and action <> '{WITHOUT_HISTORY}') as comparable,
            count({job}) as every
        from ({waiting_jobs(context)})
    """)
    stale = now.pop("every") - now["jobs"]
    then = context.row(waited(context, "not is_now"))["jobs"] if is_known(context) else None
    return now | {"stale": stale, "then": then}


def waited(context: QueryContext, which: str) -> str:
    """A query of the number of jobs that waited at one of the instants, by the histories.

    The rules are those of the mart, with one exception: the buyers' preferred times have no history, so a job that no longer
    waits for an appointment was due a day after it was created.
    """
    return f"""
        with instants as materialized (select * from ({instants(context)}) where {which}),
        unscheduled as ({_unscheduled(context)}),
        visits as materialized ({_visits(context)}),
        stood as ({_stood()}),
        waiting as (
            select account, service_job_id from unscheduled where due_at >= instant - {STALE}
            union all
            select account, service_job_id from stood
            where case
                when is_proven then job_status = 'NOT_SERVICED' and finished_at + interval 24 hour >= instant - {STALE}
                when job_status in {CLOSED} then false
                when appointment_status = 'COMPLETED' or job_status = 'COMPLETED'
                    then ends_at + interval 24 hour >= instant - {STALE}
                when job_status in {ON_HOLD} then not has_technician and starts_at - interval 24 hour >= instant - {STALE}
                when ends_at <= instant then ends_at >= instant - {STALE}
                else not has_technician
            end
        )
        select count(distinct (account, service_job_id)) as jobs from waiting
    """


def _unscheduled(context: QueryContext) -> str:
    """Jobs without an active appointment that needed one, and when that was due."""
    return f"""
        select jobs.account, jobs.service_job_id, instants.instant,
            coalesce(listed.due_at, jobs.created_at + interval 24 hour) as due_at
        from (
            select * from marts.fct_job_status_history where job_status in ('PENDING_SCHEDULE', 'HOLD')
        ) as statuses
        inner join marts.fct_service_jobs as jobs using (account, service_job_id)
        inner join instants
            on jobs.account = instants.account and jobs.marketplace_id is not distinct from instants.marketplace_id
        left join (
            select account, service_job_id, due_at from marts.rpt_jobs_needing_action
            where action in ('confirm_preferred_time', 'offer_new_time', 'schedule_appointment')
        ) as listed using (account, service_job_id)
        where {holds("statuses", "instants")} and {context.filters.condition("store", "service")}
            and not exists (
                select 1 from marts.fct_appointment_history as visits
                where visits.account = jobs.account and visits.service_job_id = jobs.service_job_id
                    and visits.appointment_status = 'ACTIVE' and {holds("visits", "instants")}
            )
    """


def _visits(context: QueryContext) -> str:
    """Appointments that were not cancelled, from those that ended a month before the instant on, with their proofs."""
    ends_at = "visits.scheduled_start_at + visits.scheduled_minutes * interval 1 minute"
    recent = "coalesce(scheduled_start_at > (select min(instant) - interval 33 day from instants), true)"
    return f"""
        select
            visits.account, visits.service_job_id, visits.appointment_status, proofs.finished_at,
            visits.scheduled_start_at as starts_at, {ends_at} as ends_at,
            len(visits.assigned_technician_ids) > 0 as has_technician, instants.instant, instants.is_now,
            coalesce(coalesce(proofs.poa_uploaded_at, proofs.arrived_at) <= instants.instant and proofs.arrived_at is not null,
                false) as is_proven
        from (
            select * from marts.fct_appointment_history
            where appointment_status is distinct from 'CANCELLED' and {recent}
        ) as visits
        inner join (
            select * from marts.fct_appointments
            where {recent} and {context.filters.condition("account", "marketplace", "store", "service")}
        ) as proofs using (account, service_job_id, appointment_id)
        inner join instants
            on proofs.account = instants.account and proofs.marketplace_id is not distinct from instants.marketplace_id
        where {holds("visits", "instants")}
    """


def _stood() -> str:
    """The appointments that may have waited, with the status of their job at the instant."""
    return f"""
        select visits.*, statuses.job_status
        from visits
        inner join marts.fct_job_status_history as statuses using (account, service_job_id)
        where {holds("statuses", "visits")}
            and (not visits.is_proven or statuses.job_status = 'NOT_SERVICED')
            and (visits.ends_at <= visits.instant or not visits.has_technician)
    """
