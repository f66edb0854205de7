"""Demand and capacity by hour of the week, in the local time of the stores."""

from include.dashboard.context import QueryContext, rate
from include.dashboard.filters import Period
from include.warehouse import measures

HOURS_OF_WEEK = 7 * 24
# a quarter shows a typical week; a year of the hours of all stores would take half a second
MOST_DAYS = 13 * 7


def hours(context: QueryContext) -> dict:
    """Averages for each hour of the week, of the chosen stores together.

    Stores without a time zone are left out, and of a longer period only the last quarter is used.

    Returns:
        168 `hours` from Monday 0:00: `booked` appointments that take place in the hour and `preferred` ones that start in it,
        both in the period; bookable `capacity` and the `encumbered` part of it, both in the dates of capacity, None if
        there is no observation of the hour.
    """
    demand, capacity = context.period.last(MOST_DAYS), context.capacity_period.last(MOST_DAYS)
    found = context.rows(
        _by_hour_of_week(context), demand,
        first=min(demand.start, capacity.start), last=max(demand.end, capacity.end),
        capacity_start=capacity.start, capacity_end=capacity.end,
    )  # fmt: skip
    sums = {row["hour_of_week"]: row for row in found}
    rows = []
    for hour in range(HOURS_OF_WEEK):
        row, occurrences = sums.get(hour, {}), _occurrences(demand, hour // 24)
        rows.append(
            {
                "hour_of_week": hour,
                "booked": rate(row.get("booked") or 0, occurrences),
                "preferred": rate(row.get("preferred") or 0, occurrences),
                "capacity": rate(row.get("usable"), row.get("known_hours")),
                "encumbered": rate(row.get("encumbered"), row.get("known_hours")),
            }
        )
    return {"hours": rows, "period": demand.as_json(), "capacity_period": capacity.as_json()}


def _by_hour_of_week(context: QueryContext) -> str:
    """Stores of a time zone are added up before the conversion to local time, which costs more than the sum."""
    sql, utilization = measures.formulas("fct_demand_capacity_hourly"), measures.rates()["utilization"]
    in_demand = "service_date between $start and $end"
    in_capacity = "service_date between $capacity_start and $capacity_end"
    return f"""
        with zones as materialized (
            select account, marketplace_id, store_id, dense_rank() over (order by time_zone)::utinyint as zone, time_zone
            from marts.dim_store where time_zone is not null
        ),
        by_zone as (
            select
                zone, hour_start_at,
                {sql["booked_appointments"]} filter (where {in_demand}) as booked,
                {sql["preferred_starts"]} filter (where {in_demand}) as preferred,
                {sql[utilization.whole]} filter (where {in_capacity}) as usable,
                {sql[utilization.part]} filter (where {in_capacity}) as encumbered
            from marts.fct_demand_capacity_hourly
            inner join zones using (account, marketplace_id, store_id)
            where service_date between $first and $last and {context.filters.condition("account", "marketplace", "store")}
            group by all
        ),
        by_clock as (
            select timezone(time_zone, hour_start_at) as local_hour, sum(booked) as booked, sum(preferred) as preferred,
                sum(usable) as usable, sum(encumbered) as encumbered
            from by_zone inner join (select distinct zone, time_zone from zones) using (zone)
            group by all
        )
        select
            ((isodow(local_hour) - 1) * 24 + hour(local_hour))::int as hour_of_week, sum(booked)::double as booked,
            sum(preferred)::double as preferred, sum(usable)::double as usable, sum(encumbered)::double as encumbered,
            count(usable) as known_hours
        from by_clock group by all
    """


def _occurrences(period: Period, weekday: int) -> int:
    """How often a weekday (0 is Monday) occurs in the period."""
    return (period.days + (period.start.weekday() - weekday - 1) % 7) // 7
