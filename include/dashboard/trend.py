"""The period day by day, and its fulfillment breaks by kind."""

from include.dashboard.context import QueryContext
from include.dashboard.days import store_days, sums
from include.warehouse import measures


def trend(context: QueryContext) -> dict:
    """Every date of the period with its counts, 0 on dates without appointments."""
    days = context.rows(f"""
        select days.range::date as service_date, {sums()}
        from range($start::timestamp, $end::timestamp + interval 1 day, interval 1 day) as days
        left join ({store_days(context.filters)}) as counted on counted.service_date = days.range::date
        group by all order by all
    """)
    return {"days": days, "period": context.period.as_json()}


def breaks(context: QueryContext) -> dict:
    """How often each kind of fulfillment break occurred, in the period and in the previous one."""
    fulfillment_breaks = measures.formulas("fct_appointments")["fulfillment_breaks"]
    kinds = context.rows(f"""
        select fulfillment_break as kind, {fulfillment_breaks} filter (where service_date >= $start) as appointments,
            {fulfillment_breaks} filter (where service_date < $start) as before
        from marts.fct_appointments
        where service_date between $before and $end and fulfillment_break is not null
            and {context.filters.condition("account", "marketplace", "store", "service")}
        group by all order by appointments desc, kind
    """)
    return {"kinds": kinds, "period": context.period.as_json()}
