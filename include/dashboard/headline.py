"""The headline tiles: rates with their intervals and their change from the previous period, and the jobs that wait."""

from typing import get_args

from include.dashboard import waiting
from include.dashboard.context import QueryContext, rate
from include.dashboard.days import COUNTS, store_days, sums
from include.dashboard.filters import Period
from include.warehouse import measures, samples

# the rates of appointments: what their whole counts, and the direction that is good
RATES: dict[str, tuple[str, samples.Good]] = {
    "on_time_rate": ("scored appointments", "up"),
    "proof_coverage": ("appointments to be proven", "up"),
    "verified_on_time_rate": ("verified arrivals and no-shows", "up"),
    "missed_rate": ("appointments of which it is known", "down"),
    "no_show_rate": ("scored appointments", "down"),
    "window_completion_rate": ("appointments with a known end", "up"),
}
BREAKS = "fulfillment_breaks"


def headline(context: QueryContext) -> dict:
    """The tiles.

    Returns:
        `tiles`, each with its `value` and the `part` and `whole` that it comes from, the interval from `lower` to `upper` (None
        if the value is not a share of appointments), its `change` (a difference of rates or of counts; None if one of the
        periods has too few appointments), the `verdict` on it (None if it has no statistics), and `good`: the direction that
        is good, if the verdict is that it changed.
    """
    now, before = _halves(
        context, f"select service_date, {', '.join(COUNTS)} from ({store_days(context.filters, '$before')})", COUNTS
    )
    counted = {name: _counted(name, now, before) for name in [*RATES, BREAKS]}
    judged = _judged(context, counted)
    rates = [_rate(name, counted[name], judged[name], context.period) for name in RATES]
    breaks = _breaks(counted[BREAKS], judged[BREAKS], context.period)
    return {
        "tiles": [*rates, _utilization(context), breaks, _waiting(context)],
        "enough_scored": samples.enough_scored(),
        "period": context.period.as_json(),
    }


def _halves(context: QueryContext, rows: str, counts: tuple[str, ...], period: Period | None = None) -> tuple[dict, dict]:
    """The sums of the period and of the previous one."""
    found = context.rows(f"select service_date >= $start as is_current, {sums(counts)} from ({rows}) group by all", period)
    halves = {row["is_current"]: row for row in found}
    return halves.get(True, dict.fromkeys(counts, 0)), halves.get(False, dict.fromkeys(counts, 0))


def _counted(name: str, now: dict, before: dict) -> dict:
    """The part and the whole of a rate, in both periods."""
    defined = measures.rates().get(name)
    part, whole = (defined.part, defined.whole) if defined else (name, "appointments")
    return {"part": now[part], "whole": now[whole], "part_before": before[part], "whole_before": before[whole]}


def _judged(context: QueryContext, counted: dict[str, dict]) -> dict[str, dict]:
    """The interval of each rate, and what is to be said about its change, in one query."""
    verdicts = {
        good: samples.change_verdict("part", "whole", "part_before", "whole_before", good) for good in get_args(samples.Good)
    }
    rows = ", ".join(f"('{name}', {', '.join(map(str, counts.values()))})" for name, counts in counted.items())
    found = context.rows(f"""
        select name, {samples.interval_lower("part", "whole")} as lower, {samples.interval_upper("part", "whole")} as upper,
            {", ".join(f"{sql} as {good}" for good, sql in verdicts.items())}
        from (values {rows}) as counted(name, part, whole, part_before, whole_before)
    """)
    directions = {name: good for name, (_, good) in RATES.items()} | {BREAKS: "down"}
    return {
        row["name"]: {
            "lower": row["lower"], "upper": row["upper"], "verdict": row[directions[row["name"]]],
            "good": directions[row["name"]] if row[directions[row["name"]]] in ("better", "worse") else None,
        }
        for row in found
    }  # fmt: skip


def _rate(name: str, counted: dict, judged: dict, period: Period) -> dict:
    tile = _tile(name, measures.rates()[name].label, "rate", counted["part"], counted["whole"], RATES[name][0], period)
    earlier = rate(counted["part_before"], counted["whole_before"])
    change = tile["value"] - earlier if judged["verdict"] != "too_few" else None
    return tile | judged | {"before": earlier, "before_whole": counted["whole_before"], "change": change}


def _breaks(counted: dict, judged: dict, period: Period) -> dict:
    tile = _tile(BREAKS, "Fulfillment breaks", "count", counted["part"], counted["whole"], "appointments", period)
    value, earlier = counted["part"], counted["part_before"]
    change = value - earlier if judged["verdict"] != "too_few" else None
    return tile | judged | {"value": value, "before": earlier, "before_whole": counted["whole_before"], "change": change}


def _utilization(context: QueryContext) -> dict:
    """Utilization of the past hours of the period, whose observations are final. Capacity does not depend on a service."""
    utilization = measures.rates()["utilization"]
    counts = (utilization.part, utilization.whole)
    days = f"""
        select service_date, {measures.columns("fct_demand_capacity_hourly", counts)}
        from marts.fct_demand_capacity_hourly
        where is_past and service_date between $before and $end
            and {context.filters.condition("account", "marketplace", "store")}
        group by all
    """
    now, before = _halves(context, days, counts)
    part, whole = (now[name] for name in counts)
    tile = _tile("utilization", utilization.label, "rate", part, whole, "bookable hours", context.period)
    earlier = rate(before[utilization.part], before[utilization.whole])
    change = None if tile["value"] is None or earlier is None else tile["value"] - earlier
    # a high utilization is good for one seller and a warning to another
    return tile | {"before": earlier, "before_whole": before[utilization.whole], "change": change}


def _waiting(context: QueryContext) -> dict:
    """Jobs that wait now, regardless of the dates, and the change from a week ago."""
    counts = waiting.counts(context)
    tile = _tile("jobs_waiting", "Jobs waiting", "count", counts["overdue"], counts["jobs"], "overdue", context.period)
    then = counts["then"]
    change = None if then is None else counts["comparable"] - then
    return tile | {"value": counts["jobs"], "before": then, "before_whole": then, "change": change, "stale": counts["stale"]}


def _tile(key: str, label: str, kind: str, part: int, whole: int, of: str, period: Period) -> dict:
    return {
        "key": key, "label": label, "kind": kind, "value": rate(part, whole), "part": part, "whole": whole, "of": of,
        "lower": None, "upper": None, "change": None, "verdict": None, "good": None,
        "period": period.as_json(), "period_before": period.before.as_json(),
    }  # fmt: skip
