"""Lookup v2 (`lookups.twilio.com`): what kind of line a number is. The numbers that misbehave say why."""

from typing import Any

from fastapi import APIRouter, Request

from telephony.simulator.rest.access import AnyAccount
from telephony.simulator.values import is_e164, normalise_number

router = APIRouter(prefix="/v2/PhoneNumbers")

LINE_TYPES = {"+15005551006": "landline", "+15005551007": "nonFixedVoip", "+15005551003": "mobile"}
UNREACHABLE = "+15005551003"
FIELDS = (
    "caller_name",
    "sim_swap",
    "call_forwarding",
    "line_status",
    "line_type_intelligence",
    "identity_match",
    "reassigned_number",
    "sms_pumping_risk",
    "phone_number_quality_score",
    "pre_fill",
)


@router.get("/{number}")
async def fetch(request: Request, account: AnyAccount, number: str) -> dict[str, Any]:
    """A number, with the Fields that were asked for; something that is none is `valid: false`."""
    phone = normalise_number(number) or number
    valid = is_e164(phone)
    american = phone.startswith("+1") and len(phone) == 12
    wanted = set(request.query_params.get("Fields", "").split(",")) if valid else set()
    known = {
        "line_type_intelligence": {
            "error_code": None,
            "mobile_country_code": "311",
            "mobile_network_code": "180",
            "carrier_name": "The simulator",
            "type": LINE_TYPES.get(phone, "mobile"),
        },
        "line_status": {"status": "unreachable" if phone == UNREACHABLE else "active", "error_code": None},
        "caller_name": {"caller_name": None, "caller_type": "CONSUMER", "error_code": None},
    }
    return {
        "calling_country_code": "1" if american else None,
        "country_code": "US" if american else None,
        "phone_number": phone,
        "national_format": f"({phone[2:5]}) {phone[5:8]}-{phone[8:]}" if american else phone,
        "valid": valid,
        "validation_errors": [] if valid else ["INVALID_LENGTH"],
        **{name: known.get(name) if name in wanted else None for name in FIELDS},
        "url": f"https://lookups.twilio.com/v2/PhoneNumbers/{phone}",
    }
