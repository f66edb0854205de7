"""The command line: one line when it works, one clear line when it does not."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from include.sandbox.__main__ import main, parser

COMMAND = [sys.executable, "-m", "include.sandbox"]
ROOT = Path(__file__).parents[2]


def fail(*arguments: str) -> str:
    """The one line that is said before giving up."""
    with pytest.raises(SystemExit) as given_up:
        main(list(arguments))
    assert given_up.value.code not in (None, 0)
    assert len(str(given_up.value.code).splitlines()) == 1
    return str(given_up.value.code)


def test_it_says_where_it_listens_and_ends_when_interrupted() -> None:
    # who runs the tests in the background has told them to ignore an interrupt, and a child inherits that
    process = subprocess.Popen(
        [*COMMAND, "--port", "0", "--days", "1"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    try:
        line = process.stdout.readline()
        assert line.startswith("listening on http://127.0.0.1:")
        assert requests.get(line.split()[-1] + "/_sandbox/health", timeout=10).json()["status"] == "ok"
        process.send_signal(signal.SIGINT)
        assert (process.wait(10), process.communicate()[1]) == (130, "")
    finally:
        process.kill()


def test_a_taken_port() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = subprocess.run([*COMMAND, "--port", port], capture_output=True, text=True, timeout=60, cwd=ROOT)
        assert (done.returncode, done.stdout) == (1, "")
        message = f"python -m include.sandbox: port {port} of 127.0.0.1 cannot be used: Address already in use"
        assert done.stderr.startswith(message) and done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--host", "0.0.0.0"), "loopback interface only"),
        (("--days", "0"), "--days"),
        (("--now", "yesterday"), "not an ISO-8601 time"),
        (("--nonsense",), "--nonsense"),
        (("--static",), "--static needs --model"),
        (("--static", "--model", "nowhere.json"), "nowhere.json cannot be read"),
        (("--static", "--model", "pyproject.toml"), "pyproject.toml cannot be read"),
    ],
)
def test_options_that_cannot_be(arguments: tuple[str, ...], words: str) -> None:
    assert words in fail("--port", "0", *arguments)


def test_another_address_than_loopback_needs_a_network_of_its_own(monkeypatch) -> None:
    monkeypatch.setenv("SANDBOX_NETWORK", "public")
    assert "loopback interface only" in fail("--host", "0.0.0.0")
    monkeypatch.setenv("SANDBOX_NETWORK", "private")
    assert parser().parse_args(["--host", "0.0.0.0"]).host == "0.0.0.0"


def test_files_that_are_not_what_they_should_be(tmp_path: Path) -> None:
    model, faults = tmp_path / "model.json", tmp_path / "faults.json"
    model.write_text('{"paths": {}}')
    faults.write_text('[{"operation": "getServiceJobs", "kind": "nonsense"}]')
    assert "lacks operations" in fail("--port", "0", "--static", "--model", str(model))
    assert "not a kind of fault" in fail("--port", "0", "--faults", str(faults))
