"""ops.quarantined_records: fields and records that could not be read, without personal data."""

from great_expectations import ExpectationSuite

from include.quality import thresholds
from include.quality.personal_data import EMAIL
from include.quality.rules import never, no_rows, stop, suite, warn

KEY = ("account", "entity", "record_key", "field")

MANY = f"""
    select account
    from {{batch}} as quarantined join (
        select account, count(*) as jobs from marts.fct_service_jobs group by account
    ) using (account)
    where entity = 'jobs'
    group by account, jobs
    having count(distinct record_key) > {thresholds.MAX_QUARANTINED_SHARE} * jobs
        and count(distinct record_key) >= {thresholds.MIN_QUARANTINED_JOBS}
"""


def get_suite() -> ExpectationSuite:
    return suite(
        "ops.quarantined_records",
        key=KEY,
        rules=[
            stop("quarantine_reason_missing", "A quarantined record names the field or the record, and the reason.",
                 never(KEY, "account is null or entity is null or reason is null or coalesce(field, record_key) is null")),
            stop("quarantine_personal_data", "A quarantined record holds no e-mail address.",
                 never(KEY, f"regexp_matches(payload, '{EMAIL}')")),
            warn("quarantine_large", "Few of an account's jobs have a part that could not be read.", no_rows(MANY)),
        ],
    )  # fmt: skip
