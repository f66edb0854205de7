"""staging.stg_service_jobs: what the models are handed. One row per observed version, and nothing readable lost on the way."""

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
            stop("staging_job_lost", "Every version that was received is handed over.", no_rows(LOST)),
            stop("staging_job_list_unread", "As many appointments, payments and items are handed over as were received.",
                 no_rows(UNREAD)),
            stop("staging_job_key_missing", "A version that is handed over has a key.",
                 never(KEY, "account is null or service_job_id is null or observed_at is null")),
        ],
    )  # fmt: skip
