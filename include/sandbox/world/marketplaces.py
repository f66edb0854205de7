"""Amazon's marketplaces, and states with their time zones, as the seeds of the dbt project list them."""

import csv
from pathlib import Path
from typing import NamedTuple

DBT_PROJECT = Path(__file__).parents[3] / "dbt_project"


class Marketplace(NamedTuple):
    """A marketplace: a row of the seed."""

    marketplace_id: str
    country_code: str
    name: str
    region: str
    currency: str
    time_zone: str


class State(NamedTuple):
    """A state with its time zone: a row of the seed."""

    country_code: str
    state_or_region: str
    state_name: str
    time_zone: str


def seed(name: str) -> list[dict[str, str]]:
    """Return the rows of a seed of the dbt project."""
    with (DBT_PROJECT / "seeds" / f"{name}.csv").open(newline="") as rows:
        return list(csv.DictReader(rows))


MARKETPLACES = tuple(Marketplace(**row) for row in seed("marketplaces"))
STATES = tuple(State(**row) for row in seed("state_time_zones"))
BY_COUNTRY = {marketplace.country_code: marketplace for marketplace in MARKETPLACES}
BY_ID = {marketplace.marketplace_id: marketplace for marketplace in MARKETPLACES}
