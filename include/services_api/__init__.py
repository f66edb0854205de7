"""A client for Amazon's Selling Partner API for Services: 17 operations within their rate limits, independent of Airflow.

    account = Account("my_shop", client_id, client_secret, refresh_token, region="na", marketplace_ids=("ATVPDKIKX0DER",))
    with ServicesClient(account) as client:
        response = client.get_service_job("4f4d0f5e-...")

`reads` and `writes` check the parameters. `transport` takes a token from the `budget`, sends the request, signed by `auth`, and
retries it according to `retries`. `responses` turns the result into a `Response` or raises one of `errors`.
"""

from include.services_api import errors
from include.services_api.account import Account
from include.services_api.client import ServicesClient
from include.services_api.responses import Response
from include.services_api.retries import RetryConfig
from include.services_api.usage import Observation, Usage
from include.services_api.writes import Availability, FulfillmentDocument, Recurrence

__all__ = [
    "Account",
    "Availability",
    "FulfillmentDocument",
    "Observation",
    "Recurrence",
    "Response",
    "RetryConfig",
    "ServicesClient",
    "Usage",
    "errors",
]
