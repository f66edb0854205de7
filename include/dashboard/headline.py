"""The headline tiles: six figures, each with its counts and its change from the previous period."""

from include.dashboard.context import QueryContext, rate
from include.dashboard.days import COUNTS, store_days, sums
from include.dashboard.filters import Period
from include.warehouse import measures

# with fewer in the previous period, a change is not rated as good or bad
ENOUGH_BEFORE = 30

# the rates of appointments, and the direction that is good
RATES = {"on_time_rate": "up", "no_show_rate": "down", "window_completion_rate": "up"}


def headline(context: QueryContext) -> dict:
    """The six tiles.

    Returns:
        `tiles`, each with its `value` and the `part` and `whole` that it comes from, its `change` (a difference of rates or of
        counts; None if one of the periods has no appointments), and `good`, the direction that is good (None if the previous
        period is too small to rate the change).
    """
    now, before = _halves(
        context, f"select service_date, {', '.join(COUNTS)} from ({store_days(context.filters, '$before')})", COUNTS
    )
    tiles = [_rate(name, now, before, "scored appointments", good, context.period) for name, good in RATES.items()]
    return {
        "tiles": [*tiles, _utilization(context), _breaks(context, now, before), _waiting(context)],
        "period": context.period.as_json(),
    }


def _halves(context: QueryContext, rows: str, counts: tuple[str, ...], period: Period | None = None) -> tuple[dict, dict]:
    """The sums of the period and of the previous one."""
    found = context.rows(f"select service_date >= $start as is_current, {sums(counts)} from ({rows}) group by all", period)
    halves = {row["is_current"]: row for row in found}
    return halves.get(True, dict.fromkeys(counts, 0)), halves.get(False, dict.fromkeys(counts, 0))


def _rate(name: str, now: dict, before: dict, of: str, good: str | None, period: Period) -> dict:
    defined = measures.rates()[name]
    part, whole = defined.part, defined.whole
    value, earlier = rate(now[part], now[whole]), rate(before[part], before[whole])
    return {
        "key": name, "label": defined.label, "kind": "rate", "value": value, "part": now[part], "whole": now[whole], "of": of,
        "before": earlier, "before_whole": before[whole],
        "change": None if value is None or earlier is None else value - earlier,
        "good": good if before[whole] >= ENOUGH_BEFORE else None,
        "period": period.as_json(), "period_before": period.before.as_json(),
    }  # fmt: skip


def _utilization(context: QueryContext) -> dict:
    """Utilization of the chosen dates, by default of the days ahead. Capacity does not depend on a service."""
    period, utilization = context.capacity_period, measures.rates()["utilization"]
    counts = (utilization.part, utilization.whole)
    days = f"""
        select service_date, {measures.columns("fct_demand_capacity_hourly", counts)}
        from marts.fct_demand_capacity_hourly
        where service_date between $before and $end and {context.filters.condition("account", "marketplace", "store")}
        group by all
    """
    now, before = _halves(context, days, counts, period)
    # a high utilization is good for one seller and a warning to another
    return _rate("utilization", now, before, "bookable hours", None, period)


def _breaks(context: QueryContext, now: dict, before: dict) -> dict:
    value, earlier = now["fulfillment_breaks"], before["fulfillment_breaks"]
    return {
        "key": "fulfillment_breaks", "label": "Fulfillment breaks", "kind": "count", "value": value, "part": value,
        "whole": now["appointments"], "of": "appointments", "before": earlier, "before_whole": before["appointments"],
        "change": value - earlier if before["appointments"] else None,
        "good": "down" if before["appointments"] >= ENOUGH_BEFORE else None,
        "period": context.period.as_json(), "period_before": context.period.before.as_json(),
    }  # fmt: skip


def _waiting(context: QueryContext) -> dict:
    """Jobs that need action now, regardless of the dates.

    The list has no history, so the change compares how many of these jobs became due in the period and in the previous one.
    """
    counts = context.row(f"""
        select
            count(distinct (account, service_job_id)) as jobs,
            count(distinct (account, service_job_id)) filter (overdue_hours > 0) as overdue,
            count(distinct (account, service_job_id)) filter (due_at::date between $start and $end) as due,
            count(distinct (account, service_job_id)) filter (due_at::date >= $before and due_at::date < $start) as due_before
        from ({waiting_jobs(context)})
    """)
    return {
        "key": "jobs_waiting", "label": "Jobs waiting", "kind": "count", "value": counts["jobs"], "part": counts["overdue"],
        "whole": counts["jobs"], "of": "overdue", "before": counts["due_before"], "before_whole": counts["due_before"],
        "change": counts["due"] - counts["due_before"], "good": "down" if counts["due_before"] >= ENOUGH_BEFORE else None,
        "period": context.period.as_json(), "period_before": context.period.before.as_json(),
    }  # fmt: skip


def waiting_jobs(context: QueryContext) -> str:
    """A query of the rows of `rpt_jobs_needing_action` that match the filters."""
    service = """
        and (account, service_job_id) in (
            select (account, service_job_id) from marts.fct_service_jobs where asin = $service
        )
    """
    return f"""
        select * from marts.rpt_jobs_needing_action
        where {context.filters.condition("account", "marketplace", "store")} {service if context.filters.service else ""}
    """
