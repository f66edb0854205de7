"""What Amazon's guide allows where: reason codes by marketplace and service type, the shortest slot by country.

The tables are the dbt project's seeds, the same that `dim_reason_code` and `dim_marketplace` show.
"""

import csv
from datetime import timedelta
from functools import cache

from include.services_api.parameters import refuse
from include.warehouse import paths

RESCHEDULE, CANCEL = "reschedule", "cancel"
SERVICE_TYPES = ("default", "heavy_bulk", "recurring")
# as the guide says Amazon names it in a job
HEAVY_BULK_NAMES = ("heavybulky", "heavy_bulk", "heavybulk", "heavy_bulky")
SHORTEST_SLOT = {"UK": timedelta(minutes=30), "DE": timedelta(minutes=30)}
SHORTEST_SLOT_ELSEWHERE = timedelta(minutes=5)


def country(marketplace_id: str | None) -> str | None:
    """The country of a marketplace, as the guide names it (UK); None for one that nobody knows."""
    return {row["marketplace_id"]: row["country_code"] for row in _seed("marketplaces")}.get(marketplace_id or "")


def shortest_slot(marketplace_id: str) -> timedelta:
    return SHORTEST_SLOT.get(country(marketplace_id) or "", SHORTEST_SLOT_ELSEWHERE)


def check_reason_code(kind: str, code: str, marketplace_ids: tuple[str, ...], service_type: str | None = None) -> None:
    """Whether a code may be given in one of these marketplaces. Without a service type, valid for any of them is good.

    Of a marketplace that the guide does not name, nothing is known, and nothing is refused.

    :raises InvalidParameter: names the codes that are allowed.
    """
    if service_type is not None and service_type not in SERVICE_TYPES:
        raise refuse("service_type", f"one of {', '.join(SERVICE_TYPES)}", service_type)
    # cancelling knows no recurring services: the guide sends them to the default column
    service_type = "default" if (kind, service_type) == (CANCEL, "recurring") else service_type
    listed = {row["country_code"] for row in _seed("reason_codes") if row["kind"] == kind and row["country_code"]}
    countries = {country(one) for one in marketplace_ids}
    if not countries or not countries <= listed:
        return
    allowed = {
        row["code"]: row["description"]
        for row in _seed("reason_codes")
        if row["kind"] == kind and row["country_code"] in countries and service_type in (None, row["service_type"])
    }
    if code not in allowed:
        where = f"{' or '.join(sorted(countries))}, {service_type or 'any'} service"
        told = "; ".join(f"{each} ({description.rstrip('.')})" for each, description in allowed.items()) or "no code at all"
        raise refuse(f"{kind} reason code", f"one that Amazon allows in {where}: {told}", code)


def service_type_of(job: dict) -> str | None:
    """What a job says of its service type; None where it says nothing, or something that the guide does not know."""
    said = str(job.get("serviceType") or "").lower()
    if said in HEAVY_BULK_NAMES:
        return "heavy_bulk"
    return said if said in SERVICE_TYPES else None


@cache
def _seed(name: str) -> tuple[dict[str, str], ...]:
    with (paths.dbt_project_dir() / "seeds" / f"{name}.csv").open(newline="") as file:
        return tuple(csv.DictReader(file))
