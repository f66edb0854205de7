"""How much is booked for the next days, against what was booked for the same number of days a week ago."""

from include.dashboard.context import QueryContext, rate
from include.dashboard.instants import holds, instant, is_known
from include.warehouse import measures

HORIZONS = (1, 3, 7)


def ahead(context: QueryContext) -> dict:
    """`horizons`: active appointments that start within 1, 3 and 7 days of `as_of`, regardless of the chosen dates.

    Returns:
        Each with `booked`, `before` (those that started within the same number of days of the instant a week ago, as known
        then; None if that is not known), and `encumbered` of `usable` capacity of these days.
    """
    booked, before = _booked(context, is_now=True), _booked(context, is_now=False)
    compared = is_known(context)
    capacity = {row["days"]: row for row in context.rows(_capacity(context), instant=instant(context, is_now=True))}
    return {
        "horizons": [
            _horizon(days, booked.get(days, 0), before.get(days, 0) if compared else None, capacity.get(days, {}))
            for days in HORIZONS
        ]
    }


def _horizon(days: int, booked: int, before: int | None, capacity: dict) -> dict:
    encumbered, usable = capacity.get("encumbered"), capacity.get("usable")
    return {
        "days": days, "booked": booked, "before": before,
        "encumbered": encumbered, "usable": usable, "utilization": rate(encumbered, usable),
    }  # fmt: skip


def _horizons() -> str:
    return f"(values {', '.join(f'({days})' for days in HORIZONS)}) as horizons(days)"


def _booked(context: QueryContext, is_now: bool) -> dict[int, int]:
    """Appointments by the number of days within which they start."""
    chosen = context.filters.condition("marketplace", "store", "service")
    # where an appointment takes place is in its newest version; it starts at the same time, or was given another one later
    places = f"""
        semi join (
            from marts.fct_appointments where scheduled_start_at > $instant - interval 60 day and {chosen}
        ) as places using (account, service_job_id, appointment_id)
    """
    found = context.rows(
        f"""
        with starting as (
            select * from marts.fct_appointment_history
            where appointment_status = 'ACTIVE' and {holds(is_now)} and {context.filters.condition("account")}
                and scheduled_start_at > $instant and scheduled_start_at <= $instant + interval {max(HORIZONS)} day
        )
        select horizons.days,
            count(*) filter (starting.scheduled_start_at <= $instant + horizons.days * interval 1 day) as booked
        from (from starting {places if chosen != "true" else ""}) as starting
        cross join {_horizons()}
        group by all
        """,
        instant=instant(context, is_now),
    )
    return {row["days"]: row["booked"] for row in found}


def _capacity(context: QueryContext) -> str:
    sql, utilization = measures.formulas("fct_demand_capacity_hourly"), measures.rates()["utilization"]
    return f"""
        select horizons.days, {sql[utilization.part]}::bigint as encumbered, {sql[utilization.whole]}::bigint as usable
        from marts.fct_demand_capacity_hourly
        cross join {_horizons()}
        where not is_past and {context.filters.condition("account", "marketplace", "store")}
            and hour_start_at > $instant - interval 1 hour and hour_start_at < $instant + interval {max(HORIZONS)} day
            and hour_start_at < $instant + horizons.days * interval 1 day
        group by all
    """
