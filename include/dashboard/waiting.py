"""How many jobs wait for an action, and how many waited a week ago."""

from include.dashboard.context import QueryContext
from include.dashboard.instants import holds, instant, is_known

# the mart has late items without their history: they count now, and are left out of the comparison
WITHOUT_HISTORY = "item_late"
TO_SCHEDULE = "('confirm_preferred_time', 'offer_new_time', 'schedule_appointment')"
# what `is_stale` of the mart leaves out
STALE = "interval 30 day"
ENDED = "('COMPLETED', 'CANCELLED', 'NOT_FULFILLABLE')"
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
    return now | {"stale": stale, "then": waited(context) if is_known(context) else None}


def waited(context: QueryContext, is_now: bool = False) -> int:
    """How many jobs waited a week ago, or wait now, by the histories.

    The rules are those of the mart, with one exception: the buyers' preferred times have no history, so a job that no longer
    waits for an appointment was due a day after it was created.
    """
    query = f"""
        with open_jobs as materialized (
            select * from marts.fct_job_status_history
            where coalesce(job_status, 'unknown') not in {ENDED} and {holds(is_now)}
        ),
        visits as materialized ({_visits(context, is_now)}),
        stood as ({_stood()}),
        waiting as (
            {_unscheduled(context)}
            union all
            select account, service_job_id from stood
            where case
                when is_proven then job_status = 'NOT_SERVICED' and finished_at + interval 24 hour >= $instant - {STALE}
                when job_status in ('CANCELLED', 'NOT_FULFILLABLE') then false
                when appointment_status = 'COMPLETED' or job_status = 'COMPLETED'
                    then ends_at + interval 24 hour >= $instant - {STALE}
                when job_status in {ON_HOLD} then not has_technician and starts_at - interval 24 hour >= $instant - {STALE}
                when ends_at <= $instant then ends_at >= $instant - {STALE}
                else not has_technician
            end
        )
        select count(distinct (account, service_job_id)) as jobs from waiting
    """
    return context.row(query, instant=instant(context, is_now))["jobs"]


def _unscheduled(context: QueryContext) -> str:
    """A query of the jobs without an active appointment that needed one, of those that were not stale."""
    chosen = context.filters.condition("account", "marketplace", "store", "service")
    listed = waiting_jobs(context, f"action in {TO_SCHEDULE}")
    return f"""
        select jobs.account, jobs.service_job_id
        from (
            select account, service_job_id, due_at from ({listed})
            union all
            select account, service_job_id, created_at + interval 24 hour as due_at
            from (from marts.fct_service_jobs where created_at >= $instant - interval 31 day and {chosen})
            anti join ({listed}) as listed using (account, service_job_id)
        ) as jobs
        inner join open_jobs using (account, service_job_id)
        anti join (from visits where appointment_status = 'ACTIVE') as booked using (account, service_job_id)
        where open_jobs.job_status in ('PENDING_SCHEDULE', 'HOLD') and jobs.due_at >= $instant - {STALE}
    """


def _visits(context: QueryContext, is_now: bool) -> str:
    """A query of the appointments that were not cancelled and not older than a month, with their proofs."""
    return f"""
        select
            visits.account, visits.service_job_id, visits.appointment_status, proofs.job_status as job_status_now,
            proofs.finished_at, visits.scheduled_start_at as starts_at,
            visits.scheduled_start_at + visits.scheduled_minutes * interval 1 minute as ends_at,
            len(visits.assigned_technician_ids) > 0 as has_technician,
            proofs.arrived_at is not null and coalesce(proofs.poa_uploaded_at, proofs.arrived_at) <= $instant as is_proven
        from (
            select * from marts.fct_appointment_history
            where appointment_status is distinct from 'CANCELLED' and {holds(is_now)}
                and scheduled_start_at > $instant - interval 33 day
        ) as visits
        inner join (
            select * from marts.fct_appointments
            where scheduled_start_at > $instant - interval 60 day
                and {context.filters.condition("account", "marketplace", "store", "service")}
        ) as proofs using (account, service_job_id, appointment_id)
    """


def _stood() -> str:
    """A query of the appointments that may have waited, with the status of their job at the instant.

    A job that was not open then had ended then, as it has now.
    """
    return """
        select visits.*, coalesce(open_jobs.job_status, visits.job_status_now) as job_status
        from visits
        left join open_jobs
            on visits.account = open_jobs.account and visits.service_job_id = open_jobs.service_job_id
        where (not visits.is_proven or open_jobs.job_status = 'NOT_SERVICED')
            and (visits.ends_at <= $instant or not visits.has_technician)
    """
