"""The checked time, for tasks that delete data by age and do not call the API otherwise."""

import logging
from datetime import UTC, datetime

from amazon_services.hooks import AmazonServicesHook
from include.extract.settings import connections
from include.services_api.errors import ClockWrong

log = logging.getLogger(__name__)


def checked_now() -> datetime:
    """The API's time, of the first account whose API responds; the machine's time, with a warning, if none does.

    With a clock that is ahead, data would be deleted too early; with one that is behind, too late.

    Raises:
        ClockWrong: The machine's clock deviates too much from the API's to delete data by it.
    """
    for account in connections():
        try:
            with AmazonServicesHook(account).get_client("backfill") as client:
                now = client.checked_time()
                if client.clock.is_known:
                    return now
        except ClockWrong:
            raise
        except Exception as error:  # the extraction reports connections that are missing or invalid
            log.warning("The API's time is not available through %s (%s)", account, type(error).__name__)
    log.warning("No API's time is available; retention uses this machine's clock without a check.")
    return datetime.now(UTC)
