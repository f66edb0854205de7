"""What time it is, for tasks that delete by it and call no API otherwise."""

import logging
from datetime import UTC, datetime

from amazon_services.hooks import AmazonServicesHook
from include.extract.settings import connections
from include.services_api.errors import ClockWrong

log = logging.getLogger(__name__)


def checked_now() -> datetime:
    """The time by the clock of the first account's API that can be asked; the machine's, with a warning, where none can.

    What is deleted by a clock that is ahead is gone, and by one that is behind it stays: neither happens without a word.

    Raises:
        ClockWrong: the machine's clock is too far from the API's; nothing should be deleted by it.
    """
    for account in connections():
        try:
            with AmazonServicesHook(account).get_client("backfill") as client:
                now = client.checked_time()
                if client.clock.is_known:
                    return now
        except ClockWrong:
            raise
        except Exception as error:  # a connection that is missing or cannot work is the extraction's to tell
            log.warning("%s cannot be asked for the time (%s)", account, type(error).__name__)
    log.warning("No API could be asked for the time; terms are counted by this machine's clock, unchecked.")
    return datetime.now(UTC)
