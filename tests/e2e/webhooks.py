"""Webhooks by hand: for what a well-behaved Twilio (or its simulator) would not send."""

import secrets

import httpx
from twilio.request_validator import RequestValidator

from bench.system import System

_SIGN = object()


class Webhooks:
    """Posts forms to telephony, signed unless told otherwise."""

    def __init__(self, system: System) -> None:
        self._variables = system.variables("telephony")
        self._address = system.url("telephony")
        self._validator = RequestValidator(self._variables["HEADGATE_TWILIO_AUTH_TOKEN"])

    def sms_form(self, phone: str, body: str) -> dict[str, str]:
        """What Twilio sends for a text from `phone`."""
        sid = "SM" + secrets.token_hex(16)
        form = {"MessageSid": sid, "SmsSid": sid, "SmsMessageSid": sid, "From": phone, "Body": body}
        form |= {"To": self._variables["HEADGATE_TWILIO_NUMBER"], "NumMedia": "0", "NumSegments": "1", "ToZip": ""}
        return form | {"AccountSid": self._variables["HEADGATE_TWILIO_ACCOUNT_SID"], "ApiVersion": "2010-04-01"}

    def sign(self, address: str, form: dict[str, str]) -> str:
        """The signature of `form` sent to `address`."""
        return str(self._validator.compute_signature(address, form))

    def post(self, path: str, form: dict[str, str], signature: object = _SIGN) -> httpx.Response:
        """Posts `form`; `signature` None leaves the header out, a string sends that."""
        if signature is _SIGN:
            signature = self.sign(self._variables["HEADGATE_PUBLIC_URL"] + path, form)
        headers = {"X-Twilio-Signature": str(signature)} if signature is not None else {}
        return httpx.post(self._address + path, data=form, headers=headers, timeout=20)
