"""The headline tiles: six figures, each with its counts and its change from the previous period."""

from include.dashboard.context import QueryContext, rate
from include.dashboard.days import COUNTS, store_days, sums
from include.dashboard.filters import Period

# with fewer in the previous period, a change is not rated as good or bad
ENOUGH_BEFORE = 30

# key, label, the count that is divided by the scored appointments, and the direction that is good
RATES = (
    ("on_time_rate", "On time", "on_time", "up"),
    ("no_show_rate", "No-shows", "no_shows", "down"),
    ("window_completion_rate", "Done in window", "completed_in_window", "up"),
)


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
    tiles = [
        _rate(key, label, now, before, part, "scored", "scored appointments", good, context.period)
        for key, label, part, good in RATES
    ]
    return {
        "tiles": [*tiles, _utilization(context), _breaks(context, now, before), _waiting(context)],
        "period": context.period.as_json(),
    }


def _halves(context: QueryContext, rows: str, counts: tuple[str, ...], period: Period | None = None) -> tuple[dict, dict]:
    """The sums of the period and of the previous one."""
    found = context.rows(f"select service_date >= $start as is_current, {sums(counts)} from ({rows}) group by all", period)
    halves = {row["is_current"]: row for row in found}
    return halves.get(True, dict.fromkeys(counts, 0)), halves.get(False, dict.fromkeys(counts, 0))


def _rate(
    key: str, label: str, now: dict, before: dict, part: str, whole: str, of: str, good: str | None, period: Period
) -> dict:
    value, earlier = rate(now[part], now[whole]), rate(before[part], before[whole])
    return {
        "key": key, "label": label, "kind": "rate", "value": value, "part": now[part], "whole": now[whole], "of": of,
        "before": earlier, "before_whole": before[whole],
        "change": None if value is None or earlier is None else value - earlier,
        "good": good if before[whole] >= ENOUGH_BEFORE else None,
        "period": period.as_json(), "period_before": period.before.as_json(),
    }  # fmt: skip


def _utilization(context: QueryContext) -> dict:
    """Utilization of the chosen dates, by default of the days ahead. Capacity does not depend on a service."""
    period = context.capacity_period
    hours = f"""
        select service_date, encumbered_capacity as encumbered, scheduled_capacity - reserved_capacity as usable
        from marts.fct_demand_capacity_hourly
        where service_date between $before and $end and {context.filters.condition("account", "marketplace", "store")}
    """
    now, before = _halves(context, hours, ("encumbered", "usable"), period)
    # a high utilization is good for one seller and a warning to another
    return _rate("utilization", "Utilization", now, before, "encumbered", "usable", "bookable hours", None, period)


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
