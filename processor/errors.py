"""Refusals, in the project's format: `{"error": name, "detail": what to do, …}`."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse


class ProcessorError(Exception):
    """A request that is refused."""

    def __init__(self, status: int, error: str, detail: str, **extra: object) -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.detail = detail
        self.extra = extra

    @property
    def body(self) -> dict[str, object]:
        """As it is sent."""
        return {"error": self.error, "detail": self.detail, **self.extra}


class Declined(ProcessorError):
    """402: a bank says no. `charge` is the record of the attempt."""

    def __init__(self, reason: str, charge: dict[str, object]) -> None:
        super().__init__(402, "declined", "The bank declined this payment.", reason=reason, charge=charge)


def not_found(what: str) -> ProcessorError:
    """404 for a thing of that name."""
    return ProcessorError(404, f"{what}_not_found", f"There is no such {what}.")


def install_error_handlers(app: FastAPI) -> None:
    """Render refusals and malformed bodies; the latter by field, without values."""

    @app.exception_handler(ProcessorError)
    async def _refused(request: Request, error: ProcessorError) -> JSONResponse:
        headers = {"Retry-After": "1"} if error.status == 503 else None
        return JSONResponse(error.body, error.status, headers)

    @app.exception_handler(RequestValidationError)
    async def _malformed(request: Request, error: RequestValidationError) -> JSONResponse:
        wrong = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        return JSONResponse({"error": "malformed", "detail": wrong}, 422)
