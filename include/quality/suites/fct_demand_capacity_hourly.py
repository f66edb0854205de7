"""marts.fct_demand_capacity_hourly: one row per store and UTC hour; a store may be unknown."""

import great_expectations.expectations as gxe
from great_expectations import ExpectationSuite

from include.quality.rules import grain, never, no_rows, stop, suite, warn
from include.warehouse import measures

KEY = ("account", "marketplace_id", "store_id", "hour_start_at")

STARTS_DIFFER = """
    select account, marketplace_id
    from (
        select account, marketplace_id, sum(booked_starts) as in_hours
        from {batch} as hours
        group by account, marketplace_id
    ) full join (
        select account, marketplace_id, count(*) as in_appointments
        from marts.fct_appointments
        where appointment_status in ('ACTIVE', 'COMPLETED') and scheduled_start_at is not null
        group by account, marketplace_id
    ) using (account, marketplace_id)
    where coalesce(in_hours, 0) <> coalesce(in_appointments, 0)
"""

PAST_WRONG = """
    select account, marketplace_id, store_id, hour_start_at
    from {batch} left join intermediate.int_as_of as clocks using (account, marketplace_id)
    where is_past <> coalesce(hour_start_at < date_trunc('hour', as_of), false)
"""


def get_suite() -> ExpectationSuite:
    utilization = measures.rates()["utilization"]
    part, whole = measures.expression(utilization.part), measures.expression(utilization.whole)
    return suite(
        "marts.fct_demand_capacity_hourly",
        key=KEY,
        rules=[
            *grain("hour", KEY, nullable=["store_id"]),
            stop("hour_not_whole", "An hour starts on the hour, in UTC.",
                 never(KEY, "epoch_us(hour_start_at) % 3600000000 <> 0")),
            stop("hour_demand_missing", "Demand is a number of at least 0 in every hour.",
                 never(KEY, "not coalesce(booked_appointments >= 0 and booked_starts >= 0 and preferred_starts >= 0 "
                            "and booked_minutes between 0 and 60 * booked_appointments "
                            "and preferred_demand between 0 and preferred_starts, false)")),
            stop("hour_past_wrong", "An hour is past exactly when it began before the hour of the newest extraction.",
                 no_rows(PAST_WRONG), whole=True),
            stop("hour_starts_differ", "Every appointment with a scheduled start is counted in one hour.",
                 no_rows(STARTS_DIFFER), whole=True),
            stop("hour_utilization_wrong", "Utilization is encumbered over usable capacity, and unknown where nothing is usable.",
                 never(KEY, f"abs(utilization - ({part}) / ({whole})) > 1e-9 "
                            f"or (utilization is not null) <> coalesce({whole} > 0 and {part} is not null, false)")),
            warn("hour_capacity_negative", "No kind of capacity is negative.",
                 never(KEY, "least(scheduled_capacity, available_capacity, encumbered_capacity, reserved_capacity) < 0")),
            warn("hour_oversubscribed", "No more capacity is encumbered than usable.",
                 gxe.ExpectColumnValuesToBeBetween(column="utilization", max_value=1)),
        ],
    )  # fmt: skip
