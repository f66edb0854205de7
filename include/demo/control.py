"""Calls of the local API's control interface, see `include.sandbox.control`."""

from typing import Any

import requests


def control(api_url: str, method: str, name: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """Send a request, and return the answer."""
    with requests.Session() as session:
        # requests stay on loopback: a proxy in the environment is ignored
        session.trust_env = False
        answer = session.request(method, f"{api_url}/_sandbox/{name}", json=body, timeout=60)
    answer.raise_for_status()
    return answer.json()
