"""Technicians ranked by on-time rate, with a sparkline each, and stores side by side."""

from include.dashboard.context import QueryContext
from include.dashboard.days import COUNTS, store_days, sums, technician_days
from include.warehouse import measures

SHOWN_TECHNICIANS, SHOWN_STORES = 25, 100
SPARK_POINTS = 14
# with fewer, a single late arrival would decide the rank
ENOUGH_SCORED = 5


def technicians(context: QueryContext) -> dict:
    """Technicians, the lowest on-time rate first; those with few scored appointments come last.

    `spark` is their on-time rate in each part of the period, the oldest first, None in parts without scored appointments.
    """
    part_days = -(-context.period.days // SPARK_POINTS)
    on_time_rate = measures.formulas("", COUNTS)["on_time_rate"]
    ranked = context.rows(
        f"""
        with days as ({technician_days(context.filters)}),
        ranked as (
            select account, technician_id, {sums(COUNTS[:-1])}, {on_time_rate} as on_time_rate
            from days group by account, technician_id
            having on_time_rate is not null
        ),
        shown as (
            select *, count(*) over () as technicians from ranked
            order by scored < $enough, on_time_rate, scored desc, account, technician_id limit $shown
        ),
        parts as (
            select account, technician_id, (service_date - $start) // $part_days as part, {on_time_rate} as on_time_rate
            from days semi join shown using (account, technician_id)
            group by all
        ),
        sparks as (
            select account, technician_id, map(list(part), list(on_time_rate)) as points from parts group by all
        )
        select shown.*, technician_name, list_transform(range($points), lambda part: points[part]) as spark
        from shown
        left join marts.dim_technician using (account, technician_id)
        left join sparks using (account, technician_id)
        order by scored < $enough, on_time_rate, scored desc, account, technician_id
        """,
        enough=ENOUGH_SCORED, shown=SHOWN_TECHNICIANS, part_days=part_days, points=-(-context.period.days // part_days),
    )  # fmt: skip
    total = ranked[0]["technicians"] if ranked else 0
    return {"technicians": ranked, "total": total, "enough_scored": ENOUGH_SCORED, "period": context.period.as_json()}


def stores(context: QueryContext) -> dict:
    """Stores with their counts, and their utilization in the dates of capacity, the busiest first."""
    counted = context.rows(f"""
        select account, marketplace_id, store_id, {sums()}, count(*) over () as stores
        from ({store_days(context.filters)}) group by account, marketplace_id, store_id
        order by appointments desc, store_id limit {SHOWN_STORES}
    """)
    sql, utilization = measures.formulas("fct_demand_capacity_hourly"), measures.rates()["utilization"]
    capacity = context.rows(
        f"""
        select account, marketplace_id, store_id, {sql[utilization.part]}::bigint as encumbered,
            {sql[utilization.whole]}::bigint as usable
        from marts.fct_demand_capacity_hourly
        where service_date between $start and $end and {context.filters.condition("account", "marketplace", "store")}
        group by all
        """,
        context.capacity_period,
    )
    capacity_by_store = {(row["account"], row["marketplace_id"], row["store_id"]): row for row in capacity}
    for row in counted:
        hours = capacity_by_store.get((row["account"], row["marketplace_id"], row["store_id"]), {})
        row |= {"encumbered": hours.get("encumbered"), "usable": hours.get("usable")}
    return {
        "stores": counted, "total": counted[0]["stores"] if counted else 0, "counts": COUNTS,
        "period": context.period.as_json(), "capacity_period": context.capacity_period.as_json(),
    }  # fmt: skip
