"""Basic authentication and form fields of the REST interface."""

import base64
import binascii
import hmac
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from telephony.simulator.errors import TwilioError
from telephony.simulator.settings import Settings

REFUSED = TwilioError(401, 20003, "Authenticate")


async def require_account(request: Request, account_sid: str) -> str:
    """The account of a request with the right name and password. Raises 401/20003, 404/20404."""
    settings: Settings = request.app.state.settings
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    try:
        user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise REFUSED from None
    right_user = hmac.compare_digest(user.encode(), settings.twilio_account_sid.encode())
    right_password = hmac.compare_digest(password.encode(), settings.twilio_auth_token.get_secret_value().encode())
    if scheme.lower() != "basic" or not (right_user and right_password):
        raise REFUSED
    if account_sid != settings.twilio_account_sid:
        raise not_found(request)
    return account_sid


def not_found(request: Request) -> TwilioError:
    """404/20404 for the address that was asked for."""
    return TwilioError(404, 20404, f"The requested resource {request.url.path} was not found")


@dataclass(frozen=True)
class Fields:
    """A posted form: single values by name, and all values of repeated names."""

    values: dict[str, list[str]]

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def one(self, name: str, default: str = "") -> str:
        """The last value of that name."""
        return self.values[name][-1] if name in self.values else default

    def all(self, name: str) -> list[str]:
        """Every value of that name."""
        return self.values.get(name, [])


async def read_fields(request: Request) -> Fields:
    """The form of a POST, blanks kept."""
    form = await request.form()
    values: dict[str, list[str]] = {}
    for name, value in form.multi_items():
        values.setdefault(name, []).append(str(value))
    return Fields(values)


Account = Annotated[str, Depends(require_account)]
Form = Annotated[Fields, Depends(read_fields)]
