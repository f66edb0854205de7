"""The provider metadata for Airflow's entry point `apache_airflow_provider`: connection type, form, operators and sensors.

The fields of the form are the keys of the connection's extra. The module imports nothing, because Airflow loads it at every
start.
"""

INTEGRATION = "Amazon Services"

TEXT = {"type": ["string", "null"]}
# one value per line
LIST = {"type": ["array", "null"], "items": {"type": "string"}}
PASSWORD = TEXT | {"format": "password"}
REGION = TEXT | {"enum": ["na", "eu", "fe"], "default": "na"}
SWITCH = {"type": ["boolean", "null"], "default": False}


def _field(label: str, description: str, schema: dict) -> dict:
    return {"label": label, "description": description, "schema": schema}


FIELDS = {
    "refresh_token": _field("Refresh token", "From the seller's authorization of the application; starts with Atzr|", PASSWORD),
    "region": _field("Region", "na: North and South America; eu: Europe, Middle East, India; fe: Far East, Australia", REGION),
    "marketplace_ids": _field("Marketplace ids", "One per line, such as ATVPDKIKX0DER (United States)", LIST),
    "sandbox": _field("Amazon's sandbox", "Amazon's own sandbox hosts, which respond with static examples", SWITCH),
    "endpoint": _field("Endpoint", "Instead of the region's host", TEXT),
    "token_url": _field("Token URL", "Instead of https://api.amazon.com/auth/o2/token", TEXT),
    "store_ids": _field("Store ids", "One per line, added to those in the data", LIST),
    "asins": _field("ASINs", "One per line, added to those in the data", LIST),
    "resource_ids": _field("Resource ids", "One per line, added to those in the data", LIST),
}


def get_provider_info() -> dict:
    """The provider metadata."""
    return {
        "package-name": "services-warehouse",
        "name": "Amazon Services",
        "description": "Amazon's Selling Partner API for Services",
        "integrations": [
            {"integration-name": INTEGRATION, "external-doc-url": "https://developer-docs.amazon.com/sp-api/docs/services-api"}
        ],
        "operators": [
            {
                "integration-name": INTEGRATION,
                "python-modules": [f"amazon_services.operators.{name}" for name in ("appointments", "capacity", "fulfillment")],
            }
        ],
        "sensors": [{"integration-name": INTEGRATION, "python-modules": ["amazon_services.sensors"]}],
        "triggers": [{"integration-name": INTEGRATION, "python-modules": ["amazon_services.triggers"]}],
        "connection-types": [
            {
                "connection-type": "amazon_services",
                "hook-class-name": "amazon_services.hooks.AmazonServicesHook",
                "hook-name": "Amazon Services",
                "conn-fields": FIELDS,
                "ui-field-behaviour": {
                    # The port is visible: the Test button of Airflow 3.3.2 requires one (apache/airflow#73298).
                    "hidden-fields": ["host", "schema"],
                    "relabeling": {"login": "LWA client id", "password": "LWA client secret"},
                    "placeholders": {
                        "login": "amzn1.application-oa2-client...",
                        "password": "amzn1.oa2-cs.v1...",
                        "port": "443 (not used, but the Test button requires one)",
                    },
                },
            }
        ],
    }
