"""Agent-assisted payments: Twilio's Payments API takes the caller's keys while a person of ours talks with them.

The backend says which field is asked for and when it is complete; here its words become requests, and Twilio's news
become masked news for the backend. Twilio keeps the tones from the agent and the digits from us.
"""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import aiohttp
import structlog
from fastapi import APIRouter, Depends, Request, Response
from twilio.base.exceptions import TwilioException

from telephony.channels.twilio_route import TwilioRoute
from telephony.http_json import CallError
from telephony.payments.quiet import fall_silent, record_again
from telephony.people.legs import find_conference
from telephony.services import Services, services_of
from telephony.twilio.pay import CARD_TYPES, ZIP_DIGITS
from telephony.twilio.signature import SignedForm, TwilioForm

log = structlog.get_logger("telephony.payments")

router = APIRouter(route_class=TwilioRoute)

PATH = "/twilio/voice/assisted"
BETWEEN_KEYS_SECONDS = 60
_SHOWN = {
    "payment-card-number": "PaymentCardNumber",
    "expiration-date": "ExpirationDate",
    "security-code": "SecurityCode",
    "postal-code": "PaymentCardPostalCode",
    "bank-routing-number": "BankRoutingNumber",
    "bank-account-number": "BankAccountNumber",
}
"""Field → the parameter that shows it."""
_ENDS = frozenset({"payment-card-number", "bank-account-number"})
"""Of these the last digits are shown; of all others dots alone."""
_BROKEN = (aiohttp.ClientError, TimeoutError, OSError, ValueError)


@dataclass(frozen=True, slots=True)
class OnCall:
    """A payment on a live call: the backend's id of it, the customer's leg, and the conference they talk in."""

    capture_id: str
    call_sid: str
    conference: str
    method: str = "card"

    @classmethod
    def from_query(cls, form: SignedForm, *, capture: str, conference: str, method: str = "card") -> "OnCall":
        """As the address of our status callback carries it; Twilio signs it."""
        return cls(capture, form.get("CallSid"), conference, method)


@dataclass(frozen=True, slots=True)
class Next:
    """What the backend wants done now."""

    action: Literal["ask", "complete", "drop", "none"]
    field: str | None
    key: str


async def take_card(services: Services, payment: OnCall) -> None:
    """Begin the session. A call that is being recorded and cannot be paused takes no card: the backend is told.

    :raises CallError: the backend is out; the order is given again.
    """
    conference = await find_conference(services, payment.conference)
    if not await fall_silent(services, payment.call_sid, conference):
        await _tell(services, payment, {"result": "internal-error", "problem": "not-silent"})
        return
    try:
        made = await services.twilio.calls(payment.call_sid).payments.create_async(
            idempotency_key=payment.capture_id,
            status_callback=_callback(services, payment),
            payment_connector=services.voice.payment_connector,
            token_type="payment-method",
            description="Water bill",
            timeout=BETWEEN_KEYS_SECONDS,
            **(_card() if payment.method == "card" else {"payment_method": "ach-debit"}),
        )
    except TwilioException as problem:
        code = getattr(problem, "code", None)
        log.warning("capture_not_begun", code=code, capture_id=payment.capture_id)
        await record_again(services, payment.call_sid, conference)
        await _tell(services, payment, {"result": "internal-error", "problem": f"twilio-{code}"})
        return
    sid = str(made.sid)
    await carry_on(services, payment, sid, await _tell(services, payment, {"payment_sid": sid}))


def _card() -> dict[str, Any]:
    return {
        "payment_method": "credit-card",
        "valid_card_types": CARD_TYPES,
        "security_code": True,
        "postal_code": "true",
        "min_postal_code_length": ZIP_DIGITS,
    }


def _callback(services: Services, payment: OnCall) -> str:
    named = {"capture": payment.capture_id, "conference": payment.conference, "method": payment.method}
    return services.voice.url(PATH, **named)


async def carry_on(services: Services, payment: OnCall, sid: str, what: Next) -> None:
    """Have Twilio take the next field, complete, or forget. What is over already at Twilio's is over."""
    if what.action == "none":
        return
    change = {"capture": what.field} if what.action == "ask" else {"status": _STATUS[what.action]}
    session = services.twilio.calls(payment.call_sid).payments(sid)
    try:
        await session.update_async(idempotency_key=what.key, status_callback=_callback(services, payment), **change)
    except TwilioException as problem:
        code = getattr(problem, "code", None)
        log.warning("capture_not_carried_on", code=code, action=what.action, capture_id=payment.capture_id)
        if what.action != "drop":
            await _tell(
                services, payment, {"payment_sid": sid, "result": "internal-error", "problem": f"twilio-{code}"}
            )


_STATUS = {"complete": "complete", "drop": "cancel"}


@router.post(PATH)
async def news(request: Request, form: SignedForm, payment: Annotated[OnCall, Depends(OnCall.from_query)]) -> Response:
    """A status callback of the session: a key, a field that is in or wrong, or how it ended."""
    services = services_of(request)
    told = progress_of(form)
    try:
        what = await _tell(services, payment, told)
        await carry_on(services, payment, told["payment_sid"], what)
    except (CallError, *_BROKEN) as problem:
        # The lead sees that nothing moves, and asks for the field again.
        log.warning("capture_news_lost", kind=type(problem).__name__, capture_id=payment.capture_id[:40])
    if "result" in told:
        conference = await find_conference(services, payment.conference)
        await record_again(services, payment.call_sid, conference)
    return Response(status_code=204)


async def _tell(services: Services, payment: OnCall, told: dict[str, Any]) -> Next:
    raw = await services.backend.capture_progress(payment.capture_id, told)
    return Next(raw["action"], raw["field"], str(raw["key"]))


def progress_of(form: TwilioForm) -> dict[str, Any]:
    """A status callback as the backend may hear it (docs/contracts.md): dots, last digits, and the token at the end."""
    told: dict[str, Any] = {"payment_sid": form.get("Sid") or form.get("PaymentSid")}
    capture, partial = form.get("Capture"), form.get("PartialResult") == "true"
    error = form.get("ErrorType")
    missing = {*form.get("Required").replace(" ", "").split(","), capture if partial or error else ""}
    told["keyed"] = {
        name: _dots(form.get(shown), ends=name in _ENDS)
        for name, shown in _SHOWN.items()
        if form.get(shown) and name not in missing
    }
    if partial and capture in _SHOWN:
        told["partial"] = _dots(form.get(_SHOWN[capture]), ends=False)
    if error:
        told["problem"] = error[:64]
    if form.get("Result"):
        told |= {"result": form.get("Result")[:64], "brand": form.get("PaymentCardType")[:40]}
        told["last4"] = _last(form.get("PaymentCardNumber") or form.get("BankAccountNumber"))
        told["token"] = form.get("PaymentToken")
        if form.get("PayErrorCode"):
            told["problem"] = f"{form.get('PayErrorCode')[:8]}"
    return told


def _dots(shown: str, *, ends: bool) -> str:
    """`xxxx-xxxx-xxxx-4242` → twelve dots and `4242`; whatever else was shown in clear becomes dots too."""
    bare = shown.replace("-", "")[:24]
    last = _last(bare) if ends else ""
    return "•" * (len(bare) - len(last)) + last


def _last(shown: str) -> str:
    tail = shown[-4:]
    return "".join(character for character in tail if character.isdigit()) if shown[:1] in ("x", "*") else ""
