"""Only what sends texts: PostgreSQL, Valkey, the backend, telephony and the simulator, on free ports of their own.

For the benchmark of texts that go out and for the tests that kill something in the middle of it. No assistant.
"""

import os
import secrets
import shutil
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from backend.migrations import upgrade
from backend.settings import Settings
from bench.ports import free_port
from ops.embedded import running_postgres, running_valkey

ROOT = Path(__file__).parents[1]
MODULES = {"simulator": "telephony.simulator", "telephony": "telephony", "backend": "backend"}
START_SECONDS_MAX = 90.0
STOP_SECONDS = 20.0
NUMBER = "+19515550100"


@dataclass
class Senders:
    """The running processes, by name; `environment` is what each is given."""

    home: Path
    environment: Mapping[str, str]
    ports: Mapping[str, int]
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    @property
    def database_url(self) -> str:
        return self.environment["DATABASE_URL"]

    @property
    def settings(self) -> Settings:
        """The backend's settings, for whoever works beside it in the same database."""
        return Settings(
            database_url=self.database_url,  # type: ignore[arg-type]
            redis_url=self.environment["REDIS_URL"],  # type: ignore[arg-type]
            secret_key=self.environment["HEADGATE_SECRET_KEY"],  # type: ignore[arg-type]
            demo=True,
            workflows=False,
            console=False,
        )

    def start(self, name: str) -> None:
        """Start one of them and wait until it answers.

        :raises RuntimeError: it does not.
        """
        log = (self.home / f"{name}.log").open("ab")
        command = [sys.executable, "-m", MODULES[name]]
        process = subprocess.Popen(command, cwd=ROOT, env=dict(self.environment), stdout=log, stderr=log)
        log.close()
        self.processes[name] = process
        deadline = time.monotonic() + START_SECONDS_MAX
        while not self.answers(name):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{name} did not start: {(self.home / f'{name}.log').read_text()[-2000:]}")
            time.sleep(0.1)

    def answers(self, name: str) -> bool:
        """Whether it is alive."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.ports[name]}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def kill(self, name: str) -> None:
        """As a power cut would."""
        self.processes[name].kill()
        self.processes[name].wait()

    def stop(self) -> None:
        """End everything that was started here."""
        for process in reversed(list(self.processes.values())):
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(STOP_SECONDS)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()

    def conditions(self, body: str) -> None:
        """Change how the simulated network behaves (the body of `PUT /api/conditions`)."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.ports['simulator']}/api/conditions",
            data=body.encode(),
            method="PUT",
            headers={
                "Authorization": f"Bearer {self.environment['HEADGATE_OPERATOR_TOKEN']}",
                "Content-Type": "application/json",
            },
        )
        urllib.request.urlopen(request, timeout=10).close()

    def arrived(self) -> Counter[str]:
        """How many texts each phone got, as the carrier knows it."""
        with sqlite3.connect(f"file:{self.home / 'simulator.sqlite'}?mode=ro", uri=True, timeout=10) as carrier:
            rows = carrier.execute(
                "SELECT recipient, count(*) FROM messages WHERE direction = 'outbound-api' GROUP BY recipient"
            )
            return Counter(dict(rows.fetchall()))


@contextmanager
def running_senders(home: Path, *, segments_per_second: float, day: str = "08:00-21:00") -> Iterator[Senders]:
    """Everything that sends, over an empty migrated database; the policy's pace and hours are those given."""
    home.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        database = stack.enter_context(running_postgres(home / "postgres"))
        redis = stack.enter_context(running_valkey(home / "valkey"))
        upgrade(database)
        ports = {name: free_port() for name in MODULES}
        environment = _environment(home, database, redis, ports)
        environment["HEADGATE_DISTRICT_DIR"] = str(_district(home, segments_per_second, day))
        senders = Senders(home, environment, ports)
        stack.callback(senders.stop)
        for name in MODULES:
            senders.start(name)
        yield senders


def _district(home: Path, segments_per_second: float, day: str) -> Path:
    folder = home / "district"
    shutil.copytree(ROOT / "district", folder)
    policy = (folder / "policy.toml").read_text("utf-8")
    before, _, after = policy.partition("segments_per_second = ")
    after = after.partition("\n")[2]
    after = after.replace('day = "08:00-21:00"', f'day = "{day}"')
    (folder / "policy.toml").write_text(f"{before}segments_per_second = {segments_per_second}\n{after}", "utf-8")
    return folder


def _environment(home: Path, database: str, redis: str, ports: Mapping[str, int]) -> dict[str, str]:
    values = {name: value for name, value in os.environ.items() if not name.startswith("HEADGATE_")}
    for name, port in ports.items():
        values[f"HEADGATE_{name.upper()}_PORT"] = str(port)
        values[f"HEADGATE_{name.upper()}_URL"] = f"http://127.0.0.1:{port}"
    tokens = ("ENGINE_TOKEN", "TELEPHONY_TOKEN", "ACTIONS_TOKEN", "OUTBOUND_TOKEN", "OPERATOR_TOKEN", "SECRET_KEY")
    values |= {f"HEADGATE_{name}": secrets.token_hex(16) for name in tokens}
    return values | {
        "DATABASE_URL": database,
        "REDIS_URL": redis,
        "HEADGATE_HOME": str(home),
        "HEADGATE_DEMO": "true",
        "HEADGATE_CONSOLE": "false",
        "HEADGATE_PUBLIC_URL": f"http://127.0.0.1:{ports['telephony']}",
        "HEADGATE_TWILIO_ACCOUNT_SID": "AC" + secrets.token_hex(16),
        "HEADGATE_TWILIO_AUTH_TOKEN": secrets.token_hex(16),
        "HEADGATE_TWILIO_API_URL": f"http://127.0.0.1:{ports['simulator']}",
        "HEADGATE_TWILIO_NUMBER": NUMBER,
        "PYTHONPATH": str(ROOT),
    }
