"""The dimensions: each has one row per key, and a row for everything that facts refer to."""

import great_expectations.expectations as gxe
from great_expectations import ExpectationSuite

from include.quality.personal_data import CONTACT, looks_personal
from include.quality.rules import grain, never, no_rows, stop, suite, warn

TECHNICIAN = ("account", "technician_id")
STORE = ("account", "marketplace_id", "store_id")
SERVICE = ("account", "marketplace_id", "asin")

TECHNICIANS_MISSING = """
    select distinct account, technician_id
    from (select account, unnest(performing_technician_ids) as technician_id from marts.fct_appointments)
    where (account, technician_id) not in (select (account, technician_id) from {batch})
"""
TIME_ZONE_DIFFERS = """
    select account, marketplace_id, store_id from {batch}
    where (account, marketplace_id, store_id, time_zone) not in (
        select (account, marketplace_id, store_id, time_zone) from marts.fct_appointments
    ) and (account, marketplace_id, store_id) in (select (account, marketplace_id, store_id) from marts.fct_appointments)
"""


def missing(key: tuple[str, ...], fact: str) -> str:
    """What a fact refers to and `{batch}`, the dimension, does not name."""
    columns = ", ".join(key)
    return f"""
        select distinct {columns} from {fact}
        where {key[-1]} is not null and ({columns}) not in (select ({columns}) from {{batch}})
    """


def get_suites() -> list[ExpectationSuite]:
    return [
        suite("marts.dim_technician", key=TECHNICIAN, rules=[
            *grain("dim_technician", TECHNICIAN),
            stop("dim_technician_personal_data", "No technician's name is an e-mail address or a phone number.",
                 never(TECHNICIAN, looks_personal(CONTACT, "technician_name"))),
            stop("dim_technician_missing", "A technician of an appointment is in dim_technician.", no_rows(TECHNICIANS_MISSING)),
        ]),
        suite("marts.dim_store", key=STORE, rules=[
            *grain("dim_store", STORE),
            stop("dim_store_missing", "The store of a job is in dim_store.", no_rows(missing(STORE, "marts.fct_service_jobs"))),
            stop("dim_store_time_zone_differs", "A store's time zone is that of its appointments.", no_rows(TIME_ZONE_DIFFERS)),
            stop("dim_store_time_zone_source_invalid", "A store's time zone comes from a known source, or is unknown.", never(
                STORE, "(time_zone is null) <> (time_zone_source is null) "
                "or time_zone_source not in ('stores_file', 'state', 'marketplace')")),
            warn("dim_store_time_zone_missing", "A store's time zone is known.",
                 gxe.ExpectColumnValuesToNotBeNull(column="time_zone")),
        ]),
        suite("marts.dim_service", key=SERVICE, rules=[
            *grain("dim_service", SERVICE),
            stop("dim_service_personal_data", "No title of a service looks like an e-mail address or a phone number.",
                 never(SERVICE, looks_personal(CONTACT, "service_title"))),
            stop("dim_service_missing", "The service of a job is in dim_service.",
                 no_rows(missing(SERVICE, "marts.fct_service_jobs"))),
        ]),
        suite("marts.dim_marketplace", key=("marketplace_id",), rules=[
            *grain("dim_marketplace", ("marketplace_id",)),
            warn("dim_marketplace_missing", "The marketplace of a job is in dim_marketplace.",
                 no_rows(missing(("marketplace_id",), "marts.fct_service_jobs"))),
        ]),
        suite("marts.dim_date", key=("date_day",), rules=[
            *grain("dim_date", ("date_day",)),
            warn("dim_date_missing", "The date of an appointment is in dim_date.",
                 no_rows("select distinct service_date as date_day from marts.fct_appointments "
                         "where service_date not in (select date_day from {batch})")),
        ]),
        suite("marts.dim_reason_code", key=("kind", "code", "country_code", "service_type"), rules=grain(
            "dim_reason_code", ("kind", "code", "country_code", "service_type"), nullable=["country_code", "service_type"],
        )),
    ]  # fmt: skip
