"""Refusals of the API, with the status and the body that the model documents."""


class ApiError(Exception):
    """An error answer with one message or several; `status` is one that the model documents for the operation."""

    def __init__(self, status: int, *messages: str, code: str = "InvalidInput", details: str = "") -> None:
        super().__init__("; ".join(messages))
        self.status = status
        self.errors = [error(message, code, details) for message in messages]


def error(message: str, code: str = "InvalidInput", details: str = "") -> dict[str, str]:
    """Return one entry of an error list."""
    return {"code": code, "message": message, "details": details}


def invalid(message: str, details: str = "") -> ApiError:
    """Return a 400."""
    return ApiError(400, message, details=details)


def missing_or_invalid(*names: str) -> ApiError:
    """Return the 400 that names parameters."""
    return invalid(f"Missing or invalid request parameters: [{', '.join(names)}]")


def unprocessable(*messages: str) -> ApiError:
    """Return a 422."""
    return ApiError(422, *messages)


def not_found(message: str) -> ApiError:
    """Return a 404."""
    return ApiError(404, message)


def denied(details: str) -> ApiError:
    """Return a 403."""
    return ApiError(403, "Access to requested resource is denied.", code="Unauthorized", details=details)
