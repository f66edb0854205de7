"""raw.resource_capacity: one row per change of the capacity of an hour of a resource."""

from great_expectations import ExpectationSuite

from include.quality.rules import grain, never, suite, warn

KEY = ("account", "marketplace_id", "resource_id", "slot_start_at", "slot_minutes", "observed_at")


def get_suite() -> ExpectationSuite:
    return suite(
        "raw.resource_capacity",
        key=KEY,
        rules=[
            *grain("raw_capacity", KEY),
            warn("raw_capacity_off_the_hour", "Capacity is read in slots of 60 minutes aligned to UTC hours.",
                 never(KEY, "slot_minutes <> 60 or epoch_us(slot_start_at) % 3600000000 <> 0")),
            warn("raw_capacity_negative", "No kind of capacity is negative.",
                 never(KEY, "least(scheduled_capacity, available_capacity, encumbered_capacity, reserved_capacity) < 0")),
            warn("raw_capacity_oversubscribed", "Available, encumbered and reserved capacity fit into the scheduled one.",
                 never(KEY, "available_capacity + encumbered_capacity + reserved_capacity > scheduled_capacity")),
        ],
    )  # fmt: skip
