"""The local API as a process of its own, and the levers beside it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import requests

from include.services_api import Account
from include.warehouse.paths import PROJECT_DIR


@dataclass(frozen=True)
class LocalApi:
    url: str

    def account(self, name: str = "my_shop", refresh_token: str = "Atzr|local") -> Account:
        return Account(
            name, "client-id", "client-secret", refresh_token, marketplace_ids=("ATVPDKIKX0DER",),
            endpoint=self.url, token_url=f"{self.url}/auth/o2/token",
        )  # fmt: skip

    def control(self, method: str, name: str, json: object = None, **query: str) -> dict:
        answer = requests.request(method, f"{self.url}/_sandbox/{name}", json=json, params=query, timeout=60)
        answer.raise_for_status()
        return answer.json()

    def fault(self, operation: str, kind: str, **options) -> None:
        self.control("POST", "faults", [{"operation": operation, "kind": kind, **options}])

    def log(self, **wanted: str) -> list[dict]:
        return self.control("GET", "log", **wanted)["requests"]

    def reset(self) -> None:
        self.control("DELETE", "faults")
        self.control("DELETE", "log")


@contextmanager
def local_api(*options: str) -> Iterator[LocalApi]:
    command = [sys.executable, "-m", "include.sandbox", "--port", "0", "--seed", "1", *options]
    with subprocess.Popen(command, cwd=PROJECT_DIR, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline()
            assert line.startswith("listening on "), f"the local API did not start: {line!r}"
            yield LocalApi(line.split()[-1])
        finally:
            process.terminate()
