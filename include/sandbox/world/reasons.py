"""Reason codes of reschedules and cancellations, as the seed of the dbt project lists them, and where they are valid.

A row is a valid combination of code, country and type of service; a code that is valid nowhere has one row without these two.
"""

from include.sandbox.world.marketplaces import seed

RESCHEDULE, CANCEL = "reschedule", "cancel"
# the guide lists few countries, and elsewhere the seller gives the codes of this one
WHERE_NONE_IS_LISTED = "US"

REASON_CODES = [{column: value or None for column, value in row.items()} for row in seed("reason_codes")]
_LISTED: dict[tuple[str | None, ...], tuple[str, ...]] = {}
for _row in REASON_CODES:
    _place = _row["kind"], _row["country_code"], _row["service_type"]
    _LISTED[_place] = (*_LISTED.get(_place, ()), str(_row["code"]))


def codes(kind: str, country_code: str, service_type: str) -> tuple[str, ...]:
    """Return the codes of a country and type of service; for cancellations, recurring services count as default ones."""
    if (kind, service_type) == (CANCEL, "recurring"):
        service_type = "default"
    return _LISTED.get((kind, country_code, service_type), ())


def codes_of_seller(kind: str, country_code: str, service_type: str) -> tuple[str, ...]:
    """Return the codes that this seller gives: those of the country, or of `WHERE_NONE_IS_LISTED`."""
    return codes(kind, country_code, service_type) or codes(kind, WHERE_NONE_IS_LISTED, service_type)
