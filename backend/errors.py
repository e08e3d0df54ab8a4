"""One base for every refusal, one format for every error body, and nothing of the input in either.

Body: `{"error": "snake_case_name", "detail": "what is wrong and what to do", …}`.
Slices derive their own errors from `HeadgateError`, beside the code that raises them.
"""

from collections.abc import Mapping
from typing import Any

import orjson
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, OperationalError, TimeoutError
from starlette.exceptions import HTTPException

log = structlog.get_logger("backend")

_NAMES = {401: "unauthorized", 403: "forbidden", 404: "not_found", 405: "method_not_allowed"}


class HeadgateError(Exception):
    """A refusal with its HTTP status, its name and what to do about it."""

    def __init__(self, status: int, error: str, detail: str, /, **extra: object) -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.detail = detail
        self.extra: Mapping[str, object] = extra


class NotFoundError(HeadgateError):
    """404: there is no such thing, or it is not this caller's to see."""

    def __init__(self, error: str, detail: str, /, **extra: object) -> None:
        super().__init__(404, error, detail, **extra)


class ForbiddenError(HeadgateError):
    """403: known, but not allowed."""

    def __init__(self, error: str, detail: str, /, **extra: object) -> None:
        super().__init__(403, error, detail, **extra)


class ConflictError(HeadgateError):
    """409: the thing is in another state than the call needs."""

    def __init__(self, error: str, detail: str, /, **extra: object) -> None:
        super().__init__(409, error, detail, **extra)


class UnavailableError(HeadgateError):
    """503: something this needs is not there just now; asking again later is right."""

    def __init__(self, error: str, detail: str, /, **extra: object) -> None:
        super().__init__(503, error, detail, **extra)


def error_body(error: str, detail: str, /, **extra: object) -> bytes:
    """The JSON bytes of one error."""
    return orjson.dumps({"error": error, "detail": detail, **extra}, default=str)


def _answer(status: int, error: str, detail: str, /, **extra: object) -> Response:
    headers = {"Retry-After": "1"} if status in (429, 503) else None
    body = error_body(error, detail, **extra)
    return Response(body, status, media_type="application/json", headers=headers)


async def _refused(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, HeadgateError)
    return _answer(problem.status, problem.error, problem.detail, **problem.extra)


async def _malformed(request: Request, problem: Exception) -> Response:
    """422 names the fields and the rule, never the value: it may be a card number."""
    assert isinstance(problem, RequestValidationError)
    fields = [
        {"field": ".".join(str(part) for part in found["loc"]), "problem": str(found["type"])}
        for found in problem.errors()
    ]
    return _answer(422, "malformed", "Correct the fields that are listed and send it again.", fields=fields)


async def _http(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, HTTPException)
    name = _NAMES.get(problem.status_code, "refused")
    return _answer(problem.status_code, name, str(problem.detail))


async def _database(request: Request, problem: Exception) -> Response:
    """A database that went away, is restarting, or has no connection left: 503. The rest is a fault."""
    gone = isinstance(problem, (OperationalError, InterfaceError, TimeoutError)) or (
        isinstance(problem, DBAPIError) and problem.connection_invalidated
    )
    log.warning("database_error", kind=type(problem).__name__, path=_route_of(request))
    if isinstance(problem, DataError):
        return _answer(422, "malformed", "A value holds characters or a size that cannot be stored.")
    if gone:
        return _answer(503, "database_unavailable", "The database does not answer. Try again in a moment.")
    return _answer(500, "internal_error", "Something went wrong here. It has been logged.")


async def _fault(request: Request, problem: Exception) -> Response:
    # The message and locals of an exception can hold customer data, so only its type and place are logged.
    log.error("unhandled_error", kind=type(problem).__name__, path=_route_of(request), place=place_of(problem))
    return _answer(500, "internal_error", "Something went wrong here. It has been logged.")


def _route_of(request: Request) -> str:
    route: Any = request.scope.get("route")
    return str(getattr(route, "path", "unknown"))


def place_of(problem: BaseException) -> str:
    """Where an exception was raised, `module:line`, for the log: its message can hold customer data."""
    trace = problem.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "unknown"
    return f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"


def install_error_handlers(app: FastAPI) -> None:
    """Let every error leave `app` in the one format."""
    app.add_exception_handler(HeadgateError, _refused)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(DBAPIError, _database)
    app.add_exception_handler(TimeoutError, _database)
    app.add_exception_handler(Exception, _fault)
