"""Technicians and stores by on-time rate, each with its interval and a verdict against the average of its account.

A verdict is of the four weeks that end with the chosen dates, however long these are.
"""

from datetime import timedelta

from include.dashboard.context import QueryContext
from include.dashboard.days import COUNTS, store_days, sums, technician_days
from include.dashboard.filters import Period
from include.warehouse import measures, samples

SHOWN_TECHNICIANS, SHOWN_STORES = 25, 100
SPARK_POINTS = 14
# whom to look at first
RANK = "case verdict when 'worse' then 0 when 'usual' then 1 else 2 end"
STORE = ("account", "marketplace_id", "store_id")


def technicians(context: QueryContext) -> dict:
    """Technicians: those that are worse than their account first, then by on-time rate; those with too few scored come last.

    `spark` is their on-time rate in each part of the period, the oldest first, None in parts without scored appointments.
    """
    part_days = -(-context.period.days // SPARK_POINTS)
    on_time_rate = measures.formulas("", COUNTS)["on_time_rate"]
    order = f"{RANK}, on_time_rate, scored desc, account, technician_id"
    found = context.rows(
        f"""
        with days as ({technician_days(context.filters, "$since")}),
        ranked as ({_ranked(("account", "technician_id"), COUNTS[:-1])}),
        shown as (
            select *, count(*) over () as technicians, count(*) filter (verdict = 'worse') over () as worse
            from ranked where on_time_rate is not null
            order by {order} limit $shown
        ),
        parts as (
            select account, technician_id, (service_date - $start) // $part_days as part, {on_time_rate} as on_time_rate
            from days semi join shown using (account, technician_id)
            where service_date >= $start
            group by all
        ),
        sparks as (
            select account, technician_id, map(list(part), list(on_time_rate)) as points from parts group by all
        )
        select shown.*, technician_name, list_transform(range($points), lambda part: points[part]) as spark
        from shown
        left join marts.dim_technician using (account, technician_id)
        left join sparks using (account, technician_id)
        order by {order}
        """,
        shown=SHOWN_TECHNICIANS, part_days=part_days, points=-(-context.period.days // part_days), **_dates(context),
    )  # fmt: skip
    return {"technicians": found, **_totals(found, "technicians"), **_judged_by(context)}


def stores(context: QueryContext) -> dict:
    """Stores: those that are worse than their account first, then the busiest; with their utilization, which is of past hours."""
    order = f"verdict <> 'worse', appointments desc, {', '.join(STORE)}"
    found = context.rows(
        f"""
        with days as ({store_days(context.filters, "$since")}),
        ranked as ({_ranked(STORE, COUNTS)}),
        shown as (
            select *, count(*) over () as stores, count(*) filter (verdict = 'worse') over () as worse
            from ranked where appointments > 0
            order by {order} limit {SHOWN_STORES}
        )
        select shown.*, store_name, region, manager
        from shown
        left join marts.dim_store as stores
            on shown.account = stores.account and shown.marketplace_id is not distinct from stores.marketplace_id
                and shown.store_id is not distinct from stores.store_id
        order by verdict <> 'worse', appointments desc, shown.account, shown.marketplace_id, shown.store_id
        """,
        **_dates(context),
    )  # fmt: skip
    capacity = {tuple(row[name] for name in STORE): row for row in _capacity(context)}
    for row in found:
        hours = capacity.get(tuple(row[name] for name in STORE), {})
        row |= {"encumbered": hours.get("encumbered"), "usable": hours.get("usable")}
    return {"stores": found, **_totals(found, "stores"), "counts": COUNTS, **_judged_by(context)}


def _ranked(names: tuple[str, ...], counts: tuple[str, ...]) -> str:
    """A query of `days` by `names`: the counts and the interval of the period, and the verdict of the four weeks at its end."""
    group, sql = ", ".join(names), measures.formulas("", COUNTS)
    on_time, scored = (f"coalesce({sql[count]} filter (service_date >= $judged_since), 0)" for count in ("on_time", "scored"))
    in_period = sums(counts, "service_date >= $start")
    return f"""
        with counted as (
            select {group}, {in_period}, {on_time} as judged_on_time, {scored} as judged_scored
            from days group by {group}
        ),
        compared as (
            select *, sum(judged_on_time) over (partition by account) / nullif(sum(judged_scored) over (partition by account), 0)
                as average
            from counted
        )
        select * exclude (judged_on_time, average), average as average_rate,
            case when scored > 0 then on_time / scored end as on_time_rate,
            {samples.interval_lower("on_time", "scored")} as lower, {samples.interval_upper("on_time", "scored")} as upper,
            {samples.verdict("judged_on_time", "judged_scored", "average")} as verdict
        from compared
    """


def _capacity(context: QueryContext) -> list[dict]:
    sql, utilization = measures.formulas("fct_demand_capacity_hourly"), measures.rates()["utilization"]
    return context.rows(f"""
        select {", ".join(STORE)}, {sql[utilization.part]}::bigint as encumbered, {sql[utilization.whole]}::bigint as usable
        from marts.fct_demand_capacity_hourly
        where is_past and service_date between $start and $end
            and {context.filters.condition("account", "marketplace", "store")}
        group by all
    """)


def _judged(context: QueryContext) -> Period:
    end = context.period.end
    return Period(end - timedelta(days=samples.verdict_days() - 1), end)


def _dates(context: QueryContext) -> dict:
    judged = _judged(context).start
    return {"judged_since": judged, "since": min(judged, context.period.start)}


def _totals(found: list[dict], name: str) -> dict:
    return {"total": found[0][name] if found else 0, "worse": found[0]["worse"] if found else 0}


def _judged_by(context: QueryContext) -> dict:
    return {
        "enough_scored": samples.enough_scored(),
        "period": context.period.as_json(), "judged_period": _judged(context).as_json(),
    }  # fmt: skip
