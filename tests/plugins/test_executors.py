"""A scheduler that is asked to end does not wait forever for idle workers."""

import subprocess
import sys

# each look at a worker takes long enough for the messages sent so far to be taken, as on a busy machine
PROGRAM = """
import multiprocessing, sys, time
from airflow.executors import local_executor
from amazon_services.executors import LocalExecutor

is_alive = multiprocessing.Process.is_alive
multiprocessing.Process.is_alive = lambda process: (time.sleep(0.05), is_alive(process))[1]
if __name__ == "__main__":
    executor = (LocalExecutor if sys.argv[1] == "ours" else local_executor.LocalExecutor)(parallelism=8)
    executor.start()
    time.sleep(0.5)
    # as after some work: the worker that has waited longest is not the first one of the loop
    executor.workers = dict(reversed(executor.workers.items()))
    executor.end()
    print("ended")
"""


def ends(executor: str) -> bool:
    command = [sys.executable, "-c", PROGRAM, executor]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        return "ended" in process.communicate(timeout=60)[0]
    except subprocess.TimeoutExpired:
        return False
    finally:
        subprocess.run(["pkill", "--session", str(process.pid)], check=False)


def test_ours_ends():
    assert ends("ours")
