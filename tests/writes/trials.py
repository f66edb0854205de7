"""Processes that send the same write, forked from this one so that hundreds of trials take minutes.

It reads one trial a line from its standard input, runs it, and answers with one line: what each process came to. The requests
that came of it are counted by whoever serves the API.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from include.services_api import Account, ServicesClient
from include.warehouse import database, locks, schema
from include.warehouse.journal import api_writes
from include.writes import CreateReservation, carry_out, sending

MARKETPLACE = "ATVPDKIKX0DER"
START = (datetime.now(UTC) + timedelta(days=3)).replace(microsecond=0)
# where a process is stopped: (object, name of its function, before or after it runs)
POINTS = {
    "before the journal is held still": (api_writes, "held_still", "before"),
    "before the look": (api_writes, "latest", "before"),
    "after the look": (api_writes, "latest", "after"),
    "before it begins": (api_writes, "begin", "before"),
    "before its file has its name": (os, "link", "before"),
    "after its file has its name": (os, "link", "after"),
    "before the request": (CreateReservation, "request", "before"),
    "after the answer": (CreateReservation, "request", "after"),
    "before the outcome is written": (api_writes.Attempt, "end", "before"),
    "after the outcome is written": (api_writes.Attempt, "end", "after"),
}
# of a process that finds what a dead one has left
POINTS_OF_A_SUCCESSOR = {
    "before it takes over": (api_writes.Attempt, "take_over", "before"),
    "while it takes over": (locks.fcntl, "flock", "before"),
    "after it has taken over": (api_writes.Attempt, "take_over", "after"),
    "after it has seen that nothing arrived": (sending, "_resolve", "after"),
    "before it begins again": (api_writes, "begin", "before"),
}


def write() -> CreateReservation:
    time = {"start": START.isoformat(), "end": (START + timedelta(hours=1)).isoformat(), "capacity": 1}
    return CreateReservation(resource_id="store", type="BREAK", availability=time, marketplace_id=MARKETPLACE)


def send(account: Account) -> str:
    try:
        with ServicesClient(account) as client:
            return carry_out(client, write(), requested_by="dag run task", settle_seconds=0).outcome
    except Exception as error:
        return type(error).__name__


def stop_at(point: str) -> None:
    """Make this process stop itself, once, where the point says."""
    owner, name, when = (POINTS | POINTS_OF_A_SUCCESSOR)[point]
    original, stopped = getattr(owner, name), []

    def stopping(*args, **kwargs):
        # of the locks only that of an attempt, which is the second one
        early = name == "flock" and stopping.calls < 1
        stopping.calls += 1
        if when == "before" and not stopped and not early:
            stopped.append(os.kill(os.getpid(), signal.SIGSTOP))
        result = original(*args, **kwargs)
        if when == "after" and not stopped:
            stopped.append(os.kill(os.getpid(), signal.SIGSTOP))
        return result

    stopping.calls = 0
    setattr(owner, name, stopping)


class Child:
    """A forked process; `result` waits for what its function returned."""

    def __init__(self, work: Callable[[], str], gate: int | None = None, beside: tuple[int, ...] = ()) -> None:
        self.read, writing = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            for other in beside:
                os.close(other)
            if gate is not None:
                os.read(gate, 1)
            os.write(writing, work().encode())
            os._exit(0)
        os.close(writing)

    def has_stopped(self) -> bool:
        return os.WIFSTOPPED(os.waitpid(self.pid, os.WUNTRACED)[1])

    def go_on(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def result(self) -> str:
        text = os.read(self.read, 1_000).decode()
        os.close(self.read)
        os.waitpid(self.pid, 0)
        return text


def merge() -> str:
    with database.connect() as connection:
        schema.ensure(connection)
        return str(api_writes.merge(connection))


def die_before_the_request(account: Account) -> str:
    """Leave behind an attempt whose sender is gone; nothing of it has arrived."""
    key = sending._key(write(), account, "dag run task")
    with api_writes.held_still():
        api_writes.begin(key, 1, operation="createReservation", account=account.name, requested_by="dag run task", before={})
    return "died"


def at_once(account: Account, count: int) -> list[str]:
    gate, opening = os.pipe()
    children = [Child(lambda: send(account), gate, (opening,)) for _ in range(count)]
    os.close(opening)
    os.close(gate)
    return [child.result() for child in children]


def stopped(account: Account, point: str, merges: bool) -> list[str]:
    def stopping() -> str:
        stop_at(point)
        return send(account)

    first = Child(stopping)
    assert first.has_stopped(), point
    second = Child(lambda: send(account)).result()
    if merges:
        Child(merge).result()
    first.go_on()
    return [first.result(), second]


def run(trial: dict, url: str) -> list[str]:
    account = Account(
        trial["account"], "client-id", "client-secret", "Atzr|token", marketplace_ids=(MARKETPLACE,), endpoint=url,
        token_url=f"{url}/auth/o2/token",
    )  # fmt: skip
    if trial.get("after_a_death"):
        Child(lambda: die_before_the_request(account)).result()
    results = at_once(account, trial["count"]) if "count" in trial else stopped(account, trial["point"], trial["merges"])
    # whoever asks afterwards is given what is known
    return [*results, Child(lambda: send(account)).result()]


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line), sys.argv[1])), flush=True)
