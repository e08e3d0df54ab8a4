"""Twilio's own client over the process's one HTTP session, pointed at Twilio or at the simulator."""

import base64
import logging
from typing import Any

import aiohttp
from twilio.http import AsyncHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from telephony.settings import Settings

REQUEST_SECONDS = 8.0


class SessionHttpClient(AsyncHttpClient):  # type: ignore[misc]  # twilio ships no types
    """Twilio's HTTP seam. Its own asynchronous client has no time-out and opens a session of its own."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        super().__init__(logging.getLogger("twilio.session"), is_async=True, timeout=REQUEST_SECONDS)
        self._session = session

    async def request(  # noqa: PLR0917  # Twilio's signature
        self,
        method: str,
        uri: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
        allow_redirects: bool = False,
    ) -> Response:
        """Send one request.

        :raises aiohttp.ClientError, TimeoutError: nothing is known about what became of it.
        """
        sent = dict(headers or {})
        if auth is not None:
            sent["Authorization"] = "Basic " + base64.b64encode(":".join(auth).encode()).decode()
        async with self._session.request(
            method.upper(),
            uri,
            params=_pairs(params),
            data=_pairs(data),
            headers=sent,
            timeout=aiohttp.ClientTimeout(total=timeout or REQUEST_SECONDS, sock_connect=3.0),
            allow_redirects=allow_redirects,
        ) as response:
            return Response(response.status, await response.text(), dict(response.headers))


def _pairs(fields: dict[str, Any] | None) -> list[tuple[str, str]]:
    """Form fields, a list as a repeated key."""
    pairs: list[tuple[str, str]] = []
    for name, value in (fields or {}).items():
        values = value if isinstance(value, list) else [value]
        pairs += [(name, str(each)) for each in values]
    return pairs


def make_twilio_client(settings: Settings, session: aiohttp.ClientSession) -> Client:
    """The REST client; `HEADGATE_TWILIO_API_URL` sends it to the simulator instead."""
    client = Client(
        settings.twilio_account_sid,
        settings.twilio_auth_token.get_secret_value(),
        http_client=SessionHttpClient(session),
        # An empty mapping: TWILIO_EDGE or TWILIO_REGION of the machine must not bend the address.
        environment={"HEADGATE": "1"},
    )
    if settings.twilio_api_url:
        client.api.base_url = settings.twilio_api_url
    return client
