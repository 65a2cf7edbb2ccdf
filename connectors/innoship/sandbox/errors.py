"""The documented form of an error."""

from collections.abc import Iterable
from uuid import uuid4

from starlette.responses import JSONResponse


def error(status: int, *messages: str, details: Iterable[str] = ()) -> JSONResponse:
    """One entry per message; `details` belong to the first."""
    errors = [
        {"message": message, "details": list(details) if place == 0 else []} for place, message in enumerate(messages)
    ]
    return JSONResponse({"errors": errors, "correlationId": str(uuid4())}, status)
