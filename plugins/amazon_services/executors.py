"""Airflow's LocalExecutor with a fix for its shutdown."""

from airflow.executors import local_executor


class LocalExecutor(local_executor.LocalExecutor):
    """Stops all workers at the end of the scheduler.

    Airflow 3.3.2 sends a stop message for each worker that is alive when its loop reaches it. A worker that has already received
    the message for another one gets none, so that the other one and the scheduler wait forever.
    """

    def end(self) -> None:
        """Send a message for each worker before the loop; unread ones are discarded with the queue."""
        for _ in self.workers:
            self.activity_queue.put(None)
        super().end()
