"""The hook: creates a client of the Services API from an Airflow connection."""

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
    """Hook for Amazon's Selling Partner API for Services. One connection is one account.

    Args:
        amazon_services_conn_id: Connection of type "Amazon Services". Login and password are the LWA client id and secret of the
            application; the extra has `refresh_token`, `region`, `marketplace_ids`, and the other fields of the connection form.

    Examples:
        with AmazonServicesHook("my_shop").get_client() as client:
            job = client.get_service_job(service_job_id).payload
    """

    conn_name_attr = "amazon_services_conn_id"
    default_conn_name = "amazon_services_default"
    conn_type = "amazon_services"
    hook_name = "Amazon Services"

    def __init__(self, amazon_services_conn_id: str = default_conn_name):
        super().__init__()
        self.amazon_services_conn_id = amazon_services_conn_id

    def get_account(self) -> Account:
        """Read the account from the connection.

        Raises:
            InvalidAccount: A field is missing or invalid. The message names the connection and the field.
        """
        account = _account(self.amazon_services_conn_id, self.get_connection(self.amazon_services_conn_id))
        if isinstance(account, InvalidAccount):
            raise account
        return account

    def get_client(self, priority: str = "scheduled", max_share: float = 1.0) -> ServicesClient:
        """A client that reports its requests as Airflow metrics; the arguments are those of `ServicesClient`."""
        return ServicesClient(self.get_account(), priority, max_share=max_share, observe=metrics.observe)

    get_conn = get_client

    def test_connection(self) -> tuple[bool, str]:
        """Test the connection, for the Test button of the form: request a token, then list one job."""
        try:
            account = self.get_account()
            if not account.marketplace_ids:
                raise InvalidAccount("the field marketplace_ids of its extra is missing.", account=account.name)
            with ServicesClient(account) as client:
                response = client.get_service_jobs(
                    account.marketplace_ids[0], created_after=datetime.now(UTC) - timedelta(days=1), page_size=1
                )
        except (ServicesApiError, AirflowException) as error:
            return False, str(error)
        except Exception as error:
            # the text of other errors may contain a field of the connection
            return False, f"Connection {self.amazon_services_conn_id} could not be tested ({type(error).__name__})."
        total = response.payload.get("totalResultSize", 0)
        count = total if isinstance(total, int) else "unknown"
        return True, f"Connected. Jobs created in {account.marketplace_ids[0]} since yesterday: {count}."


def _account(name: str, connection: Connection) -> Account | InvalidAccount:
    """The account, or the error. It is not raised here: a traceback with local variables would show the connection's fields."""
    extra = _extra(connection)
    if extra is None:
        return InvalidAccount("the field extra should be a JSON object.", account=name)
    try:
        return Account(
            name=name,
            client_id=connection.login or "",
            client_secret=connection.password or "",
            refresh_token=extra.get("refresh_token", ""),
            region=extra.get("region", "na"),
            endpoint=extra.get("endpoint"),
            token_url=extra.get("token_url"),
            sandbox=_flag(extra.get("sandbox", False)),
            **{field: _split(extra.get(field, ())) for field in LISTS},
        )
    except InvalidAccount as error:
        return error.with_traceback(None)


def _extra(connection: Connection) -> dict | None:
    """The fields of the extra that have a value; None if the extra is not a JSON object."""
    try:
        extra = json.loads(connection.extra or "{}")
    except (ValueError, TypeError, RecursionError):
        return None
    if not isinstance(extra, dict):
        return None
    # Airflow masks the values of `extra_dejson` in all logs; it fails for unpaired surrogates, which `Account` rejects
    with suppress(ValueError):
        connection.extra_dejson  # noqa: B018
    return {field: value for field, value in extra.items() if value is not None and value != ""}


def _split(value):
    """A list; a text, as from an environment variable or a form, is split at commas and white space."""
    return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value


def _flag(value):
    """True or false; also from a text, as in the URI form of a connection."""
    return {"true": True, "false": False}.get(value.strip().lower(), value) if isinstance(value, str) else value
