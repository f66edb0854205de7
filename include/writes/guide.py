"""Rules of Amazon's use case guide: reason codes by marketplace and service type, the shortest slot by country.

They are read from the dbt seeds that `dim_reason_code` and `dim_marketplace` are built from.
"""

import csv
import re
from datetime import timedelta
from functools import cache

from include.services_api.parameters import refuse
from include.warehouse import paths

RESCHEDULE, CANCEL = "reschedule", "cancel"
SERVICE_TYPES = ("default", "heavy_bulk", "recurring")
# service types of jobs, without case and separators, that have a column of their own; the guide writes `heavybulky`
OWN_COLUMNS = {"heavybulky": "heavy_bulk", "heavybulk": "heavy_bulk", "recurring": "recurring"}
SHORTEST_SLOT = {"UK": timedelta(minutes=30), "DE": timedelta(minutes=30)}
SHORTEST_SLOT_ELSEWHERE = timedelta(minutes=5)


def country(marketplace_id: str | None) -> str | None:
    """Return the country code of a marketplace as the guide writes it (UK); None for an unknown marketplace."""
    return {row["marketplace_id"]: row["country_code"] for row in _seed("marketplaces")}.get(marketplace_id or "")


def time_zone(marketplace_id: str) -> str | None:
    """Return the time zone of a marketplace; None for an unknown marketplace."""
    return {row["marketplace_id"]: row["time_zone"] for row in _seed("marketplaces")}.get(marketplace_id)


def shortest_slot(marketplace_id: str) -> timedelta:
    """Return the shortest length of a slot in a marketplace."""
    return SHORTEST_SLOT.get(country(marketplace_id) or "", SHORTEST_SLOT_ELSEWHERE)


def check_reason_code(kind: str, code: str, marketplace_ids: tuple[str, ...], service_type: str | None = None) -> None:
    """Check that a reason code is allowed in one of these marketplaces.

    Without a service type, a code that is valid for any type is accepted. In a marketplace that the guide does not list, every
    code is accepted.

    Args:
        kind: `RESCHEDULE` or `CANCEL`.
        code: The reason code.
        marketplace_ids: Amazon's ids of marketplaces.
        service_type: One of `SERVICE_TYPES`, or None.

    Raises:
        InvalidParameter: The code is not allowed; the message lists those that are.
    """
    if service_type is not None and service_type not in SERVICE_TYPES:
        raise refuse("service_type", f"one of {', '.join(SERVICE_TYPES)}", service_type)
    # for cancellations the guide has no column of recurring services, and refers to the default one
    service_type = "default" if (kind, service_type) == (CANCEL, "recurring") else service_type
    listed = {row["country_code"] for row in _seed("reason_codes") if row["kind"] == kind and row["country_code"]}
    countries = {country(marketplace_id) or "" for marketplace_id in marketplace_ids}
    if not countries or not countries <= listed:
        return
    allowed = {
        row["code"]: row["description"]
        for row in _seed("reason_codes")
        if row["kind"] == kind and row["country_code"] in countries and service_type in (None, row["service_type"])
    }
    if code not in allowed:
        where = f"{' or '.join(sorted(countries))}, {service_type or 'any'} service"
        codes = "; ".join(f"{name} ({description.rstrip('.')})" for name, description in allowed.items()) or "no code at all"
        raise refuse(f"{kind} reason code", f"one that Amazon allows in {where}: {codes}", code)


def service_type_of(job: dict) -> str | None:
    """Return the column of the guide that applies to a job's `serviceType`; None if the job does not show its type.

    The guide names the field, the model does not: it can be at the job or in its scope of work.
    """
    scope = job.get("scopeOfWork")
    shown = job.get("serviceType") or (scope.get("serviceType") if isinstance(scope, dict) else None)
    if not shown:
        return None
    return OWN_COLUMNS.get(re.sub("[^a-z]", "", str(shown).lower()), "default")


@cache
def _seed(name: str) -> tuple[dict[str, str], ...]:
    with (paths.dbt_project_dir() / "seeds" / f"{name}.csv").open(newline="") as file:
        return tuple(csv.DictReader(file))
