"""Amazon's marketplaces, as the seed of the dbt project lists them: identifier, country, name, region, currency and time zone."""

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


with (DBT_PROJECT / "seeds" / "marketplaces.csv").open(newline="") as rows:
    MARKETPLACES = tuple(Marketplace(**row) for row in csv.DictReader(rows))
BY_COUNTRY = {marketplace.country_code: marketplace for marketplace in MARKETPLACES}
BY_ID = {marketplace.marketplace_id: marketplace for marketplace in MARKETPLACES}
