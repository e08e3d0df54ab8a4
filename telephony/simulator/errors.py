"""Two families of refusals: ours in the project's format, and the REST interface's in Twilio's."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse


class SimulatorError(Exception):
    """A request of a person or command that is refused: `{"error": name, "detail": detail}`."""

    def __init__(self, status: int, name: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.name, self.detail = status, name, detail


class TwilioError(Exception):
    """A refusal of the REST interface, with Twilio's own error number."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message

    @property
    def body(self) -> dict[str, str | int]:
        """The body as Twilio sends it."""
        return {
            "code": self.code,
            "message": self.message,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }


def install_error_handlers(app: FastAPI) -> None:
    """Render both families, and malformed bodies, each in its format."""

    @app.exception_handler(SimulatorError)
    async def _ours(request: Request, error: SimulatorError) -> JSONResponse:
        return JSONResponse({"error": error.name, "detail": error.detail}, error.status)

    @app.exception_handler(TwilioError)
    async def _twilios(request: Request, error: TwilioError) -> JSONResponse:
        headers = {"WWW-Authenticate": 'Basic realm="Twilio API"'} if error.status == 401 else None
        return JSONResponse(error.body, error.status, headers)

    @app.exception_handler(RequestValidationError)
    async def _malformed(request: Request, error: RequestValidationError) -> JSONResponse:
        wrong = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        return JSONResponse({"error": "malformed", "detail": wrong}, 422)
