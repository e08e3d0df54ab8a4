"""`X-Twilio-Signature`: base64 of HMAC-SHA1 over the address and the sorted parameters."""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

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


def with_port(url: str) -> str:
    """The address with the port of its scheme written out, as some of Twilio's machines sign it."""
    parts = urlsplit(url)
    if parts.port is not None:
        return url
    port = 443 if parts.scheme in ("https", "wss") else 80
    return parts._replace(netloc=f"{parts.netloc}:{port}").geturl()
