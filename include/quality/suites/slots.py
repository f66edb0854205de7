"""The rules that every table of slots shares."""

import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation

from include.quality.rules import warn


def slots(prefix: str) -> list[Expectation]:
    """The rules of a slot's range and capacity; `prefix` begins their codes."""
    return [
        warn(f"{prefix}_range_invalid", "A slot ends after it starts.",
             gxe.ExpectColumnPairValuesAToBeGreaterThanB(column_A="slot_end_at", column_B="slot_start_at")),
        warn(f"{prefix}_capacity_negative", "The capacity of a slot is not negative.",
             gxe.ExpectColumnValuesToBeBetween(column="capacity", min_value=0)),
    ]  # fmt: skip
