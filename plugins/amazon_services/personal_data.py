"""The encryption key of personal data, and the buyer whose data a run is to remove."""

import os

CONNECTION = "services_personal_data"


def provide_key() -> None:
    """Set `SERVICES_PERSONAL_DATA_KEY` from the password of the connection `CONNECTION`, if it is needed and not set."""
    from airflow.sdk import BaseHook

    from include.warehouse import restricted

    if restricted.is_kept() and not os.environ.get("SERVICES_PERSONAL_DATA_KEY"):
        os.environ["SERVICES_PERSONAL_DATA_KEY"] = BaseHook.get_connection(CONNECTION).password or ""


def buyer_to_forget(params: dict) -> str | None:
    """The key of the buyer whose data a run is to remove; None if no buyer is given.

    Args:
        params: Parameters of the run, with `buyer_key` or `buyer_id`.

    Raises:
        BadParameter: Both are given, or one is invalid. The message does not contain them.
    """
    from include.extract.privacy import buyer_keys
    from include.warehouse.inputs import run_parameters
    from include.warehouse.retention import forgetting

    key, buyer_id = (run_parameters.text(params, name) for name in ("buyer_key", "buyer_id"))
    if key and buyer_id:
        raise run_parameters.BadParameter("Both buyer_key and buyer_id are given: give one of them. Nothing was removed.")
    if key:
        return forgetting.checked_key(key)
    return buyer_keys().key(buyer_id) if buyer_id else None
