"""Texts to Headgate as Twilio delivers them: signed SMS webhooks, answered with TwiML."""

import itertools
import re
import secrets
from typing import Any

import aiohttp
from twilio.request_validator import RequestValidator

from bench.system import System

_numbers = itertools.count(1)


class Texter:
    """Sends signed webhooks to telephony, as anybody's phone."""

    def __init__(self, system: System, session: aiohttp.ClientSession) -> None:
        variables = system.variables("telephony")
        self._session = session
        self._address = system.url("telephony") + "/twilio/sms"
        self._signed_address = variables["HEADGATE_PUBLIC_URL"] + "/twilio/sms"
        self._account_sid = variables["HEADGATE_TWILIO_ACCOUNT_SID"]
        self._district = variables["HEADGATE_TWILIO_NUMBER"]
        self._validator = RequestValidator(variables["HEADGATE_TWILIO_AUTH_TOKEN"])

    async def text(self, phone: str, words: str) -> str:
        """One text from `phone` (E.164); gives the TwiML.

        :raises RuntimeError: it was not answered with a message.
        """
        sid = "SM" + secrets.token_hex(16)
        form = {"MessageSid": sid, "SmsSid": sid, "SmsMessageSid": sid, "AccountSid": self._account_sid}
        form |= {"From": phone, "To": self._district, "Body": words, "NumMedia": "0", "NumSegments": "1"}
        form |= {"ApiVersion": "2010-04-01", "SmsStatus": "received"}
        headers = {"X-Twilio-Signature": self._validator.compute_signature(self._signed_address, form)}
        async with self._session.post(self._address, data=form, headers=headers) as response:
            twiml = await response.text()
        if response.status != 200 or "<Message" not in twiml:
            raise RuntimeError(f"{words!r} was answered {response.status} {twiml[:300]}")
        return twiml


def new_phone() -> str:
    """A number that no customer has, another each time."""
    return f"+1714555{next(_numbers):04d}"


async def verified_conversation(texter: Texter, customer: dict[str, Any]) -> str:
    """A conversation from a new phone in which `customer` has shown who they are; gives the phone.

    :raises RuntimeError: the balance was not said.
    """
    phone = new_phone()
    await texter.text(phone, "what's my balance?")
    twiml = await texter.text(phone, f"account {customer['account_number']} pin {customer['pin']}")
    if not re.search(r"\$\s?[\d,]+\.\d\d", twiml):
        raise RuntimeError(f"no balance after account number and PIN: {twiml[:400]}")
    return phone
