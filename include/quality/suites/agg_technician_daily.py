"""marts.agg_technician_daily: one row per technician and day; an appointment counts for each who performed it."""

from great_expectations import ExpectationSuite

from include.quality.rules import no_rows, stop, suite
from include.quality.suites.aggregates import figures
from include.warehouse import measures

KEY = ("account", "marketplace_id", "technician_id", "service_date")

DIFFER = f"""
    select account, marketplace_id
    from (
        select account, marketplace_id, sum(appointments) as in_days, sum(on_time) as on_time_in_days
        from {{batch}} as days
        group by account, marketplace_id
    ) full join (
        select account, marketplace_id, {measures.columns("fct_appointments", ("appointments", "on_time"))}
        from (select *, unnest(list_distinct(performing_technician_ids)) from marts.fct_appointments)
        where service_date is not null
        group by account, marketplace_id
    ) using (account, marketplace_id)
    where coalesce(in_days, 0) <> coalesce(appointments, 0) or coalesce(on_time_in_days, 0) <> coalesce(on_time, 0)
"""


def get_suite() -> ExpectationSuite:
    return suite(
        "marts.agg_technician_daily",
        key=KEY,
        rules=[
            *figures("technician_day", KEY),
            stop("technician_day_totals_differ", "The days of all technicians add up to fct_appointments.", no_rows(DIFFER)),
        ],
    )
