"""Appointments that were missed, moved or cancelled, by who is responsible."""

from include.dashboard.context import QueryContext

KINDS = ("missed", "rescheduled", "cancelled")


def parties(context: QueryContext) -> dict:
    """For each of `KINDS`, the parties with their appointments in the period and in the previous one, the most first.

    The party is that of the reason code with which this pipeline moved or cancelled the appointment, `unknown` if it did not.
    A missed appointment that was not moved has the party `no_show`.
    """
    found = context.rows(f"""
        with chosen as (
            select outcome, is_missed, service_date >= $start as is_current,
                case when outcome = 'no_show' then 'no_show' else coalesce(responsible_party, 'unknown') end as party
            from marts.fct_appointments
            where service_date between $before and $end and outcome in ('no_show', 'rescheduled', 'cancelled')
                and {context.filters.condition("account", "marketplace", "store", "service")}
        ),
        kinds as (
            select 'missed' as kind, party, is_current from chosen where is_missed
            union all
            select outcome, party, is_current from chosen where outcome <> 'no_show'
        )
        select kind, party, count(*) filter (is_current) as appointments, count(*) filter (not is_current) as before
        from kinds group by all order by appointments desc, party
    """)
    listed: dict[str, list[dict]] = {kind: [] for kind in KINDS}
    for row in found:
        listed[row.pop("kind")].append(row)
    return listed | {"period": context.period.as_json()}
