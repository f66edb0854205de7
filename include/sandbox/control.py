"""The control interface of the sandbox, `/_sandbox/...`, for tests and demonstrations.

| call | content or effect |
|---|---|
| `GET health` | clock, seed and stores |
| `GET truth?as_of=&account=&tables=` | rows that the marts should have, see `truth.tables` |
| `POST reading {"availability": bool, "windows": [[mode, filter, ISO, ISO]], ...}` | notes that a reader read all jobs through |
| | these windows (and availability): the truth is what it can know, see `Reader.note` |
| `GET personal` | all personal data that a client can have read |
| `GET writes?since=ISO` | what this seller wrote in the generated lives of jobs since then, with reason codes |
| `GET log?operation=&verdict=&since=...`, `DELETE log` | requests with their verdicts, see `api.request_log` |
| `GET clock`, `POST clock {"now": ISO, "advance_seconds": n, "frozen": bool}` | the world's clock |
| the same with `{"date_shift_seconds": n}` | seconds by which the header `Date` is ahead of this machine's clock |
| `GET limits`, `PUT limits {"enforced": bool, "account": ..., "operation": ..., "rate": n, "burst": n}` | token buckets |
| `GET faults`, `POST faults [{...}]`, `DELETE faults` | injected faults, see `api.faults` |
| `PUT uploads/<destination>` | the upload of a document |
"""

from dataclasses import asdict
from typing import Any
from urllib.parse import parse_qsl

import orjson

from include.sandbox.api.app import App
from include.sandbox.api.call import Service
from include.sandbox.api.faults import Fault
from include.sandbox.api.http import Request, Response
from include.sandbox.api.operations import BY_NAME
from include.sandbox.api.uploads import UPLOADS, receive
from include.sandbox.truth import tables
from include.sandbox.truth.readings import Reader, Window
from include.sandbox.world.buyers import buyer_of
from include.sandbox.world.times import from_iso, to_iso

METHODS = ("get_", "post_", "put_", "delete_")


class Control:
    """The actions of the interface, named by method and path; they get the parsed body, or the query where there is none.

    `service` is None in static mode, which has no world.
    """

    def __init__(self, app: App, service: Service | None) -> None:
        self.app, self._reader = app, Reader(service, app.flaws) if service else None

    @property
    def reader(self) -> Reader:
        """The reader whose readings the truth is about; raises ValueError in static mode."""
        if self._reader is None:
            raise ValueError("the static sandbox has no world")
        return self._reader

    @property
    def service(self) -> Service:
        """The state of the API; raises ValueError in static mode."""
        return self.reader.service

    async def __call__(self, request: Request) -> Response:
        """Answer a request of the interface."""
        if request.path.startswith(UPLOADS) and request.method == "PUT":
            return await receive(self.service.documents, request)
        action = getattr(self, f"{request.method.lower()}_{request.path.removeprefix('/_sandbox/')}", None)
        if action is None:
            names = [name.replace("_", " ", 1) for name in dir(self) if name.startswith(METHODS)]
            return Response.json(404, {"error": f"no such control; use one of {', '.join(names)}"})
        try:
            has_body = request.method in ("POST", "PUT")
            given = orjson.loads(await request.body()) if has_body else dict(parse_qsl(request.query))
            return Response.json(200, action(given))
        except (ValueError, KeyError, TypeError) as error:
            return Response.json(400, {"error": f"{type(error).__name__}: {error}"})

    def get_health(self, query: Any) -> dict[str, Any]:
        """Return the clock, the seed and the stores."""
        if self._reader is None:
            return {"status": "ok", "static": True}
        world = self.service.world
        stores = [
            {
                "store_id": store.store_id,
                "marketplace_id": store.marketplace.marketplace_id,
                "time_zone": store.time_zone,
                "city": store.city.name,
                "asins": [service.asin for service in store.services],
                "technician_ids": list(store.roster),
            }
            for store in world.stores
        ]
        return {"status": "ok", "seed": world.seed, "start": to_iso(world.start), "stores": stores} | self.get_clock()

    def get_truth(self, query: Any) -> dict[str, Any]:
        """Return the rows that the marts should have."""
        return tables.truth(self.reader, **query)

    def post_reading(self, body: Any) -> dict[str, Any]:
        """Note that a reader read all jobs now."""
        windows = [Window(mode, by, from_iso(start), from_iso(end)) for mode, by, start, end in body.pop("windows", [])]
        received = from_iso(body.pop("received")) if "received" in body else None
        self.reader.note(windows=windows, received=received, **body)
        return self.get_clock()

    def get_flaws(self, query: Any) -> dict[str, Any]:
        """Return by job the moments at which its detail was answered since a fault spoiled it, each with the fault, if any."""
        return {job: [[at, fault and asdict(fault)] for at, fault in answers] for job, answers in self.app.flaws.items()}

    def put_flaws(self, body: Any) -> dict[str, Any]:
        """Take over what `get_flaws` of another local API with the same world returned."""
        self.app.flaws.clear()
        for job, answers in body.items():
            self.app.flaws[job] = [(at, Fault(**fault) if fault else None) for at, fault in answers]
        return self.get_flaws(body)

    def get_personal(self, query: Any) -> dict[str, Any]:
        """Return the personal data of all buyers."""
        buyers = {buyer_of(job.dice) for job in self.service.world.jobs()}
        return {
            "names": sorted({buyer.name for buyer in buyers}),
            "phones": sorted({buyer.phone for buyer in buyers}),
            "street_lines": sorted({line for buyer in buyers for line in buyer.street_lines}),
            "buyer_ids": sorted({buyer.buyer_id for buyer in buyers}),
        }

    def get_writes(self, query: Any) -> dict[str, Any]:
        """Return this seller's writes by now, oldest first."""
        now, since = self.service.world.now(), from_iso(query["since"])
        writes = [
            {
                "at": to_iso(write.at),
                "kind": write.kind,
                "marketplace_id": job.store.marketplace.marketplace_id,
                "service_job_id": job.job_id,
                "appointment_id": None if write.number is None else job.appointment_id(write.number),
                "reason_code": write.reason_code,
            }
            for job in self.service.world.jobs()
            for write in job.writes()
            if since <= write.at <= now
        ]
        return {"writes": sorted(writes, key=lambda write: write["at"])}

    def get_log(self, query: Any) -> dict[str, Any]:
        """Return the requests that the query filters."""
        return {"requests": list(self.app.log.entries(**query))}

    def delete_log(self, query: Any) -> dict[str, Any]:
        """Forget all requests."""
        self.app.log.clear()
        return {}

    def post_clock(self, body: Any) -> dict[str, Any]:
        """Set, advance, stop or start the clock."""
        self.app.clock_shift = float(body.get("date_shift_seconds", self.app.clock_shift))
        clock = self.service.world.clock
        if "frozen" in body:
            clock.freeze(bool(body["frozen"]))
        if "now" in body:
            clock.set(from_iso(body["now"]))
        clock.set(clock.now() + int(body.get("advance_seconds", 0)))
        return self.get_clock()

    def get_clock(self, query: Any = None) -> dict[str, Any]:
        """Return the clock."""
        world = self.service.world
        return {"now": to_iso(world.now()), "frozen": world.clock.frozen, "date_shift_seconds": self.app.clock_shift}

    def get_limits(self, query: Any = None) -> dict[str, Any]:
        """Return the limits that differ from the defaults."""
        limits = self.app.limits
        own = [
            {"account": account, "operation": operation, "rate": rate, "burst": burst}
            for (account, operation), (rate, burst) in limits.own.items()
        ]
        return {"enforced": limits.enforced, "own": own}

    def put_limits(self, body: Any) -> dict[str, Any]:
        """Set a limit. `account` is `*` for everyone, or `<client id>:<refresh token>`."""
        self.app.limits.enforced = bool(body.get("enforced", self.app.limits.enforced))
        if "operation" in body:
            if body["operation"] not in BY_NAME:
                raise ValueError(f"{body['operation']} is not an operation")
            self.app.limits.set(body.get("account", "*"), body["operation"], float(body["rate"]), float(body["burst"]))
        return self.get_limits()

    def get_faults(self, query: Any = None) -> dict[str, Any]:
        """Return all faults with their counts."""
        return {"faults": [asdict(fault) for fault in self.app.faults.faults]}

    def post_faults(self, body: Any) -> dict[str, Any]:
        """Add one fault or a list of them."""
        self.app.faults.add(*(body if isinstance(body, list) else [body]))
        return self.get_faults()

    def delete_faults(self, query: Any) -> dict[str, Any]:
        """Remove all faults."""
        self.app.faults.faults.clear()
        return {}
