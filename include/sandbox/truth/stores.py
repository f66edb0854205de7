"""dim_store: the stores in the payloads, with the names and time zones of the stores file and the zones of their states."""

import csv
import io
from collections import Counter
from unicodedata import combining, normalize

from include.sandbox.truth.frame import Place, Row
from include.sandbox.world.marketplaces import BY_ID, STATES, State


def dim_store(payloads: list[Row], stores_file: str, account: str) -> list[Row]:
    """Return every store in the payloads. `stores_file`: the content of the stores file, empty if there is none."""
    lines = {(line["marketplace_id"], line["store_id"]): line for line in csv.DictReader(io.StringIO(stores_file))}
    places = sorted({(job["marketplaceId"], job["storeId"]) for job in payloads})
    jobs: dict[Place, list[Row]] = {place: [] for place in places}
    for job in payloads:
        jobs[job["marketplaceId"], job["storeId"]].append(job)
    return [_row(account, place, lines.get(place, {}), jobs[place]) for place in places]


def zones_and_names(stores: list[Row]) -> tuple[dict[Place, str], dict[Place, str]]:
    """Return time zones and names by store, from rows of dim_store."""
    places = {(row["marketplace_id"], row["store_id"]): row for row in stores}
    return {key: row["time_zone"] for key, row in places.items()}, {key: row["store_name"] for key, row in places.items()}


def _row(account: str, place: Place, line: dict[str, str], jobs: list[Row]) -> Row:
    candidates = {
        "stores_file": line.get("time_zone"),
        "state": _zone_of_states(BY_ID[place[0]].country_code, jobs),
        "marketplace": BY_ID[place[0]].time_zone,
    }
    source = next(name for name, zone in candidates.items() if zone)
    return {
        "account": account,
        "marketplace_id": place[0],
        "store_id": place[1],
        "time_zone": candidates[source],
        "time_zone_source": source,
        "store_name": line.get("store_name") or place[1],
        "region": line.get("region") or None,
        "manager": line.get("manager") or None,
    }


def _zone_of_states(country_code: str, jobs: list[Row]) -> str | None:
    """Return the time zone of the state that most jobs name, the first by alphabet of several."""
    states: dict[str, State] = {}
    for state in STATES:
        if state.country_code == country_code:
            states |= {_plain(state.state_or_region): state, _plain(state.state_name): state}
    addresses = (job.get("serviceLocation", {}).get("address", {}) for job in jobs)
    names = (_plain(address.get("stateOrRegion") or "") for address in addresses)
    named = Counter(states[name] for name in names if name in states)
    best = min(named, key=lambda state: (-named[state], state.state_or_region), default=None)
    return best.time_zone if best else None


def _plain(name: str) -> str:
    return "".join(letter for letter in normalize("NFD", name.strip()) if not combining(letter)).lower()
