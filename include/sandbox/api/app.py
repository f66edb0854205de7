"""The ASGI application: authorization, limits, faults, the answer and the log, in the order of the real API."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from itertools import cycle
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4

from include.sandbox.api.auth import Auth
from include.sandbox.api.errors import ApiError
from include.sandbox.api.faults import CONNECTION_KINDS, DATES, FIELD_CHANGES, Fault, Faults, error_body, spoil
from include.sandbox.api.http import Request, Response
from include.sandbox.api.limits import Limits
from include.sandbox.api.operations import Operation, match
from include.sandbox.api.request_log import RequestLog

TOKEN_PATH = "/auth/o2/token"
RATE_SHOWN_WITH = (200, 204, 400, 404)
# answers a valid path of the API, or raises an `ApiError`
Answer = Callable[[Operation, dict[str, str], Request], Awaitable[Response]]
QUOTA = ("QuotaExceeded", "You exceeded your quota for the requested resource.")


class App:
    """The application. `latency`: seconds added to every answer of an operation."""

    def __init__(self, answer: Answer, limits: Limits, faults: Faults, latency: float = 0) -> None:
        self.answer, self.limits, self.faults, self.latency = answer, limits, faults, latency
        self.auth, self.log = Auth(), RequestLog()
        self.control: Callable[[Request], Awaitable[Response]] | None = None
        # by job, the moments at which its detail was answered and the fault in the answer; from the first fault on
        self.flaws: dict[str, list[tuple[int, Fault | None]]] = {}
        self.world_time: Callable[[], int] = lambda: 0
        # seconds by which the header `Date` is ahead of this machine's clock; independent of the world's clock
        self.clock_shift = 0.0
        self._throttled_forms = cycle(("json", "html", "empty"))

    async def __call__(self, scope: dict[str, Any], receive: Callable, send: Callable) -> None:
        """Answer an ASGI request."""
        request = Request.of(scope, receive)
        response = await self._respond(request)
        if response and response.ahead is not None:
            date = formatdate(time.time() + self.clock_shift + response.ahead, usegmt=True)
            response.headers.append((b"date", date.encode()))
        if response is None or response.announced is not None:
            if response:
                await response.send(send)
            request.transport.abort() if response is None else request.transport.close()
            await asyncio.sleep(0)
        else:
            await response.send(send)

    async def _respond(self, request: Request) -> Response | None:
        """Return the response, or None to close the connection."""
        if request.path.startswith("/_sandbox/") and self.control:
            return await self.control(request)
        if request.path == TOKEN_PATH:
            fault = self.faults.strike("token")
            response = await self._with_fault(fault, request, lambda: self._token(request))
            is_refused = response is not None and response.status != 200
            self._note(
                request, "", "token", response, f"fault {fault.kind}" if fault else "refused" if is_refused else "answered"
            )
            return response
        matched = match(request.method, request.path)
        if isinstance(matched, list):
            return _unknown(matched)
        operation, path = matched
        if self.latency:
            await asyncio.sleep(self.latency)
        account, verdict, response = "", "denied", None
        try:
            account = self.auth.account(request.headers.get("x-amz-access-token"))
            if self.limits.take(account, operation.name, operation.limit):
                fault = self.faults.strike(operation.name, path.get("serviceJobId"))
                verdict = f"fault {fault.kind}" if fault else "refused"
                response = await self._with_fault(fault, request, lambda: self.answer(operation, path, request))
                verdict = "answered" if not fault else verdict
                self._note_flaw(operation, path, fault, response)
            else:
                verdict = "throttled"
                content_type, body = error_body(next(self._throttled_forms), *QUOTA)
                response = Response(429, body, [(b"content-type", content_type)])
        except ApiError as error:
            response = Response.json(error.status, error.errors if operation.errors_bare else {"errors": error.errors})
        if response:
            self._head(response, account, operation)
        self._note(request, account, operation.name, response, verdict)
        return response

    def _note(self, request: Request, account: str, operation: str, response: Response | None, verdict: str) -> None:
        self.log.add(
            self.world_time(), account, operation, request.method, request.path, request.query,
            response.status if response else None, verdict, request.notes,
        )  # fmt: skip

    def _note_flaw(self, operation: Operation, path: dict[str, str], fault: Fault | None, response: Response | None) -> None:
        is_spoiled = fault is not None and fault.kind in FIELD_CHANGES
        # a reader repeats a call whose answer has a wrong date
        is_read = response is not None and response.status == 200 and (fault is None or is_spoiled or fault.kind == "undated")
        if operation.name == "getServiceJobByServiceJobId" and is_read and (is_spoiled or path["serviceJobId"] in self.flaws):
            self.flaws.setdefault(path["serviceJobId"], []).append((self.world_time(), fault if is_spoiled else None))

    def _head(self, response: Response, account: str, operation: Operation) -> None:
        response.headers.append((b"x-amzn-requestid", str(uuid4()).encode()))
        if self.limits.enforced and account and response.status in RATE_SHOWN_WITH:
            rate, _ = self.limits.of(account, operation.name, operation.limit)
            response.headers.append((b"x-amzn-ratelimit-limit", str(float(rate)).encode()))

    async def _token(self, request: Request) -> Response:
        if request.method != "POST":
            return _unknown(["POST"])
        return Response.json(*self.auth.exchange(request.headers.get("content-type", ""), await request.body()))

    async def _with_fault(
        self, fault: Fault | None, request: Request, answer: Callable[[], Awaitable[Response]]
    ) -> Response | None:
        if fault is None:
            return await answer()
        if fault.kind not in CONNECTION_KINDS:
            return _spoiled(fault, request, await answer())
        if fault.kind == "truncate":
            whole = await answer()
            return Response(whole.status, whole.body[: len(whole.body) // 2], whole.headers, announced=len(whole.body))
        if fault.after:
            await answer()
        if fault.kind == "expire_token":
            token = request.headers.get("x-amz-access-token")
            self.auth.expire(token)
            self.auth.account(token)
        if fault.kind == "error":
            content_type, body = error_body(fault.body)
            return Response(fault.status, body, [(b"content-type", content_type)])
        if fault.kind == "hang":
            await asyncio.sleep(fault.seconds)
        return None


def _spoiled(fault: Fault, request: Request, response: Response) -> Response:
    if fault.kind in DATES:
        response.ahead = None if fault.kind == "undated" else fault.seconds
    elif response.status == 200:
        query = dict(parse_qsl(request.query))
        response.body = spoil(fault, response.body, query.get("pageToken") or query.get("nextPageToken"))
    return response


def _unknown(allowed: list[str]) -> Response:
    if not allowed:
        return Response.json(404, {"errors": [{"code": "NotFound", "message": "No operation has this path."}]})
    response = Response.json(405, {"errors": [{"code": "MethodNotAllowed", "message": "The path has no such method."}]})
    response.headers.append((b"allow", ", ".join(sorted(set(allowed))).encode()))
    return response
