"""The one check every Twilio route makes: `X-Twilio-Signature` over the configured public address.

The address is never taken from the request: behind a proxy it differs, and whoever forges a request writes it.
"""

from collections.abc import Sequence
from typing import Annotated
from urllib.parse import parse_qsl

import structlog
from fastapi import Depends, Request
from starlette.datastructures import ImmutableMultiDict
from starlette.requests import HTTPConnection
from twilio.request_validator import RequestValidator

from telephony.errors import TelephonyError
from telephony.metrics import FORGED

log = structlog.get_logger("telephony.twilio")

BODY_BYTES_MAX = 262_144
FIELDS_MAX = 500


class TwilioForm:
    """The fields of a signed request; a missing one reads as an empty string."""

    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        self.fields = ImmutableMultiDict(list(pairs))

    def get(self, name: str) -> str:
        """The (last) value of a field."""
        return self.fields.get(name, "")

    def has(self, name: str) -> bool:
        """Whether the field was sent, blank or not."""
        return name in self.fields

    def number(self, name: str) -> int:
        """A count; 0 when it is missing or no number."""
        value = self.get(name)
        return int(value) if value.isdecimal() and len(value) < 6 else 0


def parse_form(body: bytes) -> TwilioForm:
    """A form with its blanks, which are part of the signature. What is not UTF-8 is replaced, not refused."""
    return TwilioForm(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=FIELDS_MAX))


class SignatureCheck:
    """Checks requests against one account's token and one public address."""

    def __init__(self, auth_token: str, public_url: str) -> None:
        self._validator = RequestValidator(auth_token)
        self._public_url = public_url

    def signed_url(self, connection: HTTPConnection) -> str:
        """The address Twilio signed for this request: ours, with the path and query as they arrived."""
        scope = connection.scope
        raw_path: bytes = scope.get("raw_path") or scope["path"].encode()
        query: bytes = scope["query_string"]
        url = self._public_url + raw_path.decode("latin-1")
        return f"{url}?{query.decode('latin-1')}" if query else url

    def form(self, connection: HTTPConnection, body: bytes) -> TwilioForm:
        """The form of a request that Twilio sent.

        :raises TelephonyError: 403, the signature is missing or wrong; 413, far more than Twilio ever sends.
        """
        if len(body) > BODY_BYTES_MAX:
            raise TelephonyError(413, "too_large", "Twilio never sends this much.")
        signature = connection.headers.get("X-Twilio-Signature")
        url = self.signed_url(connection)
        if signature is None:
            raise _forged(connection)
        if "bodySHA256=" in url:
            self._check_json(connection, url, body, signature)
            return TwilioForm([])
        try:
            form = parse_form(body)
        except ValueError:
            raise _forged(connection) from None
        if not self._validator.validate(url, form.fields, signature):
            raise _forged(connection)
        return form

    def _check_json(self, connection: HTTPConnection, url: str, body: bytes, signature: str) -> None:
        # As text, or the validator would skip the hash of the body.
        if not self._validator.validate(url, body.decode("utf-8", "replace"), signature):
            raise _forged(connection)

    def handshake(self, connection: HTTPConnection, path: str) -> None:
        """A WebSocket that Twilio opens is signed over the wss address as it stood in our TwiML.

        :raises TelephonyError: 403.
        """
        signature = connection.headers.get("X-Twilio-Signature")
        url = "ws" + self._public_url.removeprefix("http") + path
        if signature is None or not any(
            self._validator.validate(each, {}, signature) for each in (url, url.rstrip("/") + "/")
        ):
            raise _forged(connection)


def _forged(connection: HTTPConnection) -> TelephonyError:
    FORGED.inc()
    log.warning("forged_request", path=connection.scope["path"][:60])
    return TelephonyError(
        403,
        "bad_signature",
        "This address answers Twilio only. Check HEADGATE_PUBLIC_URL and HEADGATE_TWILIO_AUTH_TOKEN.",
    )


async def signed_form(request: Request) -> TwilioForm:
    """FastAPI dependency: the form of a request whose signature is right, else 403 and nothing is stored."""
    check: SignatureCheck = request.app.state.services.signature
    return check.form(request, await request.body())


SignedForm = Annotated[TwilioForm, Depends(signed_form)]
