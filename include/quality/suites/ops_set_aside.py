"""ops.set_aside: files of the warehouse that could not be read."""

import great_expectations.expectations as gxe
from great_expectations import ExpectationSuite

from include.quality.rules import grain, suite, warn

KEY = ("kind", "name")


def get_suite() -> ExpectationSuite:
    return suite(
        "ops.set_aside",
        key=KEY,
        rules=[
            *grain("set_aside", KEY),
            warn("set_aside_unsettled", "No data is missing because a package or a file of the journal could not be read.",
                 gxe.ExpectColumnValuesToBeInSet(column="is_settled", value_set=[True])),
        ],
    )  # fmt: skip
