"""One process that meets the largest hostile answers, of the API, of Login with Amazon and of a host that takes documents.

    python -m tests.services_api.hostile_worker

Prints the peak of its resident memory in MB, and how many calls failed as they should.
"""

import resource
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from include.services_api import Account, RetryConfig, ServicesClient, errors
from include.services_api.budget import open_budget
from include.writes import documents
from tests.services_api import hostile
from tests.services_api.loopback import SECRETS
from tests.services_api.raw_server import LOGIN, RawServer, http, raw_server

# as large as an answer may be, and as greedy as JSON gets when it is parsed
GREEDY = {
    "empty objects": b'{"payload": [' + b"{}," * 2_090_000 + b"{}]}",
    "small objects": b'{"payload": [' + b'{"":0},' * 890_000 + b"{}]}",
    "empty lists": b'{"errors": [' + b"[]," * 2_090_000 + b"[]]}",
    "brackets": b"[" * 6_000_000,
    "quotes": b'{"payload": "' + rb"\"" * 3_000_000 + b'"}',
}
LARGE = (
    "a gzip bomb", "a gzip bomb in a gzip", "a body of 500 MB", "a body of 500 MB in chunks", "a chunk of 500 MB",
    "headers without an end", "a status line without an end", "interim answers without an end", "a chunk size without an end",
)  # fmt: skip
DESTINATION = {
    "uploadDestinationId": "d",
    "encryptionDetails": {
        "key": "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=",
        "initializationVector": "dnZ2dnZ2dnZ2dnZ2dnZ2dg==",
    },
}


def fails(call: Callable[[], object]) -> int:
    try:
        call()
    except errors.ServicesApiError:
        return 1
    return 0


def main(server: RawServer, folder: Path) -> tuple[int, int]:
    account = Account("my_shop", "id", *SECRETS[:2], endpoint=server.url, token_url=f"{server.url}/auth/o2/token")
    retry_config = RetryConfig(attempts=2, first_wait_seconds=0.001, longest_wait_seconds=0.01, response_seconds=10)
    failed = asked = 0
    scripts = {name: hostile.WIRE[name][0] for name in LARGE} | {name: http(body) for name, body in GREEDY.items()}
    for script in scripts.values():
        with ServicesClient(account, budget=open_budget(folder.as_uri()), retry_config=retry_config) as client:
            server.login, server.answer = script, script
            failed += fails(lambda: client.get_service_job("job"))
            server.login = LOGIN
            failed += fails(lambda: client.get_service_job("job"))
            asked += 2
    server.answer = scripts["a gzip bomb"]
    with (
        ServicesClient(account, budget=open_budget(folder.as_uri()), retry_config=retry_config) as client,
        ThreadPoolExecutor(12) as threads,
    ):
        failed += sum(threads.map(lambda number: fails(lambda: client.get_service_job(str(number))), range(12)))
    failed += fails(lambda: documents.upload(DESTINATION | {"url": f"{server.url}/put"}, b"%PDF-", "PDF", account="my_shop"))
    return failed, asked + 13


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, raw_server() as server:
        failed, asked = main(server, Path(folder))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, failed, asked)
