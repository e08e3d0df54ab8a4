"""Sends webhooks as Twilio does: signed forms, cookies, redirects, retries, at most 15 seconds."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urljoin, urlsplit

import aiohttp
from yarl import URL

from telephony.simulator.conditions import Conditions
from telephony.simulator.overrides import BadRetryPolicy, Overrides, split_overrides
from telephony.simulator.signature import Parameters, sign, with_port

REDIRECTS_MAX = 10
BODY_BYTES_MAX = 64 * 1024
LOOPBACK = ("127.0.0.1", "localhost", "::1")
_REDIRECTS = {301, 302, 303, 307, 308}


class FetchFailed(Exception):
    """A document could not be had. `code` is Twilio's error number."""

    def __init__(self, code: int, url: str, detail: str) -> None:
        super().__init__(f"{code} at {url}: {detail}")
        self.code, self.url, self.detail = code, url, detail


@dataclass(frozen=True)
class Fetched:
    """An answer with status 2xx. `url` is where it came from after redirects."""

    url: str
    status: int
    content_type: str
    body: bytes


class _Unanswered(Exception):
    """One attempt failed; `reason` is a retry reason of the overrides."""

    def __init__(self, reason: str, failure: FetchFailed) -> None:
        super().__init__(reason)
        self.reason, self.failure = reason, failure


class Requester:
    """One shared pool of connections. Each call or text brings its own cookie jar."""

    def __init__(self, connector: aiohttp.BaseConnector, auth_token: str, conditions: Conditions) -> None:
        self._connector = connector
        self._auth_token = auth_token
        self._conditions = conditions

    def session(self) -> aiohttp.ClientSession:
        """A session over the pool, for a WebSocket; close it after."""
        return aiohttp.ClientSession(connector=self._connector, connector_owner=False)

    def signature_of(self, url: str, parameters: Parameters | None = None) -> str:
        """The signature of a request to `url`: over the address with its port where the conditions say so."""
        if self._conditions.signature_with_port:
            url = with_port(url)
        return sign(url, parameters or {}, self._auth_token)

    def cookies(self) -> aiohttp.CookieJar:
        """A fresh jar: Twilio keeps cookies for the length of a call, or of a message exchange."""
        return aiohttp.CookieJar(unsafe=True)

    async def fetch(self, address: str, method: str, parameters: Mapping[str, str], jar: aiohttp.CookieJar) -> Fetched:
        """Request `address`, following redirects and trying again where its overrides say so.

        Raises FetchFailed with Twilio's error number.
        """
        method = method.upper()
        try:
            url, overrides = split_overrides(address)
        except BadRetryPolicy as error:
            raise FetchFailed(11243, address, f"rp={error}") from None
        for _ in range(REDIRECTS_MAX + 1):
            _check_address(url)
            answer, target = await self._with_retries(url, method, parameters, jar, overrides)
            if target is None:
                return answer
            url = urljoin(url, target)
            if answer.status in (301, 302, 303) and method == "POST":
                method, parameters = "GET", {}
        raise FetchFailed(11215, url, "more than 10 redirects")

    async def _with_retries(
        self,
        url: str,
        method: str,
        parameters: Mapping[str, str],
        jar: aiohttp.CookieJar,
        overrides: Overrides,
    ) -> tuple[Fetched, str | None]:
        token = str(uuid.uuid4())
        for attempt in range(overrides.retries + 1):
            try:
                return await self._attempt(url, method, parameters, jar, overrides, token=token if attempt else "")
            except _Unanswered as unanswered:
                if attempt == overrides.retries or not overrides.retries_on(unanswered.reason):
                    raise unanswered.failure from None
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def _attempt(
        self,
        url: str,
        method: str,
        parameters: Mapping[str, str],
        jar: aiohttp.CookieJar,
        overrides: Overrides,
        *,
        token: str,
    ) -> tuple[Fetched, str | None]:
        url, body, headers = self._signed(url, method, parameters)
        if token:
            headers["I-Twilio-Idempotency-Token"] = token
        timeout = aiohttp.ClientTimeout(
            total=overrides.total_ms / 1000,
            sock_connect=overrides.connect_ms / 1000,
            sock_read=overrides.read_ms / 1000,
        )
        try:
            async with (
                aiohttp.ClientSession(
                    connector=self._connector, connector_owner=False, cookie_jar=jar, timeout=timeout
                ) as session,
                session.request(
                    method, URL(url, encoded=True), data=body, headers=headers, allow_redirects=False
                ) as response,
            ):
                content = await _read_limited(response, url)
                return _judge(url, response, content)
        except (aiohttp.ConnectionTimeoutError, aiohttp.ClientConnectorError) as error:
            code = 11220 if isinstance(error, aiohttp.ClientSSLError) else 11205
            raise _Unanswered("ct", FetchFailed(code, url, "could not connect")) from error
        except TimeoutError as error:
            raise _Unanswered("rt", FetchFailed(11200, url, "no answer in time")) from error
        except aiohttp.ClientError as error:
            raise _Unanswered("rt", FetchFailed(11206, url, type(error).__name__)) from error

    def _signed(self, url: str, method: str, parameters: Mapping[str, str]) -> tuple[str, bytes | None, dict[str, str]]:
        """The address, body and headers to send. A GET carries the parameters in its query."""
        if method == "GET":
            if parameters:
                url += ("&" if urlsplit(url).query else "?") + urlencode(parameters)
            body, signature = None, self.signature_of(url)
        else:
            body, signature = urlencode(parameters).encode(), self.signature_of(url, parameters)
        headers = {
            "User-Agent": "TwilioProxy/1.1",
            "Accept": "*/*",
            "Accept-Encoding": "gzip",
            "X-Home-Region": "us1",
            "X-Twilio-Service-Flow-Event": uuid.uuid4().hex,
            "X-Twilio-Signature": signature,
        }
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8"
        return url, body, headers


def _check_address(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise FetchFailed(11100, url, "not an absolute http or https address")
    if "_" in parts.hostname:
        raise FetchFailed(11210, url, "host names have no underscores")


async def _read_limited(response: aiohttp.ClientResponse, url: str) -> bytes:
    content = bytearray()
    async for chunk in response.content.iter_any():
        content += chunk
        if len(content) > BODY_BYTES_MAX and not response.content_type.startswith("audio/"):
            raise FetchFailed(11750, url, "the body is over 64 kB")
    return bytes(content)


def _judge(url: str, response: aiohttp.ClientResponse, content: bytes) -> tuple[Fetched, str | None]:
    target = response.headers.get("Location") if response.status in _REDIRECTS else None
    if response.status >= 400 or (response.status >= 300 and target is None):
        reason = "4xx" if response.status < 500 else "5xx"
        raise _Unanswered(reason, FetchFailed(11200, url, f"status {response.status}"))
    content_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return Fetched(url, response.status, content_type, content), target
