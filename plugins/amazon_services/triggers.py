"""The trigger of the deferrable sensors."""

import asyncio
import random
from collections.abc import AsyncIterator

from airflow.triggers.base import BaseTrigger, TriggerEvent

from amazon_services.hooks import AmazonServicesHook
from include.services_api.retries import is_transient


class AmazonServicesTrigger(BaseTrigger):
    """Polls a condition until it is met, in a thread, so that the event loop is not blocked.

    Its event is `{"status": "met", "found": {...}}` or `{"status": "failed", "message": ...}`.

    Args:
        condition: Name of a condition of `include.writes.conditions`.
        arguments: Its fields as plain values: ids and times, no secrets.
        amazon_services_conn_id: Connection of type "Amazon Services".
        poke_interval: Seconds between two polls.
    """

    def __init__(self, condition: str, arguments: dict, amazon_services_conn_id: str, poke_interval: float = 60.0) -> None:
        super().__init__()
        self.condition = condition
        self.arguments = arguments
        self.amazon_services_conn_id = amazon_services_conn_id
        self.poke_interval = poke_interval

    def serialize(self) -> tuple[str, dict]:
        """Class path and arguments, for the triggerer."""
        names = ("condition", "arguments", "amazon_services_conn_id", "poke_interval")
        return f"{type(self).__module__}.{type(self).__qualname__}", {name: getattr(self, name) for name in names}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Poll until the condition is met or fails."""
        client = None
        try:
            client = await asyncio.to_thread(AmazonServicesHook(self.amazon_services_conn_id).get_client)
            while True:
                try:
                    found = await asyncio.to_thread(self._poll, client)
                except Exception as error:
                    if not is_transient(error):
                        raise
                    self.log.warning("%s; next poll in %s s", error, self.poke_interval)
                    found = None
                if found is not None:
                    yield TriggerEvent({"status": "met", "found": found})
                    return
                # jitter, so that triggers that started together do not poll at the same time
                await asyncio.sleep(self.poke_interval * random.uniform(0.9, 1.1))
        except Exception as error:
            yield TriggerEvent({"status": "failed", "message": f"{type(error).__name__}: {error}"})
        finally:
            if client:
                await asyncio.to_thread(client.close)

    def _poll(self, client) -> dict | None:
        # a slow import, in the thread
        from include.writes.conditions import CONDITIONS

        return CONDITIONS[self.condition](**self.arguments).met(client)
