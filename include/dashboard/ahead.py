"""How much is booked for the next days, against what was booked for the same number of days a week ago."""

from include.dashboard.context import QueryContext, rate
from include.dashboard.instants import holds, instants, is_known
from include.warehouse import measures

HORIZONS = (1, 3, 7)


def ahead(context: QueryContext) -> dict:
    """`horizons`: active appointments that start within 1, 3 and 7 days of `as_of`, regardless of the chosen dates.

    Returns:
        Each with `booked`, `before` (those that started within the same number of days of the instant a week ago, as known
        then; None if that is not known), and `encumbered` of `usable` capacity of these days.
    """
    booked = {(row["days"], row["is_now"]): row["booked"] for row in context.rows(_booked(context))}
    capacity = {row["days"]: row for row in context.rows(_capacity(context))}
    compared = is_known(context)
    return {
        "horizons": [
            {
                "days": days,
                "booked": booked.get((days, True), 0),
                "before": booked.get((days, False), 0) if compared else None,
                "encumbered": capacity.get(days, {}).get("encumbered"),
                "usable": capacity.get(days, {}).get("usable"),
                "utilization": rate(capacity.get(days, {}).get("encumbered"), capacity.get(days, {}).get("usable")),
            }
            for days in HORIZONS
        ]
    }


def _horizons() -> str:
    return f"(values {', '.join(f'({days})' for days in HORIZONS)}) as horizons(days)"


def _booked(context: QueryContext) -> str:
    """Appointments that may be in a horizon are chosen by their time alone, before their jobs are looked up."""
    chosen = context.filters.condition("account", "marketplace", "store", "service")
    return f"""
        with instants as materialized ({instants(context)}),
        starting as materialized (
            select account, service_job_id, scheduled_start_at, valid_from, valid_to, is_current
            from marts.fct_appointment_history
            where appointment_status = 'ACTIVE' and {context.filters.condition("account")}
                and scheduled_start_at > (select min(instant) from instants)
                and scheduled_start_at <= (select max(instant) + interval {max(HORIZONS)} day from instants)
        ),
        jobs as (
            select account, marketplace_id, service_job_id
            from marts.fct_service_jobs semi join starting using (account, service_job_id)
            where {chosen}
        )
        select horizons.days, instants.is_now, count(*) as booked
        from starting
        inner join jobs using (account, service_job_id)
        inner join instants
            on jobs.account = instants.account and jobs.marketplace_id is not distinct from instants.marketplace_id
        cross join {_horizons()}
        where starting.scheduled_start_at > instants.instant
            and starting.scheduled_start_at <= instants.instant + horizons.days * interval 1 day
            and {holds("starting", "instants")}
        group by all
    """


def _capacity(context: QueryContext) -> str:
    sql, utilization = measures.formulas("fct_demand_capacity_hourly"), measures.rates()["utilization"]
    return f"""
        with instants as materialized (select * from ({instants(context)}) where is_now)
        select horizons.days, {sql[utilization.part]}::bigint as encumbered, {sql[utilization.whole]}::bigint as usable
        from marts.fct_demand_capacity_hourly as hours
        inner join instants
            on hours.account = instants.account and hours.marketplace_id is not distinct from instants.marketplace_id
        cross join {_horizons()}
        where not hours.is_past and {context.filters.condition("store")}
            and hours.hour_start_at >= (select min(instant) - interval 1 hour from instants)
            and hours.hour_start_at < instants.instant + horizons.days * interval 1 day
        group by all
    """
