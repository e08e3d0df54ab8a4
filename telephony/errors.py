"""One base for every refusal and one format for every error body: `{"error", "detail"}`."""

import orjson
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

log = structlog.get_logger("telephony")

_NAMES = {401: "unauthorized", 403: "forbidden", 404: "not_found", 405: "method_not_allowed"}


class TelephonyError(Exception):
    """A refusal with its HTTP status, its name and what to do about it."""

    def __init__(self, status: int, error: str, detail: str, **extra: object) -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.detail = detail
        self.extra = extra


def _answer(status: int, error: str, detail: str, **extra: object) -> Response:
    body = orjson.dumps({"error": error, "detail": detail, **extra})
    headers = {"Retry-After": "1"} if status in (429, 503) else None
    return Response(body, status, media_type="application/json", headers=headers)


async def _refused(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, TelephonyError)
    return _answer(problem.status, problem.error, problem.detail, **problem.extra)


async def _malformed(request: Request, problem: Exception) -> Response:
    """422 names the fields, never their values."""
    assert isinstance(problem, RequestValidationError)
    fields = [".".join(str(part) for part in found["loc"]) for found in problem.errors()]
    return _answer(422, "malformed", "Correct the fields that are listed and send it again.", fields=fields)


async def _http(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, HTTPException)
    return _answer(problem.status_code, _NAMES.get(problem.status_code, "refused"), str(problem.detail))


def place_of(problem: BaseException) -> str:
    """Module and line of a fault. Its message may quote a customer, so only this is logged."""
    trace = problem.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "unknown" if trace is None else f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"


def install_error_handlers(app: FastAPI) -> None:
    """Let every error leave `app` in the one format."""
    app.add_exception_handler(TelephonyError, _refused)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _http)
