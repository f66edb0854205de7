"""Demand against capacity by hour of the week, in the stores' own time."""

from include.dashboard.context import QueryContext, rate
from include.dashboard.filters import Period

HOURS_OF_WEEK = 7 * 24
# a quarter tells what a week is like, and a year of every store's hours would take half a second
MOST_DAYS = 13 * 7


def hours(context: QueryContext) -> dict:
    """168 hours from Monday 0:00, averages of the chosen stores together: `booked` appointments run in such an hour and
    `preferred` ones start in it, in the period; `capacity` can be booked in it and `encumbered` of it is, in the capacity's
    own dates, None where nothing is known of that hour. Of long periods the last
    quarter counts. Stores whose time zone is not known are left out."""
    demand, capacity = context.period.last(MOST_DAYS), context.capacity_period.last(MOST_DAYS)
    found = context.rows(_by_hour_of_week(context), demand, **_bounds(demand, capacity))
    known = {row["hour_of_week"]: row for row in found}
    rows = []
    for hour in range(HOURS_OF_WEEK):
        seen, often = known.get(hour, {}), _occurrences(demand, hour // 24)
        rows.append(
            {
                "hour_of_week": hour,
                "booked": rate(seen.get("booked") or 0, often),
                "preferred": rate(seen.get("preferred") or 0, often),
                "capacity": rate(seen.get("usable"), seen.get("known_hours")),
                "encumbered": rate(seen.get("encumbered"), seen.get("known_hours")),
            }
        )
    return {"hours": rows, "period": demand.as_json(), "capacity_period": capacity.as_json()}


def _bounds(demand: Period, capacity: Period) -> dict:
    return {
        "first": min(demand.start, capacity.start), "last": max(demand.end, capacity.end),
        "capacity_start": capacity.start, "capacity_end": capacity.end,
    }  # fmt: skip


def _by_hour_of_week(context: QueryContext) -> str:
    """Stores of one time zone are added up before their clock is read: reading it costs more than the sum."""
    return f"""
        with zones as materialized (
            select account, marketplace_id, store_id, dense_rank() over (order by time_zone)::utinyint as zone, time_zone
            from marts.dim_store where time_zone is not null
        ),
        by_zone as (
            select
                zone, hour_start_at,
                sum(booked_appointments) filter (service_date between $start and $end) as booked,
                sum(preferred_starts) filter (service_date between $start and $end) as preferred,
                sum(scheduled_capacity - reserved_capacity)
                    filter (service_date between $capacity_start and $capacity_end) as usable,
                sum(encumbered_capacity) filter (service_date between $capacity_start and $capacity_end) as encumbered
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
