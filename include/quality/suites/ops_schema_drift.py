"""ops.schema_drift: fields and values that Amazon's model does not have, without personal data."""

import great_expectations.expectations as gxe
from great_expectations import ExpectationSuite

from include.privacy import minimization
from include.quality import thresholds
from include.quality.personal_data import braced
from include.quality.rules import grain, never, no_rows, stop, suite, warn
from include.warehouse.loading import drift

KINDS = [drift.UNKNOWN_FIELD, drift.UNKNOWN_VALUE, drift.OTHER_TYPE]
PATH = braced(minimization.PATH)
EXAMPLE = braced(rf'null|true|false|-?[0-9.e+-]{{1,12}}|"({minimization.TIME}|{minimization.TOKEN})"')
# The current time of a build is the end of its newest extraction.
NEW = f"""
    select {", ".join(drift.KEY)}
    from {{batch}} cross join (select max(finished_at) as now from ops.extract_windows)
    where first_observed_at > now - interval {thresholds.TELL_DRIFT_DAYS} days
"""


def get_suite() -> ExpectationSuite:
    return suite(
        "ops.schema_drift",
        key=drift.KEY,
        rules=[
            *grain("drift", drift.KEY),
            stop("drift_path_in_clear", "A path consists of names of fields: a key that can be a person's is not stored.",
                 never(drift.KEY, f"not regexp_full_match(path, '{PATH}') or length(path) > {minimization.LONGEST_PATH}")),
            stop("drift_example_in_clear", "Only a value that names nobody is shown as an example.",
                 never(drift.KEY, f"not regexp_full_match(example, '{EXAMPLE}')")),
            warn("drift_kind_unknown", "An entry is an unknown field, an unknown value or another type.",
                 gxe.ExpectColumnValuesToBeInSet(column="kind", value_set=KINDS)),
            warn("drift_count_wrong", "An entry was observed at least once, and first before last.",
                 never(drift.KEY, "not coalesce(times >= 1 and first_observed_at <= last_observed_at, false)")),
            warn("drift_new", "The API has sent nothing new beyond Amazon's model for a week.", no_rows(NEW)),
        ],
    )  # fmt: skip
