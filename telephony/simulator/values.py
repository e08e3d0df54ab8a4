"""Small values in the shapes Twilio gives them: SIDs, dates, telephone numbers."""

import re
import secrets
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

API_VERSION = "2010-04-01"
WITHHELD = "anonymous"
_E164 = re.compile(r"\+[1-9]\d{6,14}")


def new_sid(prefix: str) -> str:
    """A fresh identifier: two letters and 32 hexadecimal digits."""
    return prefix + secrets.token_hex(16)


def rfc2822(moment: datetime) -> str:
    """`Mon, 23 Nov 2026 08:00:00 +0000`: the 2010 API's dates."""
    return format_datetime(moment.astimezone(UTC))


def parse_moment(text: str) -> datetime:
    """A date filter of the REST API: a day, an ISO 8601 moment, or RFC 2822.

    Raises ValueError for anything else.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = parsedate_to_datetime(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def is_e164(text: str) -> bool:
    """Whether `text` is a number as the REST API takes it: plus, country code, digits."""
    return _E164.fullmatch(text) is not None


def normalise_number(text: str) -> str | None:
    """E.164 of what a person typed (`(555) 000-1111` is taken as North American), or None."""
    digits = re.sub(r"[\s().-]", "", text)
    if re.fullmatch(r"\d{10}", digits):
        digits = "+1" + digits
    elif re.fullmatch(r"1\d{10}", digits):
        digits = "+" + digits
    return digits if is_e164(digits) else None


def caller_geography(party: str, number: str) -> dict[str, str]:
    """The `FromCity`… or `ToCity`… parameters. City and ZIP are sent blank, as carriers often leave them."""
    country = "US" if number.startswith("+1") else ""
    return {
        f"{party}City": "",
        f"{party}State": "CA" if country else "",
        f"{party}Zip": "",
        f"{party}Country": country,
    }
