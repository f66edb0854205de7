"""staging.stg_service_jobs: one row per observed version; nothing that could be read is lost."""

from great_expectations import ExpectationSuite

from include.quality.rules import never, no_rows, stop, suite

KEY = ("account", "service_job_id", "observed_at")

LOST = """
    select account, service_job_id, observed_at from raw.service_jobs
    where (account, service_job_id, observed_at) not in (select (account, service_job_id, observed_at) from {batch})
"""
UNREAD = """
    select account, service_job_id, observed_at
    from {batch} as read join raw.service_jobs as received using (account, service_job_id, observed_at)
    where coalesce(json_array_length(received.appointments), 0) <> coalesce(len(read.appointments), 0)
        or coalesce(json_array_length(received.payments), 0) <> coalesce(len(read.payments), 0)
        or coalesce(json_array_length(received.associated_items), 0) <> coalesce(len(read.items), 0)
"""


def get_suite() -> ExpectationSuite:
    return suite(
        "staging.stg_service_jobs",
        key=KEY,
        rules=[
            stop("staging_job_lost", "Every version in raw.service_jobs is in stg_service_jobs.", no_rows(LOST)),
            stop("staging_job_list_unread", "No appointment, payment or item of raw.service_jobs is lost.",
                 no_rows(UNREAD)),
            stop("staging_job_key_missing", "A version has a key.",
                 never(KEY, "account is null or service_job_id is null or observed_at is null")),
        ],
    )  # fmt: skip
