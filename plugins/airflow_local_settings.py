"""Settings of every Airflow process, with a fix for its shutdown."""

import os
import signal
import sys
from threading import Timer

__all__ = ()
RETRY_SECONDS = 0.1


def repeat_lost_exit(unraisable: "sys.UnraisableHookArgs") -> None:
    """Send SIGTERM again when Python has ignored the exit that a signal asked for.

    Airflow's schedulers and DAG processors end with the `SystemExit` of their signal handler. Python ignores every exception that
    is raised in a callback of the garbage collector, so that a signal that arrives there is lost and the process runs on.

    Args:
        unraisable: The ignored exception and where it was raised.
    """
    sys.__unraisablehook__(unraisable)
    if issubclass(unraisable.exc_type, SystemExit):
        # after this hook has returned: an exception in the hook is ignored, too
        timer = Timer(RETRY_SECONDS, os.kill, (os.getpid(), signal.SIGTERM))
        timer.daemon = True
        timer.start()


sys.unraisablehook = repeat_lost_exit
