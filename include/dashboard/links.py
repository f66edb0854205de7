"""Links from a job to its page in Seller Central, whose address the setting `SERVICES_JOB_URL` describes."""

import logging
import os
import string
from urllib.parse import quote

log = logging.getLogger(__name__)

# what the address may name: columns of the morning list
FIELDS = ("service_job_id", "service_order_id", "marketplace_id", "store_id")


class BadJobUrl(ValueError):
    """The setting SERVICES_JOB_URL is not an address of a job."""


def pattern() -> str:
    """Return the address with the names of `FIELDS` in braces; empty for no links.

    Raises:
        BadJobUrl: It is not a web address, or names something else.
    """
    given = os.environ.get("SERVICES_JOB_URL", "").strip()
    if not given:
        return ""
    try:
        named = {name for _, name, spec, conversion in string.Formatter().parse(given) if name is not None}
    except ValueError as error:
        raise BadJobUrl(f"SERVICES_JOB_URL has an unmatched brace: {error}.") from error
    if not given.startswith(("https://", "http://")) or not named or not named <= set(FIELDS):
        names = ", ".join(f"{{{name}}}" for name in FIELDS)
        raise BadJobUrl(f"SERVICES_JOB_URL should begin with https:// and name the job by {names}, but is {given!r}.")
    return given


def usable_pattern() -> str:
    """Return the address as `pattern` does; empty, with a line in the log, if it is not one."""
    try:
        return pattern()
    except BadJobUrl as error:
        log.error("Jobs have no links. %s", error)
        return ""


def job_url(job: dict, pattern: str) -> str | None:
    """Return the address of a job; None without a pattern, or if the job lacks an id that the pattern names."""
    named = {name: job.get(name) for _, name, _, _ in string.Formatter().parse(pattern) if name is not None}
    if not pattern or not all(named.values()):
        return None
    return pattern.format(**{name: quote(str(value), safe="") for name, value in named.items()})
