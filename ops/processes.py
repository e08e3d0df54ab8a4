"""Starts every process when what it needs is ready, as much at once as possible, the engine first of all."""

import asyncio
import json
import os
import shlex
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from pwd import getpwuid

from ops import database, embedded, model, ports
from ops.environment import SECRETS, database_url, process_environment, redis_url
from ops.home import Home, write_private
from ops.readiness import http_missing, postgres_missing, redis_missing
from ops.settings import Settings
from ops.supervision import Supervisor

POLL_SECONDS = 0.1
DEATHS_MAX = 3
LOG_LINES = 20
SERVERS = ("backend", "actions", "engine", "simulator", "processor", "telephony")
DEMONSTRATION_ONLY = ("simulator", "processor")


class StartError(Exception):
    """A process did not become ready; the message says which, why, and where its log is."""


@dataclass(frozen=True)
class Plan:
    """What to start: the settings, their secrets, and what follows from both."""

    settings: Settings
    home: Home
    secrets: dict[str, str]

    @property
    def programs(self) -> list[str]:
        """The programs that supervisord is to run, for these settings."""
        names = [] if self.settings.database_url else ["postgres"]
        names += [] if self.settings.redis_url else ["valkey"]
        return names + [name for name in SERVERS if name not in DEMONSTRATION_ONLY or self.settings.demo]

    def port(self, program: str) -> int:
        return int(getattr(self.settings, program + "_port"))

    def environment(self, process: str) -> dict[str, str]:
        return process_environment(process, self.settings, self.secrets)

    def missing(self, program: str) -> str | None:
        """What keeps `program` from being ready; None when it is."""
        if program == "postgres":
            return postgres_missing(database_url(self.settings, self.secrets))
        if program == "valkey":
            return redis_missing(redis_url(self.settings, self.secrets))
        return http_missing(self.port(program))


def write_environments(plan: Plan) -> None:
    """One private file a process, read by ops/launch.py; those of earlier settings are replaced."""
    for process in SECRETS:
        write_private(plan.home.secrets / f"{process}.json", json.dumps(plan.environment(process)))
    path = os.environ.get("PATH", os.defpath)
    write_private(plan.home.secrets / "valkey.json", json.dumps({"PATH": path}))


def supervisor_variables(plan: Plan) -> dict[str, str]:
    """What ops/supervisord.conf is filled with. No secrets."""
    postgres = embedded.postgres_command(plan.home.postgres, plan.settings.postgres_port)
    valkey = embedded.valkey_command(plan.home.valkey, plan.settings.valkey_port)
    return {
        "HEADGATE_POSTGRES_COMMAND": shlex.join(postgres),
        "HEADGATE_POSTGRES_USER": embedded.postgres_system_user() or getpwuid(os.geteuid()).pw_name,
        "HEADGATE_VALKEY_COMMAND": shlex.join(valkey),
        "HEADGATE_ENGINE_PYTHON": shlex.quote(str(model.ENGINE_PYTHON)),
        "HEADGATE_MODEL": shlex.quote(str(model.model_path(plan.home))),
    }


@dataclass
class Starter:
    """Brings the system up. `say` gets a line for each thing worth knowing."""

    plan: Plan
    supervisor: Supervisor
    say: Callable[[str], None]
    waiting: dict[str, float] = field(default_factory=dict)
    ready: dict[str, asyncio.Event] = field(default_factory=dict)

    async def start_all(self) -> None:
        """Returns when every process is ready.

        :raises ExceptionGroup: of StartError, TrainingError, PreparationError.
        """
        steps: dict[str, tuple[Callable[[], Awaitable[None]], tuple[str, ...]]] = {
            "valkey": (self._valkey, ()),
            "model": (self._model, ()),
            "postgres": (self._postgres, ()),
            "engine": (lambda: self._program("engine"), ("valkey", "model")),
            "actions": (lambda: self._program("actions", "backend"), ()),
            "database": (self._database, ("postgres",)),
            "backend": (lambda: self._program("backend"), ("database", "valkey")),
            "telephony": (lambda: self._program("telephony", "engine", "backend"), ("valkey",)),
        }
        if self.plan.settings.demo:
            steps["simulator"] = (lambda: self._program("simulator"), ())
            steps["processor"] = (lambda: self._program("processor"), ())
        self.ready = {name: asyncio.Event() for name in steps}
        async with asyncio.TaskGroup() as group:
            for name, (work, needs) in steps.items():
                group.create_task(self._step(name, work, needs))

    async def _step(self, name: str, work: Callable[[], Awaitable[None]], needs: tuple[str, ...]) -> None:
        for need in needs:
            await self.ready[need].wait()
        self.waiting[name] = time.monotonic()
        await work()
        seconds = time.monotonic() - self.waiting.pop(name)
        if name not in ("model", "database"):
            self.say(f"{name} is ready ({seconds:.1f} s)")
        self.ready[name].set()

    async def _postgres(self) -> None:
        if self.plan.settings.database_url is None:
            if not (self.plan.home.postgres / "PG_VERSION").exists():
                self.say("Making the database (once)")
            password = self.plan.secrets["postgres_password"]
            await asyncio.to_thread(embedded.prepare_postgres, self.plan.home.postgres, password)
        await self._program("postgres")

    async def _valkey(self) -> None:
        if self.plan.settings.redis_url is None:
            embedded.prepare_valkey(self.plan.home.valkey, self.plan.secrets["valkey_password"])
        await self._program("valkey")

    async def _model(self) -> None:
        await model.ensure_model(self.plan.home, self.plan.environment("engine"), self.say)

    async def _database(self) -> None:
        environment = self.plan.environment("backend")
        started = time.monotonic()
        if await database.prepare(self.plan.home, self.plan.settings, environment):
            self.say(f"database is up to date ({time.monotonic() - started:.1f} s)")

    async def _program(self, name: str, *ready_after: str) -> None:
        """Starts a program and waits until it is ready, which it cannot be before `ready_after` are.

        :raises StartError: it dies again and again, or takes too long.
        """
        ours = name in self.plan.programs
        if ours:
            await asyncio.to_thread(self.supervisor.start, name)
        for other in ready_after:
            await self.ready[other].wait()
        deadline = time.monotonic() + self.plan.settings.start_seconds_max
        starts: set[int] = set()
        while (missing := await asyncio.to_thread(self._missing, name, ours, starts)) is not None:
            if len(starts) > DEATHS_MAX or time.monotonic() > deadline:
                raise StartError(failure(name, missing, self.plan.home, ours))
            await asyncio.sleep(POLL_SECONDS)

    def _missing(self, name: str, ours: bool, starts: set[int]) -> str | None:
        """What keeps `name` from being ready. Adds the time of its present start to `starts`."""
        missing = self.plan.missing(name)
        if not ours:
            return missing
        state = self.supervisor.state(name)
        starts |= {state.started_at} - {0}
        port = self.plan.port(name)
        if missing is None and not (state.alive and ports.listens(state.pid, port)):
            return f"port {port} is taken by {ports.holder(port) or 'another program'}"
        return missing


def failure(name: str, missing: str, home: Home, ours: bool) -> str:
    """Why `name` did not start, with the end of its log."""
    if not ours:
        variable = "DATABASE_URL" if name == "postgres" else "REDIS_URL"
        return f"The server that {variable} names cannot be used: {missing}"
    log = home.logs / f"{name}.log"
    return f"{name} does not start: {missing}\n{tail(log)}\nThe whole log: {log}"


def tail(log: Path) -> str:
    """The last lines of a log file, indented; empty when there is none."""
    try:
        lines = log.read_text(errors="replace").strip().splitlines()[-LOG_LINES:]
    except OSError:
        return ""
    return "\n".join("    " + line[:300] for line in lines)
