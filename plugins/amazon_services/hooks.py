"""From an Airflow connection to a client of the Services API."""

from datetime import UTC, datetime, timedelta

from airflow.sdk import BaseHook

from amazon_services import metrics
from include.services_api import Account, ServicesClient
from include.services_api.account import LISTS
from include.services_api.errors import InvalidAccount


class AmazonServicesHook(BaseHook):
    """Amazon's Selling Partner API for Services, with the credentials of one connection, which is one account.

    .. code-block:: python

        with AmazonServicesHook("my_shop").get_client() as client:
            job = client.get_service_job(service_job_id).payload

    :param amazon_services_conn_id: connection of type "Amazon Services". Login and password are the application's LWA client id
        and secret; its extra holds `refresh_token`, `region`, `marketplace_ids`, and what else the connection form offers.
    """

    conn_name_attr = "amazon_services_conn_id"
    default_conn_name = "amazon_services_default"
    conn_type = "amazon_services"
    hook_name = "Amazon Services"

    def __init__(self, amazon_services_conn_id: str = default_conn_name):
        super().__init__()
        self.amazon_services_conn_id = amazon_services_conn_id

    def get_account(self) -> Account:
        """:raises InvalidAccount: names the connection and the field that is missing or wrong."""
        connection = self.get_connection(self.amazon_services_conn_id)
        extra = {name: value for name, value in connection.extra_dejson.items() if value not in (None, "")}
        return Account(
            name=self.amazon_services_conn_id,
            client_id=connection.login or "",
            client_secret=connection.password or "",
            refresh_token=extra.get("refresh_token", ""),
            region=extra.get("region", "na"),
            endpoint=extra.get("endpoint"),
            token_url=extra.get("token_url"),
            sandbox=_flag(extra.get("sandbox", False)),
            **{name: _listed(extra.get(name, ())) for name in LISTS},
        )

    def get_client(self, priority: str = "scheduled", max_share: float = 1.0) -> ServicesClient:
        """A client that counts what it does in Airflow's metrics; `priority` and `max_share` are those of `ServicesClient`."""
        return ServicesClient(self.get_account(), priority, max_share=max_share, observe=metrics.observe)

    get_conn = get_client

    def test_connection(self) -> tuple[bool, str]:
        """What the form's Test button runs: a real token, then one page of one job."""
        try:
            account = self.get_account()
            if not account.marketplace_ids:
                raise InvalidAccount("the field marketplace_ids of its extra is missing.", account=account.name)
            with ServicesClient(account) as client:
                found = client.get_service_jobs(
                    account.marketplace_ids[0], created_after=datetime.now(UTC) - timedelta(days=1), page_size=1
                )
        except Exception as error:
            return False, str(error)
        total = found.payload.get("totalResultSize", 0)
        return True, f"Connected. Jobs created in {account.marketplace_ids[0]} since yesterday: {total}."


def _listed(value: object) -> object:
    """A list also from the text that an environment variable or a form may hold: separated by commas, spaces or lines."""
    return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value


def _flag(value: object) -> object:
    """True or false also from its text, as it stands in the URI form of a connection."""
    return {"true": True, "false": False}.get(value.strip().lower(), value) if isinstance(value, str) else value
