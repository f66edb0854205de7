"""Writes the demonstration's stores file, so that names are seen instead of ids."""

from include.demo import belongings
from include.demo.control import control
from include.warehouse import paths, stores

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
    rows: list[dict[str, str | None]] = []
    for store in control(api_url, "GET", "health")["stores"]:
        name, region, manager = STORES.get(store["city"], (store["city"], "", ""))
        ids = {column: store[column] for column in stores.KEY}
        rows.append(ids | {"store_name": name, "region": region, "manager": manager})
    stores.write(file, rows)
    belongings.claim_stores_file()
