"""The local API as a process of its own, and the levers beside it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import requests

from include.services_api import Account
from include.warehouse.paths import PROJECT_DIR

MARKETPLACES = ("ATVPDKIKX0DER", "A2EUQ1WTGCTBG2")


@dataclass(frozen=True)
class LocalApi:
    url: str

    def account(
        self,
        name: str = "amazon_services_default",
        refresh_token: str = "Atzr|local",
        marketplace_ids: tuple[str, ...] = MARKETPLACES[:1],
    ) -> Account:
        return Account(
            name, "client-id", "client-secret", refresh_token, marketplace_ids=marketplace_ids,
            endpoint=self.url, token_url=f"{self.url}/auth/o2/token",
        )  # fmt: skip

    def control(self, method: str, name: str, json: object = None, **query: object) -> dict:
        """Pull a lever: `include.sandbox.control` tells which there are."""
        answer = requests.request(method, f"{self.url}/_sandbox/{name}", json=json, params=query, timeout=120)
        answer.raise_for_status()
        return answer.json()

    def fault(self, operation: str, kind: str, **options) -> None:
        self.control("POST", "faults", [{"operation": operation, "kind": kind, **options}])

    def log(self, **wanted: str) -> list[dict]:
        return self.control("GET", "log", **wanted)["requests"]

    def truth(self, **query: object) -> dict[str, list[dict]]:
        """The tables that a warehouse of the account should hold."""
        return self.control("GET", "truth", **{"account": "amazon_services_default"} | query)

    def reset(self) -> None:
        self.control("DELETE", "faults")
        self.control("DELETE", "log")


@contextmanager
def local_api(*options: str) -> Iterator[LocalApi]:
    """Start `python -m include.sandbox` on a free port, and stop it at the end."""
    command = [sys.executable, "-m", "include.sandbox", "--port", "0", "--seed", "1", *options]
    with subprocess.Popen(command, cwd=PROJECT_DIR, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            lines = []
            for line in process.stdout:
                lines.append(line)
                if line.startswith("listening on "):
                    break
            else:
                raise AssertionError(f"the local API did not start: {''.join(lines)}")
            yield LocalApi(line.split()[-1])
        finally:
            process.terminate()
