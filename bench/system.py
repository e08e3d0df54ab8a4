"""A whole Headgate of its own, on free ports in a home of its own: for benchmarks and end-to-end tests.

It is started as a user starts it (`headgate run`) and stopped as a user stops it (Ctrl-C).
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.ports import free_port
from ops.environment import database_url, process_environment, redis_url
from ops.home import Home, load_secrets
from ops.settings import Settings
from ops.supervision import Supervisor

ROOT = Path(__file__).parents[1]
PROCESSES = ("telephony", "backend", "engine", "actions", "simulator", "processor", "postgres", "valkey")
START_SECONDS_MAX = 600
READY = "Headgate is ready"


@dataclass(frozen=True)
class System:
    """A running Headgate: its settings, secrets, the process that runs it and how long it took to be ready."""

    settings: Settings
    secrets: dict[str, str]
    process: subprocess.Popen[str]
    environment: dict[str, str]
    seconds_to_ready: float

    @property
    def home(self) -> Home:
        return Home(self.settings.home)

    @property
    def database_url(self) -> str:
        return database_url(self.settings, self.secrets)

    @property
    def redis_url(self) -> str:
        return redis_url(self.settings, self.secrets)

    def url(self, process: str) -> str:
        """The loopback address of one of our processes."""
        return self.settings.url_of(process)

    def variables(self, process: str) -> dict[str, str]:
        """The environment that this process was given."""
        return process_environment(process, self.settings, self.secrets, self.environment)

    def headgate(self, *arguments: str, timeout: float = 60) -> subprocess.CompletedProcess[str]:
        """Runs one `headgate …` command against this system."""
        command = [sys.executable, "-m", "ops.cli", *arguments]
        return subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=timeout)

    def pids(self) -> dict[str, int]:
        """The process id of everything that runs, by name."""
        return {state.name: state.pid for state in Supervisor(self.home).states() if state.alive}


def _environment(home: Path, **changes: Any) -> dict[str, str]:
    values = {name: value for name, value in os.environ.items() if not name.startswith("HEADGATE_")}
    for name in ("DATABASE_URL", "REDIS_URL"):
        values.pop(name, None)
    values |= {f"HEADGATE_{process.upper()}_PORT": str(free_port()) for process in PROCESSES}
    values |= {"HEADGATE_HOME": str(home), "HEADGATE_DEMO": "true", "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    return values | {f"HEADGATE_{name.upper()}": str(value) for name, value in changes.items()}


def reuse_models(home: Path, models: Path) -> None:
    """A trained model is the same for every home: copy those of `models`, so that nothing trains twice."""
    target = home / "models"
    target.mkdir(parents=True, exist_ok=True)
    for model in models.glob("*.tar.gz"):
        if not (target / model.name).exists():
            shutil.copy2(model, target / model.name)


@contextmanager
def running_system(home: Path, **changes: Any) -> Iterator[System]:
    """`headgate run` in `home`; gives the system when it says that it is ready, and stops it after.

    :raises RuntimeError: it did not get ready; with what it printed.
    """
    environment = _environment(home, **changes)
    reuse_models(home, ROOT / ".headgate" / "models")
    started = time.monotonic()
    output = home / "terminal.log"
    with output.open("w") as log:
        command = [sys.executable, "-m", "ops.cli", "run"]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log, text=True)
    try:
        _wait_until_ready(process, output)
        seconds = time.monotonic() - started
        settings = _settings_of(environment)
        yield System(settings, load_secrets(Home(settings.home)), process, environment, seconds)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            raise


def _settings_of(environment: dict[str, str]) -> Settings:
    names = {name.removeprefix("HEADGATE_").lower(): value for name, value in environment.items()}
    known = {name: names[name] for name in Settings.model_fields if name in names}
    return Settings(**known)  # type: ignore[arg-type]


def _wait_until_ready(process: subprocess.Popen[str], output: Path) -> None:
    deadline = time.monotonic() + START_SECONDS_MAX
    while READY not in output.read_text():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"Headgate did not get ready:\n{output.read_text()[-3000:]}")
        time.sleep(0.05)
