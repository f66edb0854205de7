"""A local Services API as its own process, for the length of a test."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import requests

from include.services_api import Account

MARKETPLACES = ("ATVPDKIKX0DER", "A2EUQ1WTGCTBG2")


class LocalApi:
    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False

    def get(self, name: str, **query: object) -> dict:
        answer = self.session.get(f"{self.url}/_sandbox/{name}", params=query, timeout=120)
        answer.raise_for_status()
        return answer.json()

    def post(self, name: str, body: object) -> None:
        self.session.post(f"{self.url}/_sandbox/{name}", json=body, timeout=60).raise_for_status()

    def put(self, name: str, body: object) -> None:
        self.session.put(f"{self.url}/_sandbox/{name}", json=body, timeout=60).raise_for_status()

    def truth(self, **query: object) -> dict[str, list[dict]]:
        return self.get("truth", **query)

    def account(self, name: str = "amazon_services_default", marketplace_ids: tuple[str, ...] = ("ATVPDKIKX0DER",)) -> Account:
        return Account(
            name=name, client_id="client", client_secret="secret", refresh_token="Atzr|token", marketplace_ids=marketplace_ids,
            endpoint=self.url, token_url=f"{self.url}/auth/o2/token",
        )  # fmt: skip


@contextmanager
def local_api(*options: str) -> Iterator[LocalApi]:
    """Start `python -m include.sandbox` on a free port, and stop it at the end."""
    command = [sys.executable, "-m", "include.sandbox", "--port", "0", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=dict(os.environ))
    try:
        lines = []
        for line in process.stdout:
            lines.append(line)
            if line.startswith("listening on "):
                break
        else:
            raise AssertionError(f"the local API did not start: {''.join(lines)}")
        yield LocalApi(line.removeprefix("listening on ").strip())
    finally:
        process.terminate()
        process.communicate(timeout=20)
