"""Basic authentication and form fields of the REST interface."""

import base64
import binascii
import hmac
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from telephony.simulator.errors import TwilioError
from telephony.simulator.network import Network
from telephony.simulator.settings import Settings

REFUSED = TwilioError(401, 20003, "Authenticate")


async def require_user(request: Request) -> str:
    """The account whose name and password a request carries. Raises 401/20003."""
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
    return settings.twilio_account_sid


async def require_account(request: Request, account_sid: str) -> str:
    """The account of the address, which must be the user's. Raises 401/20003, 404/20404."""
    if account_sid != await require_user(request):
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

    def flag(self, name: str, default: bool = False) -> bool:
        """A true/false field, however it is spelt."""
        return self.one(name, str(default)).lower() == "true"

    def count(self, name: str, default: int, most: int | None = None) -> int:
        """A whole number, at most `most`. Raises 400/20001."""
        value = self.one(name, str(default))
        if not value.isdigit():
            raise TwilioError(400, 20001, f"{name} must be a whole number")
        return int(value) if most is None else min(int(value), most)


async def read_fields(request: Request) -> Fields:
    """The form of a POST, blanks kept."""
    form = await request.form()
    values: dict[str, list[str]] = {}
    for name, value in form.multi_items():
        values.setdefault(name, []).append(str(value))
    return Fields(values)


def network_of(request: Request) -> Network:
    """The network of the process that serves this request."""
    network: Network = request.app.state.network
    return network


Account = Annotated[str, Depends(require_account)]
AnyAccount = Annotated[str, Depends(require_user)]
"""For interfaces whose addresses do not name the account."""
Form = Annotated[Fields, Depends(read_fields)]
