"""`X-Twilio-Signature`: base64 of HMAC-SHA1 over the address and the sorted parameters."""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence

Parameters = Mapping[str, str | Sequence[str]]


def sign(url: str, parameters: Parameters, auth_token: str) -> str:
    """The signature Twilio would send with a request to `url` (no fragment; the query as it is requested).

    `parameters` are the form fields of a POST, blanks included; for a GET pass none.
    """
    text = url
    for name in sorted(parameters):
        value = parameters[name]
        values = [value] if isinstance(value, str) else sorted(set(value))
        text += "".join(name + each for each in values)
    digest = hmac.new(auth_token.encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()
