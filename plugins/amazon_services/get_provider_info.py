"""The provider metadata for Airflow's entry point `apache_airflow_provider`: connection type, form, operators and sensors.

The fields of the form are the keys of the connection's extra. The module imports nothing, because Airflow loads it at every
start.
"""

INTEGRATION = "Amazon Services"

TEXT = {"type": ["string", "null"]}
# one value per line
LIST = {"type": ["array", "null"], "items": {"type": "string"}}

FIELDS = {
    "refresh_token": {
        "label": "Refresh token",
        "description": "From the seller's authorization of the application; starts with Atzr|",
        "schema": {"type": ["string", "null"], "format": "password"},
    },
    "region": {
        "label": "Region",
        "description": "na: North and South America; eu: Europe, Middle East, India; fe: Far East, Australia",
        "schema": {"type": ["string", "null"], "enum": ["na", "eu", "fe"], "default": "na"},
    },
    "marketplace_ids": {
        "label": "Marketplace ids",
        "description": "One per line, such as ATVPDKIKX0DER (United States)",
        "schema": LIST,
    },
    "sandbox": {
        "label": "Amazon's sandbox",
        "description": "Amazon's own sandbox hosts, which respond with static examples",
        "schema": {"type": ["boolean", "null"], "default": False},
    },
    "endpoint": {"label": "Endpoint", "description": "Instead of the region's host", "schema": TEXT},
    "token_url": {"label": "Token URL", "description": "Instead of https://api.amazon.com/auth/o2/token", "schema": TEXT},
    "store_ids": {"label": "Store ids", "description": "One per line, added to those in the data", "schema": LIST},
    "asins": {"label": "ASINs", "description": "One per line, added to those in the data", "schema": LIST},
    "resource_ids": {"label": "Resource ids", "description": "One per line, added to those in the data", "schema": LIST},
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
        "operators": [{"integration-name": INTEGRATION, "python-modules": ["amazon_services.operators"]}],
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
