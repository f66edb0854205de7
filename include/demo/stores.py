"""Writes the demonstration's stores file, so that names are seen instead of ids."""

import csv
import io

from include.demo import belongings
from include.demo.control import control
from include.warehouse import disk, paths
from include.warehouse.stores import COLUMNS

# by city: name, region and manager
STORES = {
    "Los Angeles": ("Los Angeles Arts District", "West", "Grace Okafor"),
    "New York": ("New York Chelsea", "East", "Daniel Reyes"),
    "Chicago": ("Chicago West Loop", "Central", "Hannah Lindqvist"),
    "Denver": ("Denver Union Station", "West", "Marcus Webb"),
    "Toronto": ("Toronto Queen Street", "Canada", "Priya Nair"),
    "Vancouver": ("Vancouver Gastown", "Canada", "Oliver Tremblay"),
}


def write(api_url: str) -> None:
    """Write the file for the stores of the local API, unless there is one."""
    file = paths.stores_file()
    if file.exists():
        return
    text = io.StringIO()
    lines = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    lines.writeheader()
    for store in control(api_url, "GET", "health")["stores"]:
        name, region, manager = STORES.get(store["city"], (store["city"], "", ""))
        ids = {column: store[column] for column in ("marketplace_id", "store_id")}
        lines.writerow(ids | {"store_name": name, "region": region, "manager": manager})
    disk.write_text(file, text.getvalue())
    belongings.claim_stores_file()
