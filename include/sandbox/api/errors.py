"""A refusal, with the status and the body that the model documents for it."""

from __future__ import annotations


class ApiError(Exception):
    """Raised anywhere below an operation, with one message or several; `status` is one that the model documents for it."""

    def __init__(self, status: int, *messages: str, code: str = "InvalidInput", details: str = "") -> None:
        super().__init__("; ".join(messages))
        self.status = status
        self.errors = [error(message, code, details) for message in messages]


def error(message: str, code: str = "InvalidInput", details: str = "") -> dict[str, str]:
    return {"code": code, "message": message, "details": details}


def invalid(message: str, details: str = "") -> ApiError:
    return ApiError(400, message, details=details)


def missing_or_invalid(*names: str) -> ApiError:
    return invalid(f"Missing or invalid request parameters: [{', '.join(names)}]")


def unprocessable(*messages: str) -> ApiError:
    return ApiError(422, *messages)


def not_found(message: str) -> ApiError:
    return ApiError(404, message)


def denied(details: str) -> ApiError:
    return ApiError(403, "Access to requested resource is denied.", code="Unauthorized", details=details)
