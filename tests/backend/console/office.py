"""The console's office for tests: the real backend on a free port, with its own PostgreSQL database and Valkey."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
from psycopg import sql
from sqlalchemy import make_url

from ops.embedded import free_port, prepare_valkey, valkey_command

ROOT = Path(__file__).parents[3]
START_SECONDS = 100
OPERATOR_TOKEN = "operator-token-for-tests-only"
TELEPHONY_TOKEN = "telephony-token-for-tests-only"
SECRET_KEY = "a key for tests only, never used outside them"


class Valkey:
    """A Valkey that a test can stop and start again."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._port = folder, free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"redis://:password@127.0.0.1:{self._port}/0"
        prepare_valkey(folder, "password")

    def start(self) -> None:
        command = valkey_command(self._folder, self._port)
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def stop(self) -> None:
        assert self._process is not None
        self._process.terminate()
        self._process.wait(10)


@dataclass(frozen=True)
class Account:
    name: str
    number: str
    id: UUID

    @property
    def path(self) -> str:
        """Where its page is."""
        return f"/accounts/{self.id}"


@dataclass
class Office:
    """Where the console is, and a telephone exchange that brings customers to it."""

    database_url: str
    valkey: Valkey
    home: Path
    port: int = field(default_factory=free_port)
    _process: "subprocess.Popen[bytes] | None" = None
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def console(self) -> str:
        return f"{self.origin}/console"

    def password(self, user_name: str) -> str:
        lines = (line.split() for line in (self.home / "console-sign-in.txt").read_text().splitlines())
        return {line[1]: line[2] for line in lines}[user_name]

    def open(self) -> None:
        """Start the backend and wait until it answers."""
        settings = {
            "HEADGATE_HOME": str(self.home),
            "HEADGATE_DEMO": "true",
            "HEADGATE_WORKFLOWS": "false",
            "HEADGATE_BACKEND_PORT": str(self.port),
            "HEADGATE_TELEPHONY_TOKEN": TELEPHONY_TOKEN,
            "HEADGATE_OPERATOR_TOKEN": OPERATOR_TOKEN,
            "HEADGATE_SECRET_KEY": SECRET_KEY,
            "HEADGATE_DISTRICT_DIR": str(ROOT / "district"),
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.valkey.url,
            "PYTHONPATH": str(ROOT),
        }
        environment = {**os.environ, **settings}
        with (self.home / "backend.log").open("ab") as log:
            seed, serve = ([sys.executable, "-m", *words] for words in (["backend.manage", "seed"], ["backend"]))
            subprocess.run(seed, cwd=ROOT, env=environment, check=True, stdout=log)
            self._process = subprocess.Popen(serve, cwd=ROOT, env=environment, stdout=log, stderr=log)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            gone = self._process.poll() is not None
            assert not gone and time.monotonic() < deadline, (self.home / "backend.log").read_text()[-3000:]
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.console}/sign-in", timeout=2).status_code == 200
        except httpx.TransportError:
            return False

    def shut(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(15)

    def is_now(self, moment: datetime) -> None:
        """Let the demonstration's clock say this, and run on from there."""
        headers = {"Authorization": f"Bearer {OPERATOR_TOKEN}"}
        body = {"now": moment.isoformat()}
        answer = httpx.put(f"{self.origin}/v1/demo/clock", json=body, headers=headers, timeout=10)
        assert answer.status_code == 200, answer.text

    @property
    def log(self) -> str:
        return (self.home / "backend.log").read_text()

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """One call as telephony makes it; the answer's JSON."""
        headers = {"Authorization": f"Bearer {TELEPHONY_TOKEN}"}
        answer = httpx.request(method, f"{self.origin}/v1{path}", json=body, headers=headers, timeout=10)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def execute(self, statement: str, values: dict[str, Any]) -> None:
        with psycopg.connect(self.database_url) as connection:
            connection.execute(sql.SQL(statement), values)

    def rows(self, statement: str, values: dict[str, Any] | None = None) -> list[Any]:
        with psycopg.connect(self.database_url) as connection:
            return connection.execute(sql.SQL(statement), values or {}).fetchall()

    def account(self, situation: str) -> "Account":
        """The demonstration's customer of this situation."""
        headers = {"Authorization": f"Bearer {OPERATOR_TOKEN}"}
        found = httpx.get(f"{self.origin}/v1/demo/customers", headers=headers, timeout=10).json()
        person = next(one for one in found if one["situation"] == situation)
        ((account_id,),) = self.rows(
            "SELECT id FROM accounts WHERE number = %(number)s", {"number": person["account_number"]}
        )
        return Account(person["name"], person["account_number"], account_id)

    def someone_past_due(self) -> "Account":
        """The demonstration's customer who is past due."""
        return self.account("past_due")

    def customer(self, channel: str = "chat", *, language: str = "en", party: str | None = None) -> "Customer":
        """Somebody new on this channel, who has not said anything yet."""
        number = next(self._numbers)
        known = party or (f"+1951555{number:04}" if channel != "chat" else None)
        return Customer(self, channel, f"{channel}-{uuid4()}", known, language)

    def lock_out_database(self) -> None:
        """As when PostgreSQL is away: connections end and none can be made."""
        self._database("ALTER DATABASE {} WITH ALLOW_CONNECTIONS false")

    def let_in_database(self) -> None:
        self._database("ALTER DATABASE {} WITH ALLOW_CONNECTIONS true")

    def _database(self, statement: str) -> None:
        url = make_url(self.database_url)
        server = url.set(database="postgres").render_as_string(hide_password=False)
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(sql.Identifier(url.database or "")))
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [url.database]
            )


@dataclass
class Customer:
    """One customer in one conversation, as telephony reports it."""

    office: Office
    channel: str
    thread_key: str
    party: str | None
    language: str
    conversation_id: UUID | None = None

    def says(self, text: str) -> None:
        turn = {
            "channel": self.channel,
            "provider_message_id": str(uuid4()),
            "thread_key": self.thread_key,
            "party": self.party,
            "kind": "message",
            "text": text,
            "payload": None,
            "media_count": 0,
            "language": self.language,
        }
        self.conversation_id = UUID(self.office.call("POST", "/turns", turn)["conversation_id"])

    def is_verified(self, account_number: str, level: int = 2) -> None:
        """Let the conversation have proved this account."""
        self.office.execute(
            "UPDATE conversations SET verification_level = %(level)s, account_id ="
            " (SELECT id FROM accounts WHERE number = %(number)s) WHERE id = %(id)s",
            {"level": level, "number": account_number, "id": self.conversation_id},
        )

    def asks_for_person(self, summary: str, reason: str = "asked_for_person", **more: Any) -> str:
        """File a case; its reference."""
        asked = {
            "conversation_id": str(self.conversation_id),
            "reason": reason,
            "department": "billing",
            "summary": summary,
            "topic": "balance",
            **more,
        }
        return str(self.office.call("POST", "/hand-offs", asked)["reference"])

    def hears(self) -> list[dict[str, Any]]:
        """Every message of the conversation."""
        found = self.office.call("GET", f"/conversations/{self.conversation_id}/messages?after=0")
        return list(found["messages"])

    @property
    def mode(self) -> str:
        found = self.office.call("GET", f"/conversations/{self.conversation_id}/messages?after=0")
        return str(found["mode"])
