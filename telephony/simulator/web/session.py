"""Who may use the simulator: commands with the operator token, the page with a cookie it got from `/simulator`."""

import hashlib
import hmac
import secrets
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends
from fastapi.requests import HTTPConnection

from telephony.simulator.errors import SimulatorError
from telephony.simulator.settings import Settings

COOKIE = "headgate_simulator"


def new_session(settings: Settings) -> str:
    """A cookie value that only this simulator can have made, also after a restart."""
    name = secrets.token_urlsafe(16)
    return f"{name}.{_seal(settings, name)}"


def require_user(connection: HTTPConnection) -> str:
    """`operator` or `page`. Raises 401; 403 for a page of another origin that borrowed the cookie."""
    settings: Settings = connection.app.state.settings
    scheme, _, token = connection.headers.get("Authorization", "").partition(" ")
    operator = settings.operator_token.get_secret_value()
    if scheme.lower() == "bearer" and operator and hmac.compare_digest(token.encode(), operator.encode()):
        return "operator"
    name, _, seal = connection.cookies.get(COOKIE, "").partition(".")
    if not name or not hmac.compare_digest(seal, _seal(settings, name)):
        raise SimulatorError(401, "unauthorized", "Open /simulator in a browser, or send the operator token")
    origin = connection.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != connection.headers.get("Host"):
        raise SimulatorError(403, "wrong_origin", "Only the simulator's own page may use its session")
    return "page"


def _seal(settings: Settings, name: str) -> str:
    key = settings.operator_token.get_secret_value().encode()
    return hmac.new(key, b"simulator-page:" + name.encode(), hashlib.sha256).hexdigest()


User = Annotated[str, Depends(require_user)]
