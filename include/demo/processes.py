"""Starts and stops the processes of the demonstration, including those that a killed one has left running."""

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import psutil

from include.demo.belongings import claim_home
from include.demo.place import AIRFLOW_HOME, NotPossible
from include.warehouse.paths import PROJECT_DIR

GRACE_SECONDS = 15
SESSIONS = AIRFLOW_HOME / "sessions"


def start(name: str, command: list[str], environment: dict[str, str]) -> subprocess.Popen:
    """Start a process in its own session; its output goes to `<name>.log` in the Airflow home."""
    claim_home(AIRFLOW_HOME)
    with log(name).open("wb") as output:
        process = subprocess.Popen(
            command, env=environment, cwd=PROJECT_DIR, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
    with SESSIONS.open("a") as sessions:
        print(process.pid, file=sessions)
    return process


def log(name: str) -> Path:
    """The log of a process."""
    return AIRFLOW_HOME / f"{name}.log"


def await_line(process: subprocess.Popen, name: str, beginning: str, seconds: float = 60) -> str:
    """Wait for a line of a process's output that begins with `beginning`, and return the rest of it.

    Raises:
        NotPossible: The process ended, or did not print such a line within `seconds`.
    """
    give_up_at = time.monotonic() + seconds
    while time.monotonic() < give_up_at:
        for line in log(name).read_text(errors="replace").splitlines():
            if line.startswith(beginning):
                return line.removeprefix(beginning).strip()
        if process.poll() is not None:
            break
        time.sleep(0.1)
    tail = " | ".join(log(name).read_text(errors="replace").splitlines()[-3:])
    raise NotPossible(f"The {name} did not start: {tail or 'it printed nothing'} (log: {log(name)})")


def ours() -> list[psutil.Process]:
    """Every running process of this demonstration: those of its sessions, and those with its AIRFLOW_HOME.

    Both are needed: Airflow's servers overwrite their environment with their title, and its tasks start sessions of their own.
    """
    sessions = set(SESSIONS.read_text().split()) if SESSIONS.exists() else set()
    return [process for process in psutil.process_iter() if process.pid != os.getpid() and _is_ours(process, sessions)]


def _is_ours(process: psutil.Process, sessions: set[str]) -> bool:
    try:
        if process.environ().get("AIRFLOW_HOME") == str(AIRFLOW_HOME):
            return True
        # after a restart of the machine a session's number can belong to another process, in another folder
        return str(os.getsid(process.pid)) in sessions and Path(process.cwd()) == PROJECT_DIR
    except (psutil.Error, OSError):
        return False  # it has ended, or belongs to another user


def stop_all() -> int:
    """Terminate all processes, kill those that run after `GRACE_SECONDS`, and return how many there were."""
    stopped = set()
    give_up_at = time.monotonic() + GRACE_SECONDS
    while processes := ours():
        sign = signal.SIGTERM if time.monotonic() < give_up_at else signal.SIGKILL
        for process in processes:
            stopped.add(process.pid)
            with suppress(psutil.NoSuchProcess):
                process.send_signal(sign)
        psutil.wait_procs(processes, timeout=3)
    SESSIONS.unlink(missing_ok=True)
    return len(stopped)
