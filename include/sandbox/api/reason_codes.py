"""Reason codes of reschedules and cancellations, as the seed of the dbt project lists them, and where they are valid.

A row is a valid combination of code, country and type of service; a code that is valid nowhere has one row without these two.
"""

import csv

from include.sandbox.world.marketplaces import DBT_PROJECT

with (DBT_PROJECT / "seeds" / "reason_codes.csv").open(newline="") as rows:
    REASON_CODES = [{column: value or None for column, value in row.items()} for row in csv.DictReader(rows)]
VALID = frozenset((row["kind"], row["code"], row["country_code"], row["service_type"]) for row in REASON_CODES)


def is_valid(kind: str, code: str, country: str, service_type: str) -> bool:
    """Return whether a code is valid; for cancellations, recurring services count as default ones."""
    if kind == "cancel" and service_type == "recurring":
        service_type = "default"
    return (kind, code, country, service_type) in VALID
