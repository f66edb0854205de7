"""Servers as processes beside the tests: on a free port, for as long as a test needs them."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import requests


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextmanager
def server(command: list, environment: dict, log: Path, is_ready: Callable[[], object], seconds: float = 300) -> Iterator[None]:
    """Run a server until the end of the block; what it prints goes to `log`.

    It and all that it has started are asked to stop, then ended: its children may outlive it.
    """
    with log.open("w") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output, start_new_session=True)
    try:
        wait_for(is_ready, log.read_text, seconds, lambda: process.poll() is None)
        yield
    finally:
        for sign in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, sign)
            with suppress(subprocess.TimeoutExpired):
                process.wait(30)


def answers(url: str) -> bool:
    """Whether there is a good answer under an address."""
    with suppress(requests.RequestException):
        return requests.get(url, timeout=5).ok
    return False


def wait_for(
    done: Callable[[], object], told: Callable[[], str], seconds: float, possible: Callable[[], bool] = lambda: True
) -> None:
    """Until `done()`; fails with the end of what is `told()` when that takes too long, or is not `possible()` any more."""
    deadline = time.monotonic() + seconds
    while not done():
        assert possible() and time.monotonic() < deadline, told()[-3000:]
        time.sleep(0.5)
