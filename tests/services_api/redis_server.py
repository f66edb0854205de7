"""A Redis of one's own, from Debian's package."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import redis

from tests.processes import free_port
from tests.processes import server as run


@contextmanager
def redis_server() -> Iterator[str]:
    """Its URL; skips the test where Redis is not installed."""
    server = shutil.which("redis-server")
    if not server:
        pytest.skip("redis-server is not installed")
    port = free_port()
    command = [server, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    url = f"redis://127.0.0.1:{port}/0"
    with TemporaryDirectory() as folder, run(command, {}, Path(folder) / "redis.log", lambda: _answers(url)):
        yield url


def _answers(url: str) -> bool:
    try:
        return redis.Redis.from_url(url).ping()
    except redis.ConnectionError:
        return False
