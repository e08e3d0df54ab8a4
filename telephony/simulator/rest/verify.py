"""Verify v2 (`verify.twilio.com`): services, verifications, checks. Its dates are ISO 8601."""

from typing import Any

from fastapi import APIRouter, Request, Response

from telephony.simulator.errors import TwilioError
from telephony.simulator.rest.access import AnyAccount, Fields, Form, network_of, not_found
from telephony.simulator.values import is_e164
from telephony.simulator.verify import Service, Verification

router = APIRouter(prefix="/v2/Services")

CHANNELS = ("sms", "call", "email", "whatsapp", "sna", "auto")
BASE = "https://verify.twilio.com/v2/Services"
LANDLINE = "+15005551006"


@router.post("", status_code=201)
async def create_service(request: Request, account: AnyAccount, form: Form) -> dict[str, Any]:
    """A new service."""
    if not form.one("FriendlyName"):
        raise TwilioError(400, 60200, "Invalid parameter: FriendlyName")
    length = form.count("CodeLength", 6)
    if not 4 <= length <= 10:
        raise TwilioError(400, 60200, "Invalid parameter: CodeLength")
    service = network_of(request).verifications.create_service(
        form.one("FriendlyName"), length, custom_codes=form.flag("CustomCodeEnabled")
    )
    return _render_service(service, account)


@router.get("/{sid}")
async def fetch_service(request: Request, account: AnyAccount, sid: str) -> dict[str, Any]:
    """One service."""
    return _render_service(_service(request, sid), account)


@router.delete("/{sid}", status_code=204)
async def delete_service(request: Request, account: AnyAccount, sid: str) -> Response:
    """Forget a service."""
    del network_of(request).verifications.services[_service(request, sid).sid]
    return Response(status_code=204)


@router.post("/{service_sid}/Verifications", status_code=201)
async def create(request: Request, account: AnyAccount, service_sid: str, form: Form) -> dict[str, Any]:
    """Send a code."""
    service = _service(request, service_sid)
    to, channel = form.one("To"), form.one("Channel")
    if channel not in CHANNELS:
        raise TwilioError(400, 60200, "Invalid parameter: Channel")
    if not is_e164(to) and not (channel == "email" and "@" in to):
        raise TwilioError(400, 60200, f"Invalid parameter `To`: {to}")
    if to == LANDLINE and channel == "sms":
        raise TwilioError(403, 60205, "SMS is not supported by landline phone number")
    channel = "sms" if channel == "auto" else channel
    found = await network_of(request).verifications.send(service, to, channel, _custom_code(service, form))
    return _render(found, account)


@router.get("/{service_sid}/Verifications/{sid}")
async def fetch(request: Request, account: AnyAccount, service_sid: str, sid: str) -> dict[str, Any]:
    """One verification, by SID or address."""
    return _render(_stored(request, service_sid, sid), account)


@router.post("/{service_sid}/Verifications/{sid}")
async def update(request: Request, account: AnyAccount, service_sid: str, sid: str, form: Form) -> dict[str, Any]:
    """Approve or cancel one from outside."""
    found = _stored(request, service_sid, sid)
    if form.one("Status") not in ("approved", "canceled"):
        raise TwilioError(400, 60200, "Invalid parameter: Status")
    found.status = form.one("Status")
    return _render(found, account)


@router.post("/{service_sid}/VerificationCheck")
async def check(request: Request, account: AnyAccount, service_sid: str, form: Form) -> dict[str, Any]:
    """Compare what was entered. Nothing pending there: 404/20404."""
    network, service = network_of(request), _service(request, service_sid)
    name = form.one("VerificationSid") or form.one("To")
    found = network.verifications.get(service, name)
    if found is None or found.status != "pending":
        raise not_found(request)
    found = network.verifications.check(found, form.one("Code"))
    body = _common(found, account)
    return {**body, "sna_attempts_error_codes": []}


def _custom_code(service: Service, form: Fields) -> str:
    code = form.one("CustomCode")
    if code and not (service.custom_codes and 4 <= len(code) <= 10):
        raise TwilioError(403, 60204, "Service does not support this feature: CustomCode")
    return code


def _service(request: Request, sid: str) -> Service:
    service = network_of(request).verifications.services.get(sid)
    if service is None:
        raise not_found(request)
    return service


def _stored(request: Request, service_sid: str, sid: str) -> Verification:
    found = network_of(request).verifications.get(_service(request, service_sid), sid)
    if found is None:
        raise not_found(request)
    return found


def _common(found: Verification, account: str) -> dict[str, Any]:
    return {
        "sid": found.sid,
        "service_sid": found.service_sid,
        "account_sid": account,
        "to": found.to,
        "channel": found.channel,
        "status": found.status,
        "valid": found.status == "approved",
        "amount": None,
        "payee": None,
        "date_created": found.created_at.isoformat(),
        "date_updated": found.updated_at.isoformat(),
    }


def _render(found: Verification, account: str) -> dict[str, Any]:
    attempts = [{"attempt_sid": sid, "channel": found.channel, "time": at.isoformat()} for at, sid in found.sends]
    return {
        **_common(found, account),
        "lookup": {},
        "send_code_attempts": attempts,
        "sna": None,
        "url": f"{BASE}/{found.service_sid}/Verifications/{found.sid}",
    }


def _render_service(service: Service, account: str) -> dict[str, Any]:
    url = f"{BASE}/{service.sid}"
    parts = ("verifications", "verification_checks")
    return {
        "sid": service.sid,
        "account_sid": account,
        "friendly_name": service.friendly_name,
        "code_length": service.code_length,
        "lookup_enabled": False,
        "psd2_enabled": False,
        "skip_sms_to_landlines": False,
        "dtmf_input_required": True,
        "tts_name": None,
        "do_not_share_warning_enabled": False,
        "custom_code_enabled": service.custom_codes,
        "push": None,
        "totp": None,
        "default_template_sid": None,
        "whatsapp": None,
        "passkeys": None,
        "verify_event_subscription_enabled": False,
        "date_created": service.created_at.isoformat(),
        "date_updated": service.updated_at.isoformat(),
        "url": url,
        "links": {part: f"{url}/{part}" for part in parts},
    }
