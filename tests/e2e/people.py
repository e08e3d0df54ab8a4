"""The people of the end-to-end tests: customers who text, call and chat, through the simulator and the chat socket."""

import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Self

import httpx
import psycopg
from psycopg.rows import dict_row
from websockets.sync.client import connect

from bench.system import System
from tests.e2e.chat import Chat
from tests.e2e.http import Http

_numbers = itertools.count(2000)


class People:
    """Customers of a running system, and what the system keeps about them."""

    def __init__(self, system: System) -> None:
        self.system = system
        token = system.secrets["operator_token"]
        self.simulator = Http(system.url("simulator"), token, seconds=300)
        self.backend = Http(system.url("backend"), token)
        customers = self.backend.get("/v1/demo/customers")
        self.customers: dict[str, dict[str, Any]] = {one["situation"]: one for one in customers}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.simulator.close()
        self.backend.close()

    def new_phone(self) -> str:
        """A number that nobody in the district has."""
        return f"+1213555{next(_numbers):04d}"

    def text(self, phone: str, words: str) -> str:
        """One text; gives the replies, joined by newlines."""
        answer = self.simulator.post("/api/texts", {"from": phone, "body": words, "media": []})
        assert answer["status"] == 200, answer
        return "\n".join(reply["body"] for reply in answer["replies"])

    def call(self, phone: str, *steps: str, mode: str | None = None) -> dict[str, Any]:
        """A scripted call; gives the simulator's record of it. `mode` as in `headgate call --mode`."""
        query = f"mode={mode}" if mode else ""
        script = {"from": phone, "steps": list(steps), "query": query}
        record: dict[str, Any] = self.simulator.post("/api/calls", script)
        return record

    def answers(self, phone: str, *steps: str, fate: str = "answered") -> None:
        """What happens when this phone is rung next."""
        self.simulator.post(f"/api/phones/{phone}/answers", {"steps": list(steps), "fate": fate, "after_seconds": 2})

    def open(self, path: str) -> httpx.Response:
        """What a browser gets at that path of the public address."""
        return httpx.get(self.system.url("telephony") + path, timeout=30)

    def inbox(self, phone: str) -> list[dict[str, Any]]:
        """Every text between the district and this phone, oldest first."""
        messages: list[dict[str, Any]] = self.simulator.get(f"/api/phones/{phone}/messages")
        return sorted(messages, key=lambda message: message["at"])

    @contextmanager
    def chat(self, before: Chat | None = None) -> Iterator[Chat]:
        """A web chat over the real socket: a new visitor, or the one of `before` who comes back."""
        address = self.system.url("telephony").replace("http", "ws") + "/webchat/socket"
        with connect(address, open_timeout=10) as socket:
            if before is None:
                yield Chat(socket, None, None, 0)
            else:
                yield Chat(socket, before.token, before.conversation_id, before.last_seq)

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        """What the database answers."""
        with psycopg.connect(self.system.database_url, row_factory=dict_row) as connection:
            return connection.execute(query, values).fetchall()

    def balance_cents(self, account_number: str) -> int:
        """What the ledger says that is owed for this account now."""
        query = (
            "SELECT coalesce(sum(p.amount_cents), 0) AS cents FROM accounts a"
            " JOIN ledger_postings p ON p.ledger_account_id = a.id WHERE a.number = %s"
        )
        return int(self.rows(query, account_number)[0]["cents"])

    def open_cases(self, party: str) -> list[dict[str, Any]]:
        """The cases in the queue of a phone number or chat session."""
        query = (
            "SELECT h.* FROM hand_offs h JOIN conversations c ON c.id = h.conversation_id"
            " WHERE (c.party = %s OR c.thread_key = %s) AND h.state IN ('waiting', 'taken')"
        )
        return self.rows(query, party, party)


def eventually(question: Callable[[], Any], seconds: float = 30, what: str = "it") -> Any:
    """Asks until the answer is truthy; the last answer if time runs out fails the test."""
    deadline = time.monotonic() + seconds
    while True:
        answer = question()
        if answer:
            return answer
        assert time.monotonic() < deadline, f"{what} did not happen within {seconds} s"
        time.sleep(0.2)
