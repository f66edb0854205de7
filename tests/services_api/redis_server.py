"""A Redis of one's own, from Debian's package."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import redis

from tests.processes import free_port


@contextmanager
def redis_server() -> Iterator[str]:
    """Its URL; skips the test where Redis is not installed."""
    server = shutil.which("redis-server")
    if not server:
        pytest.skip("redis-server is not installed")
    port = free_port()
    command = [server, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    url = f"redis://127.0.0.1:{port}/0"
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        while not _answers(url):
            assert process.poll() is None, "redis-server did not start"
            time.sleep(0.02)
        try:
            yield url
        finally:
            process.terminate()


def _answers(url: str) -> bool:
    try:
        return redis.Redis.from_url(url).ping()
    except redis.ConnectionError:
        return False
