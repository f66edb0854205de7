"""The rules that tables of slots, and of their changes, share."""

from collections.abc import Sequence

import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation

from include.quality import thresholds
from include.quality.rules import no_rows, stop, warn


def slots(prefix: str) -> list[Expectation]:
    """The rules of a slot's range and capacity; `prefix` begins their codes."""
    return [
        warn(f"{prefix}_range_invalid", "A slot ends after it starts.",
             gxe.ExpectColumnPairValuesAToBeGreaterThanB(column_A="slot_end_at", column_B="slot_start_at")),
        warn(f"{prefix}_capacity_negative", "The capacity of a slot is not negative.",
             gxe.ExpectColumnValuesToBeBetween(column="capacity", min_value=0)),
    ]  # fmt: skip


def scheduling(prefix: str) -> Expectation:
    """The rule of a slot's scheduling type; `prefix` begins its code."""
    return warn(f"{prefix}_scheduling_type_unknown", "The scheduling type of a slot is one of those in Amazon's model.",
                gxe.ExpectColumnValuesToBeInSet(column="scheduling_type", value_set=thresholds.SCHEDULING_TYPES))  # fmt: skip


def changes(prefix: str, thing: str, key: Sequence[str], observations: str) -> list[Expectation]:
    """The rules of a table with a row for each change of a slot or a range.

    Args:
        prefix: Begins their codes.
        thing: What a row is a change of, in words.
        key: The columns that identify it.
        observations: The table or view of the observations, with the same columns.
    """
    columns = ", ".join(key)
    not_one_current = f"""
        select {columns} from {{batch}}
        group by all
        having count(*) filter (where is_current) <> 1 or arg_max(is_current, observed_at) is not true
    """
    lost = f"select distinct {columns} from {observations} where ({columns}) not in (select ({columns}) from {{batch}})"
    return [
        stop(f"{prefix}_current_not_newest", f"Only the newest change of a {thing} is current.", no_rows(not_one_current)),
        stop(f"{prefix}_lost", f"Every {thing} that was read has a row.", no_rows(lost)),
    ]
