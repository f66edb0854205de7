"""Starts and stops the demonstration's processes, also those that an earlier, killed one has left."""

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

PATIENCE_SECONDS = 15
SESSIONS = AIRFLOW_HOME / "sessions"


def start(name: str, command: list[str], environment: dict[str, str]) -> subprocess.Popen:
    """Start a process in a session of its own; what it prints goes to `.airflow/<name>.log`."""
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
    return AIRFLOW_HOME / f"{name}.log"


def await_line(process: subprocess.Popen, name: str, beginning: str, seconds: float = 60) -> str:
    """The rest of the first line of its output that begins so.

    :raises NotPossible: it ended, or did not say it in time.
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
    raise NotPossible(f"The {name} did not start: {tail or 'it said nothing'} (log: {log(name)})")


def ours() -> list[psutil.Process]:
    """Every living process of this demonstration: of its sessions, or with its AIRFLOW_HOME.

    Airflow's servers write their title over their environment, and its tasks open sessions of their own: neither mark finds
    them all.
    """
    sessions = set(SESSIONS.read_text().split()) if SESSIONS.exists() else set()
    return [process for process in psutil.process_iter() if process.pid != os.getpid() and _is_ours(process, sessions)]


def _is_ours(process: psutil.Process, sessions: set[str]) -> bool:
    try:
        if process.environ().get("AIRFLOW_HOME") == str(AIRFLOW_HOME):
            return True
        # a session's number can be another's after a restart of the machine: the folder tells them apart
        return str(os.getsid(process.pid)) in sessions and Path(process.cwd()) == PROJECT_DIR
    except (psutil.Error, OSError):
        return False  # ended meanwhile, or somebody else's


def stop_all() -> int:
    """Stop them: asked first, killed after `PATIENCE_SECONDS`. Returns how many ended."""
    stopped = set()
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while processes := ours():
        sign = signal.SIGTERM if time.monotonic() < give_up_at else signal.SIGKILL
        for process in processes:
            stopped.add(process.pid)
            with suppress(psutil.NoSuchProcess):
                process.send_signal(sign)
        psutil.wait_procs(processes, timeout=3)
    SESSIONS.unlink(missing_ok=True)
    return len(stopped)
