"""raw.service_jobs: one row per observed version of a job, without personal data."""

import great_expectations.expectations as gxe
from great_expectations import ExpectationSuite

from include.quality import thresholds
from include.quality.rules import each_once, grain, never, no_rows, stop, suite, warn

KEY = ("account", "service_job_id", "observed_at")
IN_COMPLETE_WINDOW = """
    (account, window_start, window_end) in (
        select (account, window_start, window_end) from ops.extract_windows where status = 'complete'
    )
"""
NO_DETAIL = """
    select account, service_job_id, max(observed_at) as observed_at
    from {batch}
    group by account, service_job_id
    having max_by(has_detail, observed_at) is false
"""


def get_suite() -> ExpectationSuite:
    return suite(
        "raw.service_jobs",
        key=KEY,
        rules=[
            *grain("raw_job", KEY),
            stop("raw_job_content_hash_missing", "A version has a content hash.",
                 gxe.ExpectColumnValuesToNotBeNull(column="content_hash")),
            stop("raw_job_without_window", "A version was read in a window that was read to its end.",
                 never(KEY, f"not coalesce({IN_COMPLETE_WINDOW}, false)")),
            stop("raw_job_appointments_not_a_list", "The appointments of a job are a list or absent.",
                 never(KEY, "not regexp_matches(appointments::varchar, '^(\\[|null$)')")),
            stop("raw_job_buyer_in_clear", "Of a buyer only the keyed hash and the Prime membership are stored.",
                 never(KEY, f"not list_has_all({thresholds.BUYER_FIELDS}, json_keys(buyer))")),
            stop("raw_job_address_in_clear", "An address is stored down to the postal code: no street, name or phone.",
                 never(KEY, each_once(
                     "service_location",
                     f"not list_has_all({thresholds.ADDRESS_FIELDS}, json_keys(service_location -> 'address'))"))),
            warn("raw_job_status_unknown", "A job's status is one of those in Amazon's model.",
                 gxe.ExpectColumnValuesToBeInSet(column="service_job_status", value_set=thresholds.JOB_STATUSES)),
            warn("raw_job_detail_missing", "The detail of a job was read, not only the list.", no_rows(NO_DETAIL)),
            warn("raw_job_create_time_missing", "A job has a creation time.",
                 gxe.ExpectColumnValuesToNotBeNull(column="create_time")),
            warn("raw_job_created_after_observed", "A job was created before it was observed.",
                 gxe.ExpectColumnPairValuesAToBeGreaterThanB(column_A="observed_at", column_B="create_time", or_equal=True)),
        ],
    )  # fmt: skip
