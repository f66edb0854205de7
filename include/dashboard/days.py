"""Queries of counts by day: from the daily aggregates where they suffice, otherwise from the appointments of these dates."""

from include.dashboard.filters import Filters
from include.warehouse import measures

COUNTS = (
    "appointments", "scored", "on_time", "completed_in_window", "window_scored", "no_shows", "missed", "missed_known", "serviced",
    "provable", "verified_scored", "verified_on_time", "fulfillment_breaks", "reschedules",
)  # fmt: skip


def sums(counts: tuple[str, ...] = COUNTS, condition: str = "") -> str:
    """The columns of a query that adds up `counts`, of the rows that meet a condition."""
    sql, only = measures.formulas("", counts), f" filter ({condition})" if condition else ""
    return ", ".join(f"coalesce({sql[count]}{only}, 0)::bigint as {count}" for count in counts)


def store_days(filters: Filters, since: str = "$start") -> str:
    """A query with `COUNTS` by account, marketplace, store and service_date, from `since` to `$end`."""
    dates = f"service_date between {since} and $end"
    if not filters.service:
        return f"""
            select account, marketplace_id, store_id, service_date, {", ".join(COUNTS)}
            from marts.agg_store_daily
            where {dates} and {filters.condition("account", "marketplace", "store")}
        """
    return f"""
        select account, marketplace_id, store_id, service_date, {measures.columns("fct_appointments", COUNTS)}
        from marts.fct_appointments
        where {dates} and {filters.condition("account", "marketplace", "store", "service")}
        group by all
    """


def technician_days(filters: Filters, since: str = "$start") -> str:
    """A query with `COUNTS` except `reschedules` by account, technician and service_date, from `since` to `$end`.

    An appointment that several technicians performed counts once for each of them.
    """
    dates = f"service_date between {since} and $end"
    if not (filters.service or filters.store):
        return f"""
            select account, technician_id, service_date, {", ".join(COUNTS[:-1])}
            from marts.agg_technician_daily
            where {dates} and {filters.condition("account", "marketplace")}
        """
    return f"""
        select account, technician_id, service_date, {measures.columns("fct_appointments", COUNTS[:-1])}
        from (
            select *, unnest(performing_technician_ids) as technician_id
            from marts.fct_appointments
            where {dates} and {filters.condition("account", "marketplace", "store", "service")}
        )
        group by all
    """
