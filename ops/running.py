"""What is running: one `headgate run` a home, found by a lock that the kernel gives back when it dies."""

import fcntl
import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from ops.home import Home, write_private
from ops.settings import Settings
from ops.supervision import STOP_SECONDS_MAX, NotRunningError, Supervisor, is_alive, wait_for_end

WITH_PORTS = ("telephony", "backend", "engine", "actions", "simulator", "processor", "postgres", "valkey")


class AlreadyRunningError(Exception):
    """Another `headgate run` has this home."""


@dataclass(frozen=True)
class System:
    """Where the running system is; kept in `run/system.json` for the other commands."""

    pid: int
    demo: bool
    telephony_url: str
    backend_url: str
    simulator_url: str
    processor_url: str
    public_url: str
    twilio_number: str
    ports: dict[str, int] = field(default_factory=dict)

    def applied_to(self, settings: Settings) -> Settings:
        """`settings` as they are for the running system, whatever this terminal's environment says."""
        ports = {f"{name}_port": port for name, port in self.ports.items()}
        return settings.model_copy(update={**ports, "demo": self.demo})


def system_of(settings: Settings) -> System:
    """The system that these settings make, run by this process."""
    telephony = settings.url_of("telephony")
    return System(
        pid=os.getpid(),
        demo=settings.demo,
        telephony_url=telephony,
        backend_url=settings.url_of("backend"),
        simulator_url=settings.url_of("simulator"),
        processor_url=settings.url_of("processor"),
        public_url=settings.public_url or telephony,
        twilio_number=settings.twilio_number,
        ports={name: getattr(settings, name + "_port") for name in WITH_PORTS},
    )


def _note(home: Home) -> Path:
    return home.run / "system.json"


def note_system(home: Home, system: System) -> None:
    write_private(_note(home), json.dumps(asdict(system)))


def find_system(home: Home) -> System:
    """The system that runs in this home.

    :raises NotRunningError: none does.
    """
    if not Supervisor(home).is_running():
        raise NotRunningError("Headgate is not running here. Start it with: make run")
    try:
        return System(**json.loads(_note(home).read_text()))
    except (OSError, ValueError, TypeError) as error:
        raise NotRunningError("Headgate is just starting or stopping; try again in a moment.") from error


@contextmanager
def only_one(home: Home) -> Iterator[None]:
    """Holds this home as the one that runs it.

    :raises AlreadyRunningError: another process holds it.
    """
    descriptor = os.open(home.run / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunningError(str(home.path)) from error
        yield
    finally:
        os.close(descriptor)


def is_held(home: Home) -> bool:
    """Does a `headgate run` hold this home?"""
    if not home.run.exists():
        return False
    try:
        with only_one(home):
            return False
    except AlreadyRunningError:
        return True


def stop_system(home: Home) -> bool:
    """Stops whatever runs in this home, also what an earlier start left behind; False when nothing did.

    :raises TimeoutError: something does not stop.
    """
    stopped = _stop_terminal(home)
    supervisor = Supervisor(home)
    if supervisor.is_running():
        supervisor.shutdown()
        stopped = True
    return stop_left_postgres(home) or stopped


def _stop_terminal(home: Home) -> bool:
    if not is_held(home):
        return False
    try:
        pid = int(json.loads(_note(home).read_text())["pid"])
    except (OSError, ValueError, KeyError):
        return False
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS_MAX
    while is_held(home):
        if time.monotonic() > deadline:
            raise TimeoutError(f"process {pid} does not stop")
        time.sleep(0.1)
    return True


def left_postgres(home: Home) -> int | None:
    """The PostgreSQL that still runs in this home though its supervisor is gone; None when there is none."""
    try:
        pid = int((home.postgres / "postmaster.pid").read_text().splitlines()[0])
        command = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except (OSError, ValueError, IndexError):
        return None
    return pid if is_alive(pid) and str(home.postgres) in command else None


def stop_left_postgres(home: Home) -> bool:
    """Stops such a PostgreSQL (its fast shutdown); True when there was one."""
    pid = left_postgres(home)
    if pid is None:
        return False
    os.kill(pid, signal.SIGINT)
    wait_for_end(pid)
    return True
