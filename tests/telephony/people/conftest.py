"""A floor with telephones: the real telephony, the real backend with its database and workflows, the real simulator.

Only the assistant is a small one of the tests: it hands everybody over who says "representative".
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp
import httpx
import pytest

from backend.access import Principal
from backend.app import create_app
from backend.recordings import service as recordings
from ops.embedded import free_port
from telephony.simulator.calls.exchange import ScriptedCall
from telephony.simulator.calls.line import EndedByRest
from telephony.simulator.settings import Settings as SimulatorSettings
from tests.backend.conftest import create_database, migrated_template, server_url
from tests.backend.living import TOKENS, Api, settings_for
from tests.backend.queue.floor import Floor
from tests.telephony.conftest import AUTH_TOKEN, ENGINE_TOKEN, OUR_NUMBER, World, make_settings, running_telephony
from tests.telephony.servers import Backend, Engine
from tests.telephony_simulator.world import OPERATOR, Simulator, running, serving

__all__ = ["migrated_template", "server_url"]

CALLER = "+19517770177"


async def eventually(happened: Callable[[], Awaitable[bool]], seconds: float = 90.0) -> None:
    """Wait for something that will happen."""
    async with asyncio.timeout(seconds):
        while not await happened():  # noqa: ASYNC110
            await asyncio.sleep(0.1)


def brain(turn: dict[str, Any]) -> dict[str, Any]:
    """Greets, hands over, and remembers what was said in the conversation."""
    said, language = turn["payload"] or turn["text"], turn["language"]
    heard = _heard.setdefault(turn["conversation_id"], [])
    commands: list[dict[str, Any]] = []
    if turn["kind"] == "start":
        text = "This is an automated assistant."
    elif said in ("representative", "español representative"):
        text, commands = "I'm connecting you.", [{"type": "hand_off", "department": "billing", "open_now": True}]
        language = "es" if "español" in said else language
    else:
        text = f"You said {said}. Before that you said {', '.join(heard) or 'nothing'}."
    heard.append(said)
    return {"replies": [{"text": text, "choices": [], "commands": commands}], "language": language}


_heard: dict[str, list[str]] = {}


@dataclass
class Exchange:
    """Everything there is: callers through `simulator`, people through `floor`."""

    world: World
    simulator: Simulator
    floor: Floor
    telephony: AsyncExitStack

    async def telephony_is_replaced(self) -> None:
        """The process goes with all it had in memory; another takes its place at the same address."""
        await self.telephony.aclose()
        await self.telephony.enter_async_context(running_telephony(self.world))

    async def accepts(self, person: Principal) -> UUID:
        """This person takes what the queue offers them, as soon as it does."""

        async def offered() -> bool:
            return await self.floor.offered(person) is not None

        await eventually(offered)
        case = await self.floor.offered(person)
        assert case is not None
        await self.floor.takes(person, case)
        return case

    async def somebody_hears(self, words: str) -> None:
        """Wait until a caller on the line hears this."""
        live = self.simulator.network.facilities.live

        async def heard() -> bool:
            return any(words in event.text for one in live.values() for event in getattr(one.line, "events", ()))

        await eventually(heard)

    def ends_calls(self) -> None:
        """All calls that are still going on end, as Twilio ends them when it is told to."""
        for one in self.simulator.network.facilities.live.values():
            one.line.interrupt(EndedByRest())

    async def line_is(self, case: UUID, state: str | None) -> None:
        """Wait until the call of the case is in this state; None: over."""

        async def reached() -> bool:
            line = await self.floor.line(case)
            return state == (line.state if line else None)

        await eventually(reached)

    async def leg_is_over(self) -> None:
        """Wait until the one phone that was rung is put down, and the line knows it."""

        async def over() -> bool:
            query = "SELECT state FROM call_legs WHERE role = 'lead'"
            return [row[0] in ("ended", "failed") for row in self.floor.rows(query)] == [True]

        await eventually(over)

    async def is_recorded(self, case: UUID, state: str) -> None:
        """Wait until the recording of the call is in this state."""

        async def reached() -> bool:
            async with self.floor.api.app.state.database.transaction() as session:
                return await recordings.running(session, case) == state

        await eventually(reached)

    async def in_call(self, case: UUID, *names: str) -> None:
        """Wait until exactly these people are in the call."""

        async def reached() -> bool:
            line = await self.floor.line(case)
            joined = {party.name for party in line.parties if party.state == "joined"} if line else set()
            return joined == set(names)

        await eventually(reached)

    async def heard_by(self, phone: str) -> ScriptedCall:
        """What a phone that we rang went through."""
        return await self.simulator.told(phone)


@pytest.fixture
async def exchange(
    server_url: str, migrated_template: str, redis_url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[Exchange]:
    """It is Monday, ten in the morning; nobody is at work yet."""
    url = create_database(server_url, f"line_{time.monotonic_ns()}", migrated_template)
    ports = {name: free_port() for name in ("backend", "simulator")}
    engine = Engine(ENGINE_TOKEN, brain=brain)
    async with AsyncExitStack() as stack:
        await engine.server.start()
        stack.push_async_callback(engine.server.stop)
        more = {
            "redis_url": redis_url,
            "backend_url": f"http://127.0.0.1:{ports['backend']}",
            "twilio_api_url": f"http://127.0.0.1:{ports['simulator']}",
            "telephony_token": TOKENS["telephony"],
            "outbound_token": TOKENS["outbound"],
        }
        settings = make_settings(engine, Backend("unused"), tmp_path, **(more | getattr(request, "param", {})))
        telephony = {"workflows": True, "telephony_url": settings.public_url}
        app = create_app(settings_for(url, redis_url, **telephony))
        address = await stack.enter_async_context(serving(app, ports["backend"]))
        client = await stack.enter_async_context(httpx.AsyncClient(base_url=address, timeout=60))
        http = await stack.enter_async_context(aiohttp.ClientSession())
        world = World(engine, Backend("unused"), settings, http)
        telephony_process = await stack.enter_async_context(AsyncExitStack())
        await telephony_process.enter_async_context(running_telephony(world))
        simulator = await stack.enter_async_context(running(_simulator(world, ports["simulator"], tmp_path)))
        floor = Floor(Api(app, client), url)
        await floor.later()
        yield Exchange(world, simulator, floor, telephony_process)


def _simulator(world: World, port: int, home: Path) -> SimulatorSettings:
    return SimulatorSettings(
        home=home / "simulator",
        demo=True,
        simulator_port=port,
        public_url=world.settings.public_url,
        backend_url=world.settings.backend_url,
        operator_token=OPERATOR,  # type: ignore[arg-type]
        twilio_account_sid=world.settings.twilio_account_sid,
        twilio_auth_token=AUTH_TOKEN,  # type: ignore[arg-type]
        twilio_number=OUR_NUMBER,
    )


@pytest.fixture(autouse=True)
def nothing_heard() -> Iterator[None]:
    _heard.clear()
    yield
