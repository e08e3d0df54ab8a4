"""Twilio's real client, pointed at the simulator; every exchange is held against the OpenAPI file."""

import asyncio
import json
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response as TwilioResponse
from twilio.rest import Client

from tests.telephony_simulator import openapi
from tests.telephony_simulator.world import ACCOUNT, TOKEN, Simulator

T = TypeVar("T")


class CheckingClient(TwilioHttpClient):  # type: ignore[misc]
    """Twilio's HTTP client; what it sends and gets is held against the OpenAPI file."""

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> TwilioResponse:
        response = super().request(method, url, *args, **kwargs)
        specification = openapi.of(urlsplit(url).path)
        if specification is not None:
            form = kwargs.get("data") or (args[1] if len(args) > 1 else None) or {}
            params = kwargs.get("params") or (args[0] if args else None) or {}
            parts = urlsplit(url)
            query = {**{k: v[-1] for k, v in parse_qs(parts.query).items()}, **params}
            fields = {
                name: [str(v) for v in (value if isinstance(value, list) else [value])] for name, value in form.items()
            }
            fields = {name: ["true" if v == "True" else v for v in values] for name, values in fields.items()}
            body = json.loads(response.text) if response.text else None
            specification.check(method, parts.path, query=query, form=fields, status=response.status_code, body=body)
        return response


def client_of(simulator: Simulator, *, password: str = TOKEN, account: str = ACCOUNT) -> Client:
    """The client of an account, with the account's own name as user."""
    made = Client(ACCOUNT, password, account_sid=account, http_client=CheckingClient())
    for domain in (made.api, made.verify, made.lookups):
        domain.base_url = simulator.url
    return made


async def off_the_loop(work: Callable[[], T]) -> T:
    return await asyncio.to_thread(work)


def refusal(work: Callable[[], Any]) -> tuple[int, int]:
    """HTTP status and error number of what the client raises."""
    with pytest.raises(TwilioRestException) as refused:
        work()
    return refused.value.status, refused.value.code
