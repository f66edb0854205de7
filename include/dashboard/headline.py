"""The first glance: six figures, each with its counts and the change against the period before."""

from include.dashboard.context import QueryContext, rate
from include.dashboard.days import COUNTS, store_days, sums
from include.dashboard.filters import Period

# a change against fewer than these says nothing, and is not called good or bad
ENOUGH_BEFORE = 30

# key, label, part, which way is good: each of the scored appointments
RATES = (
    ("on_time_rate", "On time", "on_time", "up"),
    ("no_show_rate", "No-shows", "no_shows", "down"),
    ("window_completion_rate", "Done in window", "completed_in_window", "up"),
)


def headline(context: QueryContext) -> dict:
    """Six tiles. `part` of `whole` is what `value` comes from; a rate's `change` is a difference of rates, a count's one of
    counts, None where a period has nothing; `good` is the direction that is good, None where the change tells nothing."""
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
    """The sums of the period and of the one before."""
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
    """Of the chosen dates, else of the days ahead. A service has no capacity of its own: it does not narrow this."""
    period = context.capacity_period
    hours = f"""
        select service_date, encumbered_capacity as encumbered, scheduled_capacity - reserved_capacity as usable
        from marts.fct_demand_capacity_hourly
        where service_date between $before and $end and {context.filters.condition("account", "marketplace", "store")}
    """
    now, before = _halves(context, hours, ("encumbered", "usable"), period)
    # full is good for one seller and a warning to another
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
    """Jobs that need action now, whatever the dates. The past of that list is not kept: what is compared is how many of them
    fell due in the period, and in the one before."""
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
    """A query: the chosen rows of the morning list."""
    service = """
        and (account, service_job_id) in (
            select (account, service_job_id) from marts.fct_service_jobs where asin = $service
        )
    """
    return f"""
        select * from marts.rpt_jobs_needing_action
        where {context.filters.condition("account", "marketplace", "store")} {service if context.filters.service else ""}
    """
