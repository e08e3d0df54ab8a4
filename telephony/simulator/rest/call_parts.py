"""`/Calls/{sid}/Streams`, `/Transcriptions` and `/Payments`: what goes on beside the verbs of a live call."""

from decimal import Decimal, InvalidOperation
from typing import Any

from fastapi import APIRouter, Request

from telephony.simulator.calls.streams import MediaStream
from telephony.simulator.calls.transcriptions import Transcription
from telephony.simulator.errors import TwilioError
from telephony.simulator.pay.assisted import AssistedPayment
from telephony.simulator.pay.connector import Order
from telephony.simulator.pay.fields import BANK, CARD, DEFAULT_CARD_TYPES, PaymentFields
from telephony.simulator.rest.access import Account, Fields, Form, network_of, not_found
from telephony.simulator.rest.call_recordings import live_call
from telephony.simulator.values import API_VERSION, rfc2822

router = APIRouter(prefix=f"/{API_VERSION}/Accounts/{{account_sid}}/Calls/{{call_sid}}")


@router.post("/Streams.json")
async def start_stream(request: Request, account: Account, call_sid: str, form: Form) -> dict[str, Any]:
    """Send the sound of a live call to a socket."""
    execution = live_call(request, call_sid)
    numbers = range(1, 100)
    named = {form.one(f"Parameter{n}.Name"): form.one(f"Parameter{n}.Value") for n in numbers}
    parameters = {name: value for name, value in named.items() if name}
    stream = MediaStream(
        execution,
        form.one("Url"),
        form.one("Name"),
        form.one("Track", "inbound_track"),
        False,
        parameters,
        form.one("StatusCallback"),
        form.one("StatusCallbackMethod", "POST").upper(),
    )
    if not await stream.start():
        raise TwilioError(400, 31920, "Stream - WebSocket - Handshake Error")
    execution.companions.append(stream)
    return _render(request, stream, account, call_sid, "Streams")


@router.post("/Streams/{sid}.json")
async def stop_stream(request: Request, account: Account, call_sid: str, sid: str, form: Form) -> dict[str, Any]:
    """Stop it, by its SID or name."""
    stream = await _stop(request, call_sid, sid, form, MediaStream)
    return _render(request, stream, account, call_sid, "Streams")


@router.post("/Transcriptions.json")
async def start_transcription(request: Request, account: Account, call_sid: str, form: Form) -> dict[str, Any]:
    """Tell the application what is said on a live call, as it is said."""
    execution = live_call(request, call_sid)
    transcription = Transcription(
        execution,
        form.one("Name"),
        form.one("Track", "both_tracks"),
        form.one("LanguageCode", "en-US"),
        form.one("TranscriptionEngine", "google"),
        form.one("StatusCallbackUrl"),
        form.one("StatusCallbackMethod", "POST").upper(),
    )
    execution.companions.append(transcription)
    await transcription.start()
    return _render(request, transcription, account, call_sid, "Transcriptions")


@router.post("/Transcriptions/{sid}.json")
async def stop_transcription(request: Request, account: Account, call_sid: str, sid: str, form: Form) -> dict[str, Any]:
    """Stop it, by its SID or name."""
    transcription = await _stop(request, call_sid, sid, form, Transcription)
    return _render(request, transcription, account, call_sid, "Transcriptions")


async def _stop(
    request: Request, call_sid: str, sid: str, form: Fields, kind: type[MediaStream] | type[Transcription]
) -> MediaStream | Transcription:
    execution = live_call(request, call_sid)
    going_on = [each for each in execution.companions if isinstance(each, kind)]
    found = next((each for each in going_on if sid in (each.sid, each.name)), None)
    if found is None:
        raise not_found(request)
    if form.one("Status") != "stopped":
        raise TwilioError(400, 20001, "Status must be stopped")
    execution.companions.remove(found)
    await found.stop()
    return found


def _render(
    request: Request, part: MediaStream | Transcription, account: str, call_sid: str, name: str
) -> dict[str, Any]:
    return {
        "sid": part.sid,
        "account_sid": account,
        "call_sid": call_sid,
        "name": part.name or None,
        "status": part.status,
        "date_updated": rfc2822(network_of(request).clock()),
        "uri": f"/{API_VERSION}/Accounts/{account}/Calls/{call_sid}/{name}/{part.sid}.json",
    }


@router.post("/Payments.json", status_code=201)
async def begin_payment(request: Request, account: Account, call_sid: str, form: Form) -> dict[str, Any]:
    """An agent begins to take a payment. The same IdempotencyKey again is the same session."""
    network, execution = network_of(request), live_call(request, call_sid)
    if not form.one("IdempotencyKey") or not form.one("StatusCallback"):
        raise TwilioError(400, 64015, "IdempotencyKey and StatusCallback are required")
    known = network.payment_keys.get(form.one("IdempotencyKey"))
    if known is None:
        connector = form.one("PaymentConnector", "Default")
        if connector not in network.facilities.connectors.by_name:
            raise TwilioError(400, 64004, "PaymentConnector is not known")
        if execution.payment is not None:
            raise TwilioError(400, 64017, "A payment session is in progress on this call")
        known = AssistedPayment(execution, _order(form), connector, form.one("StatusCallback"), network.clock())
        network.payment_keys[form.one("IdempotencyKey")] = known
        network.payments[known.sid] = known
        await known.begin()
    return _render_payment(known, account)


@router.post("/Payments/{sid}.json", status_code=202)
async def go_on_with_payment(request: Request, account: Account, call_sid: str, sid: str, form: Form) -> dict[str, Any]:
    """Ask for the next field (Capture), or end the session (Status)."""
    network = network_of(request)
    payment = network.payments.get(sid)
    if payment is None or payment.execution.leg.sid != call_sid:
        raise not_found(request)
    capture, status = form.one("Capture"), form.one("Status")
    if form.one("IdempotencyKey") in network.payment_keys:
        return _render_payment(payment, account)
    network.payment_keys[form.one("IdempotencyKey")] = payment
    if payment.over:
        raise TwilioError(400, 64021, "The payment session is over")
    if status == "complete":
        if payment.fields.missing:
            raise TwilioError(400, 64019, f"Missing: {', '.join(payment.fields.missing)}")
        network.facilities.spawn(payment.complete())
    elif status == "cancel":
        await payment.cancel()
    elif capture in payment.fields.wanted:
        await payment.ask(capture)
    elif capture in (*CARD, *BANK):
        raise TwilioError(400, 64020, f"{capture} is not part of this payment")
    else:
        raise TwilioError(400, 64018, "Capture or Status is required")
    return _render_payment(payment, account)


def _order(form: Fields) -> Order:
    postal = form.one("PostalCode", "true")
    fields = PaymentFields(
        method=form.one("PaymentMethod", "credit-card"),
        security_code=form.flag("SecurityCode", default=True),
        postal_code=postal.lower() != "false",
        known_postal_code=postal if postal.lower() not in ("true", "false") else "",
        postal_code_length_min=form.count("MinPostalCodeLength", 0),
        card_types=form.one("ValidCardTypes", " ".join(DEFAULT_CARD_TYPES)).split(),
        bank_account_type=form.one("BankAccountType", "consumer-checking"),
    )
    try:
        amount = Decimal(form.one("ChargeAmount") or "0")
    except InvalidOperation:
        raise TwilioError(400, 64003, "ChargeAmount is not an amount") from None
    currency, words = form.one("Currency", "usd"), form.one("Description")
    return Order(fields, amount, currency, words, form.one("TokenType", "reusable"), {})


def _render_payment(payment: AssistedPayment, account: str) -> dict[str, Any]:
    call_sid = payment.execution.leg.sid
    return {
        "account_sid": account,
        "call_sid": call_sid,
        "sid": payment.sid,
        "date_created": rfc2822(payment.created_at),
        "date_updated": rfc2822(payment.created_at),
        "uri": f"/{API_VERSION}/Accounts/{account}/Calls/{call_sid}/Payments/{payment.sid}.json",
    }
