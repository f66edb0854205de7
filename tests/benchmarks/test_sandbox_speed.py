"""How fast the local API is: list pages a second with limits off, and a world of a million jobs."""

from __future__ import annotations

import asyncio
import re
import time
from pathlib import Path
from urllib.parse import quote

import requests

from tests.local_api import local_api

NOW = "2026-11-10T12:00:00Z"
PAGES, CONNECTIONS = 1_000, 8
LIMIT_SECONDS, LIMIT_BYTES, LIMIT_PAGES = 60, 2_000_000_000, 1_000


def test_list_pages_a_second():
    """First read (every job is written for the first time), then read again."""
    options = ("--days", "30", "--jobs-per-day", "1600", "--limits", "off", "--marketplaces", "US", "--token-seconds", "100000")
    with local_api(*options, "--now", NOW, "--frozen") as api:
        head = f"user-agent: bench/1\r\nx-amz-access-token: {_login(api.url)}\r\nhost: local\r\n\r\n"
        windows = [f"2026-10-{day:02d}T{hour:02d}:00:00Z" for day in range(12, 32) for hour in range(24)]
        requests_ = [
            f"GET /service/v1/serviceJobs?marketplaceIds=ATVPDKIKX0DER&createdAfter={quote(windows[each % len(windows)])}"
            f"&sortOrder={('ASC', 'DESC')[each // len(windows) % 2]} HTTP/1.1\r\n{head}".encode()
            for each in range(PAGES)
        ]
        rates = [asyncio.run(_pages_a_second(int(api.url.rpartition(":")[2]), requests_)) for _ in range(3)]
    print("\nlist pages/s: " + ", ".join(f"{rate:.0f}" for rate in rates))
    assert max(rates) >= LIMIT_PAGES


def test_a_world_of_a_million_jobs():
    started = time.monotonic()
    with local_api("--days", "365", "--jobs-per-day", "2700", "--limits", "off", "--now", NOW, "--frozen") as api:
        seconds = time.monotonic() - started
        session = requests.Session()
        session.headers["x-amz-access-token"] = _login(api.url)
        query = {"lastUpdatedAfter": "2025-11-01T00:00:00Z"}
        jobs = sum(
            session.get(f"{api.url}/service/v1/serviceJobs", params=query | {"marketplaceIds": marketplace}, timeout=60).json()[
                "payload"
            ]["totalResultSize"]
            for marketplace in ("ATVPDKIKX0DER", "A1F83G8C2ARO7P")
        )
        most = _most_memory(api)
    print(f"\n{jobs:,} jobs: listening after {seconds:.1f} s, {most / 1e9:.2f} GB at most")
    assert jobs >= 1_000_000
    assert seconds < LIMIT_SECONDS
    assert most < LIMIT_BYTES


def _login(url: str) -> str:
    form = {"grant_type": "refresh_token", "refresh_token": "Atzr|bench", "client_id": "bench", "client_secret": "s"}
    return requests.post(f"{url}/auth/o2/token", data=form, timeout=20).json()["access_token"]


async def _pages_a_second(port: int, requests_: list[bytes]) -> float:
    started = time.monotonic()
    await asyncio.gather(*(_read(port, requests_[first::CONNECTIONS]) for first in range(CONNECTIONS)))
    return len(requests_) / (time.monotonic() - started)


async def _read(port: int, requests_: list[bytes]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for request in requests_:
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        assert b" 200 " in head[:20], head
        await reader.readexactly(int(head.split(b"content-length: ")[1].split(b"\r\n")[0]))
    writer.close()


def _most_memory(api) -> int:
    """The most memory that the process behind a port ever held, in bytes (Linux)."""
    port = f":{int(api.url.rpartition(':')[2]):04X}"
    inode = next(line.split()[9] for line in Path("/proc/net/tcp").read_text().splitlines() if line.split()[1].endswith(port))
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if any(str(link.readlink()) == f"socket:[{inode}]" for link in (process / "fd").iterdir()):
                return int(re.search(r"VmHWM:\s+(\d+)", (process / "status").read_text())[1]) * 1_024
        except OSError:
            continue
    raise AssertionError("nobody listens")
