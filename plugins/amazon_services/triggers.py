"""What waits in Airflow's triggerer, so that no worker does."""

import asyncio
import random
from collections.abc import AsyncIterator

from airflow.triggers.base import BaseTrigger, TriggerEvent

from amazon_services.hooks import AmazonServicesHook
from include.services_api.retries import is_transient


class AmazonServicesTrigger(BaseTrigger):
    """Asks a condition until it is met. Its event: `{"status": "met", "found": {...}}` or `{"status": "failed", "message": ...}`.

    The client waits and repeats by itself; it does so in a thread, and never holds the triggerer's loop.

    :param condition: name of one of `include.writes.conditions`.
    :param arguments: its fields, as plain values; ids and times, nothing secret.
    :param amazon_services_conn_id: connection of type "Amazon Services".
    :param poke_interval: seconds between two looks.
    """

    def __init__(self, condition: str, arguments: dict, amazon_services_conn_id: str, poke_interval: float = 60.0) -> None:
        super().__init__()
        self.condition = condition
        self.arguments = arguments
        self.amazon_services_conn_id = amazon_services_conn_id
        self.poke_interval = poke_interval

    def serialize(self) -> tuple[str, dict]:
        names = ("condition", "arguments", "amazon_services_conn_id", "poke_interval")
        return f"{type(self).__module__}.{type(self).__qualname__}", {name: getattr(self, name) for name in names}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        client = None
        try:
            client = await asyncio.to_thread(AmazonServicesHook(self.amazon_services_conn_id).get_client)
            while True:
                try:
                    found = await asyncio.to_thread(self._look, client)
                except Exception as error:
                    if not is_transient(error):
                        raise
                    self.log.warning("%s; looking again in %s s", error, self.poke_interval)
                    found = None
                if found is not None:
                    yield TriggerEvent({"status": "met", "found": found})
                    return
                # spread, so that many that began together do not all ask at once
                await asyncio.sleep(self.poke_interval * random.uniform(0.9, 1.1))
        except Exception as error:
            yield TriggerEvent({"status": "failed", "message": f"{type(error).__name__}: {error}"})
        finally:
            if client:
                await asyncio.to_thread(client.close)

    def _look(self, client) -> dict | None:
        # heavy: only where it runs, and not on the loop
        from include.writes.conditions import CONDITIONS

        return CONDITIONS[self.condition](**self.arguments).met(client)
