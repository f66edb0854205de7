"""A signal that arrives while the garbage collector runs a callback ends an Airflow process all the same."""

import os
import subprocess
import sys

from include.warehouse.paths import PROJECT_DIR

# the callback runs when the object goes away, as SQLAlchemy's do; the handler is as the scheduler's and the DAG processor's
PROGRAM = """
import signal, sys, time, weakref
from airflow import settings

class Session: pass

settings.initialize()
if sys.argv[1] == "python":
    sys.unraisablehook = sys.__unraisablehook__
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
session = Session()
reference = weakref.ref(session, lambda _: signal.raise_signal(signal.SIGTERM))
del session
time.sleep(2)
print("still runs")
"""


def output(hook: str, home) -> str:
    environment = os.environ | {"AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT_DIR / "plugins"), "AIRFLOW_HOME": str(home)}
    process = subprocess.run(
        [sys.executable, "-c", PROGRAM, hook], capture_output=True, text=True, timeout=60, check=True, env=environment
    )
    assert "Exception ignored" in process.stderr
    return process.stdout


def test_the_exit_is_repeated(tmp_path):
    assert "still runs" not in output("ours", tmp_path)


def test_python_alone_ignores_it(tmp_path):
    """If this fails, `airflow_local_settings.py` is not needed anymore."""
    assert "still runs" in output("python", tmp_path)
