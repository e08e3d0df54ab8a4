"""The real telephony application on a port of its own, between servers that play its neighbours."""

import asyncio
import base64
import hmac
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha1
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import aiohttp
import pytest
import uvicorn
from playwright.async_api import Browser

from ops.embedded import free_port, running_valkey
from telephony.app import create_app
from telephony.memory import make_redis
from telephony.services import Services
from telephony.settings import Settings
from tests.chromium import chromium_url, connected
from tests.telephony.servers import Backend, Engine

__all__ = ["chromium_url"]

AUTH_TOKEN = "not-a-real-auth-token-0123456789"
ENGINE_TOKEN = "engine-token-0123456789"
TELEPHONY_TOKEN = "telephony-token-0123456789"
OUTBOUND_TOKEN = "outbound-token-0123456789"
OUR_NUMBER = "+19515550123"
CUSTOMER = "+19515550177"


@pytest.fixture
async def browser(chromium_url: str) -> AsyncIterator[Browser]:
    async with connected(chromium_url) as browser:
        yield browser


def sign(url: str, pairs: list[tuple[str, str]], token: str = AUTH_TOKEN) -> str:
    """Twilio's signature, written from its description and not with its library."""
    text = url + "".join(name + value for name, value in sorted(set(pairs)))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), sha1).digest()).decode()


async def until(condition: Callable[[], object], seconds: float = 10.0) -> None:
    """Wait for something that will happen."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


@dataclass
class World:
    """Everything a test needs: the neighbours, the address, and a client that signs as Twilio does."""

    engine: Engine
    backend: Backend
    settings: Settings
    http: aiohttp.ClientSession
    services: Services | None = None
    url: str = ""

    async def post(self, path: str, pairs: dict[str, str] | list[tuple[str, str]]) -> "Heard":
        """One signed webhook, blanks included."""
        fields = list(pairs.items()) if isinstance(pairs, dict) else pairs
        signature = sign(self.settings.public_url + path, fields)
        return await self.raw(path, urlencode(fields), {"X-Twilio-Signature": signature})

    async def raw(self, path: str, body: str | bytes, headers: dict[str, str]) -> "Heard":
        kind = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
        async with self.http.post(self.url + path, data=body, headers=kind | headers) as response:
            return Heard(response.status, response.content_type, await response.text())

    async def text(self, body: str, sid: str | None = None, **more: str) -> "Heard":
        """A text message from the customer."""
        sid = sid or "SM" + secrets.token_hex(16)
        form = {
            "MessageSid": sid,
            "SmsSid": sid,
            "AccountSid": self.settings.twilio_account_sid,
            "From": CUSTOMER,
            "To": OUR_NUMBER,
            "Body": body,
            "NumMedia": "0",
            "FromCity": "",
            "ApiVersion": "2010-04-01",
        }
        return await self.post("/twilio/sms", form | more)

    async def call(self, path: str = "/twilio/voice", call_sid: str = "CA" + "1" * 32, **more: str) -> "Heard":
        """A request of a phone call."""
        form = {
            "CallSid": call_sid,
            "AccountSid": self.settings.twilio_account_sid,
            "From": CUSTOMER,
            "To": OUR_NUMBER,
            "CallStatus": "in-progress",
            "Direction": "inbound",
            "ToZip": "",
        }
        return await self.post(path, form | more)

    async def hold_on(self, heard: "Heard") -> "Heard":
        """Holds the line, as Twilio does, until there is an answer."""
        while (redirect := heard.xml.find("Redirect")) is not None:
            heard = await self.call((redirect.text or "").removeprefix(self.settings.public_url))
        return heard


@dataclass
class Heard:
    """An answer to a webhook."""

    status: int
    content_type: str
    body: str

    @property
    def xml(self) -> ElementTree.Element:
        assert self.status == 200, self.body
        assert self.content_type == "text/xml"
        root = ElementTree.fromstring(self.body)
        assert root.tag == "Response"
        return root

    @property
    def messages(self) -> list[str]:
        """Bodies of the text messages."""
        return [message.text or "" for message in self.xml.findall("Message")]

    @property
    def said(self) -> str:
        """Everything a caller hears."""
        return " ".join(say.text or "" for say in self.xml.iter("Say"))

    def verb(self, name: str) -> ElementTree.Element:
        """The only verb of this name."""
        (found,) = self.xml.iter(name)
        return found

    def action(self, world: World, name: str = "Gather") -> str:
        """Path and query of the verb's action; it must be an address of ours."""
        url = self.verb(name).attrib["action"]
        assert url.startswith(world.settings.public_url)
        return url.removeprefix(world.settings.public_url)


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_valkey(tmp_path_factory.mktemp("valkey") / "data") as url:
        yield url


@asynccontextmanager
async def running_telephony(world: World) -> AsyncIterator[World]:
    """The real application under uvicorn, as production runs it."""
    app = create_app(world.settings)
    config = uvicorn.Config(
        app, "127.0.0.1", world.settings.telephony_port, log_config=None, access_log=False, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    serving = asyncio.ensure_future(server.serve())
    while not server.started:
        assert not serving.done(), serving
        await asyncio.sleep(0.01)
    world.url = f"http://127.0.0.1:{world.settings.telephony_port}"
    world.services = app.state.services
    try:
        yield world
    finally:
        server.should_exit = True
        await serving


def make_settings(engine: Engine, backend: Backend, tmp_path: Path, **more: Any) -> Settings:
    port = free_port()
    values = {
        "home": tmp_path,
        "demo": True,
        "district_dir": tmp_path / "no-district",
        "telephony_port": port,
        "public_url": f"http://127.0.0.1:{port}",
        "backend_url": backend.server.url,
        "engine_url": engine.server.url,
        "telephony_token": TELEPHONY_TOKEN,
        "engine_token": ENGINE_TOKEN,
        "outbound_token": OUTBOUND_TOKEN,
        "twilio_account_sid": "AC" + "0" * 32,
        "twilio_auth_token": AUTH_TOKEN,
        "twilio_number": OUR_NUMBER,
        # Its own tests switch it on; here it would stand before every first sentence.
        "recording_notice": False,
        # A busy machine answers late; the word for callers who wait has tests of its own.
        "filler_seconds": 5.0,
    }
    return Settings.model_validate(values | more)


@pytest.fixture
async def neighbours() -> AsyncIterator[tuple[Engine, Backend]]:
    engine, backend = Engine(ENGINE_TOKEN), Backend(TELEPHONY_TOKEN)
    await engine.server.start()
    await backend.server.start()
    yield engine, backend
    await engine.server.stop()
    await backend.server.stop()


@pytest.fixture
async def world(
    neighbours: tuple[Engine, Backend], redis_url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[World]:
    """Telephony between its neighbours; an indirect parameter is a dict of settings that differ."""
    engine, backend = neighbours
    more = getattr(request, "param", {})
    settings = make_settings(engine, backend, tmp_path, **({"redis_url": redis_url} | more))
    async with aiohttp.ClientSession() as http:
        world = World(engine, backend, settings, http)
        async with running_telephony(world):
            yield world


@pytest.fixture(autouse=True)
async def clean_redis(redis_url: str) -> None:
    store = make_redis(redis_url)
    await store.flushdb()
    await store.aclose()
