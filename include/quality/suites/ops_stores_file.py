"""ops.stores_file: whether the stores file could be read."""

import great_expectations.expectations as gxe
from great_expectations import ExpectationSuite

from include.quality.rules import suite, warn


def get_suite() -> ExpectationSuite:
    return suite(
        "ops.stores_file",
        key=("content_hash",),
        rules=[
            warn("stores_file_refused", "The stores file could be read; if not, its last good content still counts.",
                 gxe.ExpectColumnValuesToBeNull(column="error")),
        ],
    )  # fmt: skip
