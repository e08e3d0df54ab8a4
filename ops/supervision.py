"""supervisord: start it, talk to it over its socket, stop it."""

import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xmlrpc.client import Fault, ProtocolError, ServerProxy

from supervisor.xmlrpc import Faults, SupervisorTransport

from ops.home import Home
from ops.settings import ROOT

CONFIGURATION = ROOT / "ops" / "supervisord.conf"
START_SECONDS_MAX = 15.0
STOP_SECONDS_MAX = 60.0
INHERITED = ("PATH", "HOME", "LANG", "TZ", "TMPDIR")


class NotRunningError(Exception):
    """There is no supervisor at the socket: Headgate is not running."""


@dataclass(frozen=True)
class ProcessState:
    """What supervisord knows of a program. `started_at` is in seconds since 1970, 0 if never started."""

    name: str
    state: str
    pid: int
    started_at: int

    @property
    def alive(self) -> bool:
        return self.state in ("STARTING", "RUNNING")


class Supervisor:
    """A running supervisord, by its socket. Every call raises `NotRunningError` when nobody is there."""

    def __init__(self, home: Home) -> None:
        self._address = f"unix://{home.socket}"

    def _call(self, method: str, *arguments: object) -> Any:
        transport = SupervisorTransport(None, None, self._address)
        try:
            proxy = ServerProxy("http://127.0.0.1", transport)
            return getattr(proxy.supervisor, method)(*arguments)
        except (OSError, ProtocolError) as error:
            raise NotRunningError(str(error)) from error
        except Fault as fault:
            if fault.faultCode == Faults.SHUTDOWN_STATE:
                raise NotRunningError("Headgate is just stopping.") from fault
            raise
        finally:
            transport.close()

    def is_running(self) -> bool:
        try:
            self._call("getPID")
        except NotRunningError:
            return False
        return True

    def pid(self) -> int:
        return int(self._call("getPID"))

    def start(self, name: str) -> None:
        """Starts a program; fine when it runs already."""
        try:
            self._call("startProcess", name, False)
        except Fault as fault:
            if fault.faultCode not in (Faults.ALREADY_STARTED, Faults.SPAWN_ERROR):
                raise

    def stop(self, name: str) -> None:
        """Stops a program and waits for it; fine when it does not run."""
        try:
            self._call("stopProcess", name, True)
        except Fault as fault:
            if fault.faultCode != Faults.NOT_RUNNING:
                raise

    def state(self, name: str) -> ProcessState:
        return _state(self._call("getProcessInfo", name))

    def states(self) -> list[ProcessState]:
        """All programs, without the keeper."""
        found = [_state(info) for info in self._call("getAllProcessInfo")]
        return [state for state in found if state.name != "keeper"]

    def shutdown(self) -> None:
        """Stops everything, in reverse order of priority, then supervisord itself; waits for the end.

        :raises TimeoutError: it is still there after a minute.
        """
        pid = self.pid()
        os.kill(pid, signal.SIGTERM)
        wait_for_end(pid)


def _state(info: Mapping[str, Any]) -> ProcessState:
    return ProcessState(info["name"], info["statename"], info["pid"], info["start"])


def wait_for_end(pid: int, seconds_max: float = STOP_SECONDS_MAX) -> None:
    """:raises TimeoutError: process `pid` is still there after `seconds_max`."""
    deadline = time.monotonic() + seconds_max
    while is_alive(pid):
        if time.monotonic() > deadline:
            raise TimeoutError(f"process {pid} does not stop")
        time.sleep(0.05)


def is_alive(pid: int) -> bool:
    """Does process `pid` exist (and is not just waiting to be collected by its parent)?"""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return not Path("/proc/self/stat").exists()
    return stat.rpartition(")")[2].split()[0] != "Z"


def start_supervisord(
    home: Home, variables: Mapping[str, str], configuration: Path = CONFIGURATION
) -> subprocess.Popen[bytes]:
    """Starts supervisord in a session of its own (Ctrl-C is ours to handle) and waits for its socket.

    `variables` fill the `%(ENV_…)s` of the configuration. Nothing else of our environment goes in.

    :raises NotRunningError: it did not come up; with what it said.
    """
    environment = {name: os.environ[name] for name in INHERITED if name in os.environ} | dict(variables)
    environment |= {
        "HEADGATE_ROOT": str(ROOT),
        "HEADGATE_HOME": str(home.path),
        "HEADGATE_SOCKET": str(home.socket),
        "HEADGATE_PYTHON": shlex.quote(sys.executable),
        "HEADGATE_LAUNCH": shlex.join([sys.executable, "-I", "-S", str(ROOT / "ops/launch.py"), str(home.secrets)]),
    }
    command = [sys.executable, "-m", "supervisor.supervisord", "-n", "-c", str(configuration)]
    output_path = home.logs / "supervisord-start.log"
    with output_path.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            start_new_session=True,
        )  # fmt: skip
    deadline = time.monotonic() + START_SECONDS_MAX
    supervisor = Supervisor(home)
    while not supervisor.is_running():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise NotRunningError(f"supervisord did not start: {output_path.read_text().strip()[-2000:]}")
        time.sleep(0.02)
    return process
