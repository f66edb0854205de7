"""The reason codes that this seller gives when it reschedules appointments or cancels jobs: those that the guide allows."""

import csv
from functools import cache

from include.sandbox.world.marketplaces import DBT_PROJECT

RESCHEDULE, CANCEL = "reschedule", "cancel"
# the guide lists few countries, and elsewhere every code is accepted
WHERE_NONE_IS_LISTED = "US"


@cache
def codes(kind: str, country_code: str, service_type: str) -> tuple[str, ...]:
    """Return the codes of a country and type of service; for cancellations, recurring services count as default ones."""
    if (kind, service_type) == (CANCEL, "recurring"):
        service_type = "default"
    listed = _listed()
    return listed.get((kind, country_code, service_type)) or listed[kind, WHERE_NONE_IS_LISTED, service_type]


@cache
def _listed() -> dict[tuple[str, str, str], tuple[str, ...]]:
    listed: dict[tuple[str, str, str], tuple[str, ...]] = {}
    with (DBT_PROJECT / "seeds" / "reason_codes.csv").open(newline="") as rows:
        for row in csv.DictReader(rows):
            place = (row["kind"], row["country_code"], row["service_type"])
            listed[place] = (*listed.get(place, ()), row["code"])
    return listed
