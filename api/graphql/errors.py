"""Faults as GraphQL errors: refusals with their code and data; everything else as "internal error" with the
correlation id by which it is found in the log, and no inner detail.
"""

from collections.abc import Sequence
from typing import Any

import structlog
from graphql import GraphQLError
from structlog.contextvars import get_contextvars

from api.away import database_is_away
from domain.kernel.refusals import Invalid, Refusal

from .idempotency import RequestRefused

log = structlog.get_logger(__name__)

BAD_USER_INPUT = "BAD_USER_INPUT"
UNAVAILABLE = "UNAVAILABLE"
INTERNAL = "INTERNAL"


def answer_errors(errors: Sequence[GraphQLError]) -> tuple[list[dict[str, Any]], bool]:
    """The errors as the answer shows them, and whether the database is away. Bugs are logged here, with traceback."""
    shown, away = [], False
    for error in errors:
        fault = error.original_error
        if isinstance(fault, Refusal):
            shown.append(_located(error, fault.message, _extensions(fault)))
        elif isinstance(fault, RequestRefused):
            shown.append(_located(error, fault.message, fault.extensions))
        elif database_is_away(fault):
            away = True
            shown.append(
                _located(error, "The database is away. Repeat the request in a moment.", {"code": UNAVAILABLE})
            )
        elif fault is None or isinstance(fault, GraphQLError):
            extensions = {"code": BAD_USER_INPUT, **(error.extensions or {})}
            shown.append(_located(error, error.message, extensions))
        else:
            shown.append(_located(error, "internal error", report(fault)))
    return shown, away


def report(fault: BaseException) -> dict[str, Any]:
    """Logs a bug; what the caller may know of it."""
    log.error("internal_error", exc_info=fault)
    return {"code": INTERNAL, "correlationId": get_contextvars().get("correlation_id")}


def _located(error: GraphQLError, message: str, extensions: dict[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {"message": message}
    if error.locations:
        shown["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    if error.path:
        shown["path"] = list(error.path)
    return {**shown, "extensions": extensions}


def _extensions(refusal: Refusal) -> dict[str, Any]:
    extensions: dict[str, Any] = {"code": refusal.code, "path": list(refusal.path) or None}
    if isinstance(refusal, Invalid):
        extensions["problems"] = [
            {"path": list(one.path), "code": one.code, "message": one.message} for one in refusal.problems
        ]
    return extensions
