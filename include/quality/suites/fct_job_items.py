"""marts.fct_job_items: one row per associated item of a job."""

import great_expectations.expectations as gxe
from great_expectations import ExpectationSuite

from include.quality import thresholds
from include.quality.personal_data import CONTACT, looks_personal
from include.quality.rules import grain, never, stop, suite, warn

KEY = ("account", "service_job_id", "item_position")


def get_suite() -> ExpectationSuite:
    return suite(
        "marts.fct_job_items",
        key=KEY,
        rules=[
            *grain("item", KEY),
            stop("item_without_job", "An item belongs to a job in fct_service_jobs.",
                 never(KEY, "(account, service_job_id) not in (select (account, service_job_id) from marts.fct_service_jobs)")),
            warn("item_personal_data", "No text of an item looks like an e-mail address or a phone number.",
                 never(KEY, looks_personal(CONTACT, "title", "brand_name"))),
            warn("item_status_unknown", "An item's status is one of those in Amazon's model.",
                 gxe.ExpectColumnValuesToBeInSet(column="item_status", value_set=thresholds.ITEM_STATUSES)),
            warn("item_promise_backwards", "A delivery promise ends after it starts.",
                 gxe.ExpectColumnPairValuesAToBeGreaterThanB(
                     column_A="promise_end_at", column_B="promise_start_at", or_equal=True)),
        ],
    )  # fmt: skip
