"""Counts by day, from the daily aggregates where those suffice, else from the appointments of the same dates."""

from include.dashboard.filters import Filters

COUNTS = ("appointments", "scored", "on_time", "completed_in_window", "no_shows", "fulfillment_breaks", "reschedules")

# the definitions are dbt's; here they are only counted
_FROM_APPOINTMENTS = """
    count(*) as appointments,
    count(is_on_time_arrival) as scored,
    count(*) filter (is_on_time_arrival) as on_time,
    count(*) filter (is_completed_in_window) as completed_in_window,
    count(*) filter (outcome = 'no_show') as no_shows,
    count(fulfillment_break) as fulfillment_breaks,
    count(*) filter (outcome = 'rescheduled') as reschedules
"""


def sums(counts: tuple[str, ...] = COUNTS) -> str:
    return ", ".join(f"coalesce(sum({count}), 0)::bigint as {count}" for count in counts)


def store_days(filters: Filters, since: str = "$start") -> str:
    """A query: account x marketplace x store x service_date with COUNTS, from `since` to `$end`."""
    dates = f"service_date between {since} and $end"
    if not filters.service:
        return f"""
            select account, marketplace_id, store_id, service_date, {", ".join(COUNTS)}
            from marts.agg_store_daily
            where {dates} and {filters.condition("account", "marketplace", "store")}
        """
    return f"""
        select account, marketplace_id, store_id, service_date, {_FROM_APPOINTMENTS}
        from marts.fct_appointments
        where {dates} and {filters.condition("account", "marketplace", "store", "service")}
        group by all
    """


def technician_days(filters: Filters, since: str = "$start") -> str:
    """A query: account x technician x service_date with COUNTS but `reschedules`, from `since` to `$end`.

    An appointment with several performing technicians counts once for each.
    """
    dates = f"service_date between {since} and $end"
    if not (filters.service or filters.store):
        return f"""
            select account, technician_id, service_date, {", ".join(COUNTS[:-1])}
            from marts.agg_technician_daily
            where {dates} and {filters.condition("account", "marketplace")}
        """
    return f"""
        select account, technician_id, service_date, {_FROM_APPOINTMENTS}
        from (
            select *, unnest(performing_technician_ids) as technician_id
            from marts.fct_appointments
            where {dates} and {filters.condition("account", "marketplace", "store", "service")}
        )
        group by all
    """
