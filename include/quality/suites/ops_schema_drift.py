"""ops.schema_drift: what Amazon began to send that its model does not have, without a value that could name somebody."""

from great_expectations import ExpectationSuite

from include.privacy import minimization
from include.quality import thresholds
from include.quality.personal_data import braced
from include.quality.rules import grain, never, no_rows, stop, suite, warn
from include.warehouse.loading import drift

KINDS = (drift.UNKNOWN_FIELD, drift.UNKNOWN_VALUE, drift.OTHER_TYPE)
PATH = braced(minimization.PATH)
EXAMPLE = braced(rf'null|true|false|-?[0-9.e+-]{{1,12}}|"({minimization.TIME}|{minimization.TOKEN})"')
# A build has no clock of its own: the end of its newest extraction is its now.
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
            warn("drift_kind_unknown", "What was met is an unknown field, an unknown value or another type.",
                 never(drift.KEY, f"kind not in {KINDS}")),
            warn("drift_count_wrong", "What was met was met at least once, and first before last.",
                 never(drift.KEY, "not coalesce(times >= 1 and first_observed_at <= last_observed_at, false)")),
            warn("drift_new", "For a week nothing new was met that Amazon's model does not have.", no_rows(NEW)),
        ],
    )  # fmt: skip
