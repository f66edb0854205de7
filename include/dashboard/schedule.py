"""A day of the technicians: who has to be where, and when; with what is not assigned and what is double-booked first."""

from include.dashboard.context import QueryContext
from include.dashboard.links import job_url, usable_pattern

SHOWN_TECHNICIANS, SHOWN_STOPS = 40, 20


def schedule(context: QueryContext) -> dict:
    """The stops of a day from today to seven days ahead. The chosen dates do not apply; `day` does.

    Returns:
        `days`: each day with its numbers of `stops`, `technicians`, `unassigned` and `double_booked` stops; `day`: the shown one,
        the first by default; `technicians`: the first `shown` of it, each with its numbers and its first `shown_stops` stops.
        Times are local ones of the store. The first may be nobody, with the stops that are not assigned.
    """
    days = context.rows(f"""
        select service_date, count(*) as stops, count(distinct (account, technician_id)) filter (technician_id is not null)
            as technicians, count(*) filter (technician_id is null) as unassigned,
            count(*) filter (is_double_booked) as double_booked
        from ({_stops(context)}) group by service_date order by service_date
    """)
    chosen = context.filters.day.isoformat() if context.filters.day else days[0]["service_date"] if days else None
    found = _technicians(context, chosen) if chosen else []
    address = usable_pattern()
    for technician in found:
        for stop in technician["first_stops"]:
            stop["url"] = job_url(stop, address)
    return {"days": days, "day": chosen, "technicians": found, "shown": SHOWN_TECHNICIANS, "shown_stops": SHOWN_STOPS}


def _stops(context: QueryContext, condition: str = "true") -> str:
    """A query of the stops that match the filters."""
    service = """
        and (account, service_job_id) in (
            select (account, service_job_id) from marts.fct_service_jobs where asin = $service
        )
    """
    return f"""
        select * from marts.rpt_technician_schedule
        where {condition} and {context.filters.condition("account", "marketplace", "store")}
            {service if context.filters.service else ""}
    """


def _technicians(context: QueryContext, day: str) -> list[dict]:
    return context.rows(
        f"""
        with stops as ({_stops(context, "service_date = $day::date")}),
        ranked as (
            select account, technician_id, any_value(technician_name) as technician_name, count(*) as stops,
                count(*) filter (is_double_booked) as double_booked, count(distinct time_zone) as time_zones
            from stops group by account, technician_id
            order by technician_id is not null, double_booked desc, technician_name, technician_id, account
            limit {SHOWN_TECHNICIANS}
        ),
        orders as (
            select account, service_job_id, service_order_id from marts.fct_service_jobs
            where service_job_id in (select service_job_id from stops)
        ),
        listed as (
            select stops.account, stops.technician_id, list({{
                'service_job_id': service_job_id, 'service_order_id': service_order_id, 'marketplace_id': marketplace_id,
                'store_id': store_id, 'store_name': store_name, 'start': strftime(scheduled_start_local, '%H:%M'),
                'end': strftime(scheduled_end_local, '%H:%M'), 'time_zone': time_zone, 'service_title': service_title,
                'city': city, 'postal_code': postal_code, 'outcome': outcome, 'gap_minutes': gap_minutes,
                'overlap_minutes': overlap_minutes, 'is_double_booked': is_double_booked
            }} order by stop_number, scheduled_start_at, postal_code, service_job_id)[1:{SHOWN_STOPS}] as first_stops
            from stops left join orders using (account, service_job_id)
            group by stops.account, stops.technician_id
        )
        select ranked.*, first_stops
        from ranked
        inner join listed
            on ranked.account = listed.account and ranked.technician_id is not distinct from listed.technician_id
        order by ranked.technician_id is not null, double_booked desc, technician_name, ranked.technician_id, ranked.account
        """,
        day=day,
    )
