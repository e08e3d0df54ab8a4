"""`/IncomingPhoneNumbers` and the account itself: which numbers there are, and where their webhooks go."""

from typing import Any

from fastapi import APIRouter, Request, Response

from telephony.simulator.errors import TwilioError
from telephony.simulator.rest.access import Account, Fields, Form, network_of, not_found
from telephony.simulator.rest.paging import page_of
from telephony.simulator.state.numbers import PhoneNumber
from telephony.simulator.values import API_VERSION, is_e164, rfc2822

router = APIRouter(prefix=f"/{API_VERSION}/Accounts")

SETTINGS = {
    "FriendlyName": "friendly_name",
    "VoiceUrl": "voice_url",
    "VoiceMethod": "voice_method",
    "VoiceFallbackUrl": "voice_fallback_url",
    "VoiceFallbackMethod": "voice_fallback_method",
    "StatusCallback": "status_callback",
    "StatusCallbackMethod": "status_callback_method",
    "SmsUrl": "sms_url",
    "SmsMethod": "sms_method",
    "SmsFallbackUrl": "sms_fallback_url",
    "SmsFallbackMethod": "sms_fallback_method",
}


@router.get("/{account_sid}.json")
async def account(request: Request, account: Account) -> dict[str, Any]:
    """The account. Its token is shown to nobody here."""
    network = network_of(request)
    base = f"/{API_VERSION}/Accounts/{account}"
    parts = ("Calls", "Conferences", "IncomingPhoneNumbers", "Messages", "Queues", "Recordings", "Transcriptions")
    made = rfc2822(network.number.created_at)
    return {
        "auth_token": "",
        "date_created": made,
        "date_updated": made,
        "friendly_name": "The simulator's account",
        "owner_account_sid": account,
        "sid": account,
        "status": "active",
        "subresource_uris": {_snake(part): f"{base}/{part}.json" for part in parts},
        "type": "Full",
        "uri": f"{base}.json",
    }


@router.get("/{account_sid}/IncomingPhoneNumbers.json")
async def list_numbers(request: Request, account: Account) -> dict[str, Any]:
    """The account's numbers that match PhoneNumber and FriendlyName."""
    query = request.query_params
    found = [
        number
        for number in network_of(request).numbers.all()
        if query.get("PhoneNumber", "") in number.phone_number
        and query.get("FriendlyName") in (None, number.friendly_name)
    ]

    def page(offset: int, limit: int) -> list[PhoneNumber]:
        return found[offset : offset + limit]

    return page_of(request, "incoming_phone_numbers", page, lambda number: render(number, account))


@router.post("/{account_sid}/IncomingPhoneNumbers.json", status_code=201)
async def buy(request: Request, account: Account, form: Form) -> dict[str, Any]:
    """Another number for the account."""
    network, wanted = network_of(request), form.one("PhoneNumber")
    if wanted == "+15005550000":
        raise TwilioError(400, 21422, "PhoneNumber is not available")
    if not is_e164(wanted):
        raise TwilioError(400, 21421, "PhoneNumber is invalid")
    if network.numbers.find(wanted) is not None:
        raise TwilioError(400, 21422, "PhoneNumber is not available")
    return render(network.numbers.add(wanted, _settings(form, None), network.clock()), account)


@router.get("/{account_sid}/IncomingPhoneNumbers/{sid}.json")
async def fetch(request: Request, account: Account, sid: str) -> dict[str, Any]:
    """One number."""
    return render(_stored(request, sid), account)


@router.post("/{account_sid}/IncomingPhoneNumbers/{sid}.json")
async def update(request: Request, account: Account, sid: str, form: Form) -> dict[str, Any]:
    """Another name, or other webhooks."""
    network = network_of(request)
    number = _stored(request, sid)
    return render(network.numbers.change(number, _settings(form, number), network.clock()), account)


@router.delete("/{account_sid}/IncomingPhoneNumbers/{sid}.json", status_code=204)
async def release(request: Request, account: Account, sid: str) -> Response:
    """Give a number back. The district's own is needed here and stays."""
    network = network_of(request)
    number = _stored(request, sid)
    if number.phone_number == network.number.phone_number:
        raise TwilioError(403, 20403, "The simulator needs the district's own number")
    network.numbers.delete(sid)
    return Response(status_code=204)


def render(number: PhoneNumber, account_sid: str) -> dict[str, Any]:
    """The body of one number."""
    return {
        "account_sid": account_sid,
        "address_requirements": "none",
        "address_sid": None,
        "api_version": API_VERSION,
        "beta": False,
        "bundle_sid": None,
        "capabilities": {"voice": True, "sms": True, "mms": True, "fax": False},
        "date_created": rfc2822(number.created_at),
        "date_updated": rfc2822(number.updated_at),
        "emergency_address_sid": None,
        "emergency_address_status": "unregistered",
        "emergency_status": "Inactive",
        "friendly_name": number.friendly_name,
        "identity_sid": None,
        "origin": "twilio",
        "phone_number": number.phone_number,
        "sid": number.sid,
        "sms_application_sid": None,
        "sms_fallback_method": number.sms_fallback_method,
        "sms_fallback_url": number.sms_fallback_url,
        "sms_method": number.sms_method,
        "sms_url": number.sms_url,
        "status": "in-use",
        "status_callback": number.status_callback,
        "status_callback_method": number.status_callback_method,
        "trunk_sid": None,
        "type": "local",
        "uri": f"/{API_VERSION}/Accounts/{account_sid}/IncomingPhoneNumbers/{number.sid}.json",
        "voice_application_sid": None,
        "voice_caller_id_lookup": False,
        "voice_fallback_method": number.voice_fallback_method,
        "voice_fallback_url": number.voice_fallback_url,
        "voice_method": number.voice_method,
        "voice_receive_mode": "voice",
        "voice_url": number.voice_url,
    }


def _settings(form: Fields, number: PhoneNumber | None) -> dict[str, str]:
    """The settings that are given. A fallback needs a primary address (21405 voice, 21406 texts)."""
    given = {ours: form.one(theirs) for theirs, ours in SETTINGS.items() if theirs in form}
    for kind, code in (("voice", 21405), ("sms", 21406)):
        known = number is not None and getattr(number, f"{kind}_url")
        if given.get(f"{kind}_fallback_url") and not given.get(f"{kind}_url", known):
            raise TwilioError(400, code, "A fallback address needs a primary address")
    return given


def _stored(request: Request, sid: str) -> PhoneNumber:
    number = network_of(request).numbers.get(sid)
    if number is None:
        raise not_found(request)
    return number


def _snake(name: str) -> str:
    return "".join(f"_{each.lower()}" if each.isupper() else each for each in name).lstrip("_")
