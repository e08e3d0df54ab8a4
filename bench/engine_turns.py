"""Turns at the engine's own webhook, as telephony sends them: engine, action server and one call of the account API."""

import random
import re
import secrets
import time
from collections.abc import Iterator
from itertools import cycle, product
from typing import Any

import aiohttp

from bench.system import System

WORDINGS = (
    "what's my balance?", "how much do I owe", "what do I have to pay this month", "tell me my current balance",
    "my balance please", "how much is my water bill", "what is the amount due", "what do I owe you",
)  # fmt: skip
_BEFORE = ("hi", "hello", "hey", "ok", "so", "um", "well", "hi there", "yes", "and", "excuse me", "sorry")
_AFTER = (
    "please", "today", "right now", "now", "at the moment", "on my account", "for my account", "just now", "currently",
    "at this time",
)  # fmt: skip
_AMOUNT = re.compile(r"\$\s?[\d,]+\.\d\d")


def new_words() -> Iterator[str]:
    """Questions for the balance, without end: some thousands in no order before one comes again, which is longer than
    an engine remembers."""
    asked = [words.rstrip("?") for words in WORDINGS if "this month" not in words]
    all_of_them = [
        f"{before} {words} {first} {second}"
        for before, words, first, second in product(_BEFORE, asked, _AFTER, _AFTER)
        if first != second
    ]
    random.Random(5).shuffle(all_of_them)
    return cycle(all_of_them)


class EngineTalker:
    """Speaks to the engine with telephony's token."""

    def __init__(self, system: System, session: aiohttp.ClientSession) -> None:
        variables = system.variables("telephony")
        self._session = session
        self._new_words = new_words()
        self._engine = system.url("engine") + "/webhooks/headgate/turn"
        self._backend = system.url("backend") + "/v1/turns"
        self._engine_headers = {"Authorization": f"Bearer {variables['HEADGATE_ENGINE_TOKEN']}"}
        self._backend_headers = {"Authorization": f"Bearer {variables['HEADGATE_TELEPHONY_TOKEN']}"}

    async def turn(self, conversation_id: str, words: str, verification_level: int) -> str:
        """One turn; gives what was answered.

        :raises RuntimeError: it was not answered, or an action failed.
        """
        body = {"conversation_id": conversation_id, "turn_id": secrets.token_hex(16), "channel": "sms"}
        body |= {"language": "en", "kind": "message", "text": words}
        facts: dict[str, Any] = {"verification_level": verification_level, "is_new": False}
        async with self._session.post(self._engine, json={**body, **facts}, headers=self._engine_headers) as response:
            answer = await response.json()
        if response.status != 200 or answer["action_failed"] or not answer["replies"]:
            raise RuntimeError(f"{words!r} was answered {response.status} {answer}")
        return " ".join(reply["text"] for reply in answer["replies"])

    async def balance(self, conversation_id: str, index: int | None) -> None:
        """One question for the balance of a verified conversation, in words that many say, or (None) nobody has said.

        :raises RuntimeError: no amount was said.
        """
        words = next(self._new_words) if index is None else WORDINGS[index % len(WORDINGS)]
        said = await self.turn(conversation_id, words, verification_level=2)
        if not _AMOUNT.search(said):
            raise RuntimeError(f"a balance without an amount: {said}")

    async def verified(self, customer: dict[str, Any]) -> str:
        """A conversation in which `customer` has shown who they are; gives its id."""
        thread = secrets.token_hex(12)
        body: dict[str, Any] = {"channel": "chat", "provider_message_id": thread, "thread_key": thread}
        body |= {"kind": "message", "text": WORDINGS[0], "payload": None, "language": None}
        async with self._session.post(self._backend, json=body, headers=self._backend_headers) as response:
            conversation_id: str = (await response.json())["conversation_id"]
        await self.turn(conversation_id, WORDINGS[0], 0)
        said = await self.turn(conversation_id, f"account {customer['account_number']} pin {customer['pin']}", 0)
        if not _AMOUNT.search(said):
            raise RuntimeError(f"no balance after account number and PIN: {said}")
        return conversation_id

    async def long_conversation(self, customer: dict[str, Any], turns: int) -> list[float]:
        """Milliseconds of each of `turns` turns of one conversation."""
        conversation_id, milliseconds = await self.verified(customer), []
        for index in range(turns):
            started = time.perf_counter()
            await self.balance(conversation_id, index)
            milliseconds.append((time.perf_counter() - started) * 1000)
        return milliseconds
