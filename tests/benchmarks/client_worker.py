"""One process with a client of its own: reads job ids, a line each, gets their details, and prints what it took.

    python -m tests.benchmarks.client_worker URL PRIORITY THREADS SECONDS < job_ids

Prints "ready", waits for the ids, and after them a line of JSON: jobs, seconds, throttled, waited_seconds. It stops after
SECONDS.
"""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from include.services_api import ServicesClient
from tests.local_api import LocalApi


def main(url: str, priority: str, threads: int, seconds: float) -> None:
    with ServicesClient(LocalApi(url).account(), priority) as client, ThreadPoolExecutor(threads) as pool:
        print("ready", flush=True)
        names = sys.stdin.read().split()
        started = time.monotonic()

        def detail(name: str) -> bool:
            if time.monotonic() - started > seconds:
                return False
            return bool(client.get_service_job(name).payload)

        jobs = sum(pool.map(detail, names))
        used = client.usage
        took = time.monotonic() - started
    print(json.dumps({"jobs": jobs, "seconds": took, "throttled": used.throttled, "waited_seconds": used.waited_seconds}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))
