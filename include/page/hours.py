"""Demand against capacity by hour of the week, in the stores' own time."""

from include.page.asking import Asked, rate
from include.page.filters import Period


def hours(asked: Asked) -> dict:
    """168 hours from Monday 0:00: `booked` and `preferred` are appointments that run in (or start in) such an hour of the
    period on average, `capacity` what can be booked in one, of the capacity's own dates; None where nothing is known.

    Booked appointments are counted by the store's clock; a week's hour that occurs n times in the period is divided by n.
    """
    demand, capacity = asked.period, asked.capacity_period
    booked = _by_hour_of_week(asked, "booked_appointments", "preferred_starts", demand)
    known = _by_hour_of_week(asked, "scheduled_capacity - reserved_capacity", "encumbered_capacity", capacity)
    rows = []
    for hour in range(168):
        often = _occurrences(demand, hour // 24)
        seen, offered = booked.get(hour), known.get(hour)
        rows.append(
            {
                "hour_of_week": hour,
                "booked": rate(seen["first"] if seen else 0, often),
                "preferred": rate(seen["second"] if seen else 0, often),
                "capacity": rate(offered["first"], offered["times"]) if offered else None,
                "encumbered": rate(offered["second"], offered["times"]) if offered else None,
            }
        )
    return {"hours": rows, "period": demand.as_json(), "capacity_period": capacity.as_json()}


def _by_hour_of_week(asked: Asked, first: str, second: str, period: Period) -> dict[int, dict]:
    """Sums of two expressions by hour of week; `times` is how often that hour occurred with a value.

    Stores of one time zone are added up before the clock is read: it costs more than the sum.
    """
    query = f"""
        with by_zone as (
            select time_zone, hour_start_at, sum({first}) as first, sum({second}) as second
            from marts.fct_demand_capacity_hourly
            inner join marts.dim_store using (account, marketplace_id, store_id)
            where service_date between $start and $end and {asked.filters.condition("account", "marketplace", "store")}
            group by all
        ),
        by_clock as (
            select timezone(time_zone, hour_start_at) as local_hour, sum(first) as first, sum(second) as second
            from by_zone where first is not null
            group by all
        )
        select ((isodow(local_hour) - 1) * 24 + hour(local_hour))::int as hour_of_week, sum(first)::double as first,
            sum(second)::double as second, count(distinct date_trunc('hour', local_hour)) as times
        from by_clock group by all
    """
    return {row["hour_of_week"]: row for row in asked.rows(query, period)}


def _occurrences(period: Period, weekday: int) -> int:
    """How often a weekday (0 is Monday) occurs in the period."""
    return (period.days + (period.start.weekday() - weekday - 1) % 7) // 7
