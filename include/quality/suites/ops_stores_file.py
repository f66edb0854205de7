"""ops.stores_file: whether the stores file could be read."""

from great_expectations import ExpectationSuite

from include.quality.rules import never, suite, warn

KEY = ("content_hash",)


def get_suite() -> ExpectationSuite:
    return suite(
        "ops.stores_file",
        key=KEY,
        rules=[
            warn("stores_file_refused", "The stores file could be read; if not, its last good content still counts.",
                 never(KEY, "error is not null")),
        ],
    )  # fmt: skip
