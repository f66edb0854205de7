"""Airflow's LocalExecutor, whose scheduler ends when it is asked to."""

from airflow.executors import local_executor


class LocalExecutor(local_executor.LocalExecutor):
    """Stops every worker.

    Airflow 3.3.2 sends one stop message per worker that is alive when the loop reaches it. A worker that has already taken the
    message meant for another one gets none, the other one waits forever, and so does the scheduler.
    """

    def end(self) -> None:
        """Send a message for each worker first; those that nobody takes are dropped with the queue."""
        for _ in self.workers:
            self.activity_queue.put(None)
        super().end()
