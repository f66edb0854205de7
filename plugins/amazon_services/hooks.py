"""From an Airflow connection to a client of the Services API."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from airflow.sdk import BaseHook, Connection
from airflow.sdk.exceptions import AirflowException

from amazon_services import metrics
from include.services_api import Account, ServicesClient
from include.services_api.account import LISTS
from include.services_api.errors import InvalidAccount, ServicesApiError


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
        account = _account(self.amazon_services_conn_id, self.get_connection(self.amazon_services_conn_id))
        if isinstance(account, InvalidAccount):
            raise account
        return account

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
        except (ServicesApiError, AirflowException) as error:
            return False, str(error)
        except Exception as error:
            # its text is not for whoever fills in a form, and may quote a field
            return False, f"Connection {self.amazon_services_conn_id} could not be tested ({type(error).__name__})."
        total = found.payload.get("totalResultSize", 0)
        shown = total if isinstance(total, int) else "a number that cannot be read"
        return True, f"Connected. Jobs created in {account.marketplace_ids[0]} since yesterday: {shown}."


def _account(name: str, connection: Connection) -> Account | InvalidAccount:
    """The account, or why there is none: returned, because a traceback with locals would show what the connection holds."""
    fields = _fields(connection)
    if fields is None:
        return InvalidAccount("the field extra should be a JSON object, and is none.", account=name)
    try:
        return Account(name=name, **fields)
    except InvalidAccount as error:
        return error.with_traceback(None)


def _fields(connection: Connection) -> dict[str, object] | None:
    """The fields of an account as the connection has them; None where its extra is no JSON object."""
    try:
        extra = json.loads(connection.extra or "{}")
    except (ValueError, TypeError, RecursionError):
        return None
    if not isinstance(extra, dict):
        return None
    # Airflow masks in all logs what it has read itself; half a surrogate pair cannot be masked, and is refused below
    with suppress(ValueError):
        connection.extra_dejson  # noqa: B018
    extra = {name: value for name, value in extra.items() if value is not None and value != ""}
    return {
        "client_id": connection.login,
        "client_secret": connection.password,
        "refresh_token": extra.get("refresh_token"),
        "region": extra.get("region", "na"),
        "endpoint": extra.get("endpoint"),
        "token_url": extra.get("token_url"),
        "sandbox": _flag(extra.get("sandbox", False)),
        **{name: _listed(extra.get(name, ())) for name in LISTS},
    }


def _listed(value: object) -> object:
    """A list also from the text that an environment variable or a form may hold: separated by commas, spaces or lines."""
    return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value


def _flag(value: object) -> object:
    """True or false also from its text, as it stands in the URI form of a connection."""
    return {"true": True, "false": False}.get(value.strip().lower(), value) if isinstance(value, str) else value
