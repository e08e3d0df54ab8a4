"""supervisord with our keeper: what dies comes back, what stops stops in order, nothing is left behind."""

import json
import os
import signal
import stat
import sys
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from ops.home import Home, write_private
from ops.keeper import Pauses
from ops.supervision import NotRunningError, Supervisor, is_alive, start_supervisord, wait_for_end

HEAD = (Path(__file__).parents[2] / "ops" / "supervisord.conf").read_text().split("[program:", 1)[0]
KEEPER = (
    "[eventlistener:keeper]"
    + ((Path(__file__).parents[2] / "ops" / "supervisord.conf").read_text().split("[eventlistener:keeper]", 1)[1])
)
PROGRAM = """
[program:{name}]
command = %(ENV_HEADGATE_LAUNCH)s {name} {python} {script}
priority = {priority}
autostart = false
autorestart = true
startsecs = {startsecs}
startretries = 0
redirect_stderr = true
stdout_logfile = %(ENV_HEADGATE_HOME)s/logs/{name}.log
"""
STAYS = """
import os, pathlib, signal, sys, time
notes = pathlib.Path(os.environ["NOTES"])
def note(word):
    with notes.open("a") as file: file.write(f"{word} {os.environ['WHO']} {os.getpid()}\\n")
signal.signal(signal.SIGTERM, lambda *_: (note("stopped"), sys.exit(0)))
note("started")
while True: time.sleep(1)
"""
DIES = """
import os, pathlib, sys, time
with pathlib.Path(os.environ["NOTES"]).open("a") as file: file.write(f"{time.monotonic()}\\n")
sys.exit(1)
"""


def until(found: Callable[[], object], seconds: float = 30) -> None:
    """Waits for a condition; fails when it does not come."""
    deadline = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


class World:
    """A home with its own little configuration."""

    def __init__(self, folder: Path) -> None:
        self.home = Home(folder / "home")
        self.home.make()
        self.notes = folder / "notes"
        self.notes.touch()
        self.configuration = folder / "supervisord.conf"
        self.configuration.write_text(HEAD + KEEPER)
        self.supervisor = Supervisor(self.home)

    def add(self, name: str, code: str, *, priority: int = 1, startsecs: int = 0) -> None:
        script = self.home.path / f"{name}.py"
        script.write_text(code)
        write_private(
            self.home.secrets / f"{name}.json",
            json.dumps({"PATH": os.environ["PATH"], "NOTES": str(self.notes), "WHO": name}),
        )
        values = {"name": name, "python": sys.executable, "script": script, "priority": priority}
        with self.configuration.open("a") as file:
            file.write(PROGRAM.format(**values, startsecs=startsecs))

    def start(self) -> int:
        return start_supervisord(self.home, {}, self.configuration).pid

    def lines(self) -> list[str]:
        return self.notes.read_text().splitlines()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    if world.supervisor.is_running():
        world.supervisor.shutdown()


def test_pauses_double_up_to_ten_seconds_and_start_anew_after_a_good_start() -> None:
    pauses = Pauses()
    assert [pauses.failed("engine", 0.0) for _ in range(6)] == [1, 2, 4, 8, 10, 10]
    pauses.running("engine")
    assert pauses.failed("engine", 100.0) == 1
    assert pauses.wait_seconds(100.25) == 0.75
    assert pauses.take_due(100.9) == []
    assert pauses.take_due(101.0) == ["engine"]
    assert pauses.take_due(200.0) == []
    assert pauses.wait_seconds(200.0) is None


def test_a_program_that_dies_at_once_is_started_again_after_growing_pauses(world: World) -> None:
    world.add("dies", DIES, startsecs=2)
    world.start()
    world.supervisor.start("dies")
    until(lambda: len(world.lines()) >= 4)
    gaps = [later - earlier for earlier, later in pairwise(map(float, world.lines()))]
    # At the least: a machine that is busy makes each of them longer.
    assert [gap >= pause - 0.1 for gap, pause in zip(gaps[:3], (1, 2, 4), strict=True)] == [True] * 3, gaps


def test_a_program_that_ran_and_was_killed_is_back_at_once(world: World) -> None:
    world.add("stays", STAYS)
    world.start()
    world.supervisor.start("stays")
    until(lambda: len(world.lines()) == 1)
    killed = time.monotonic()
    os.kill(world.supervisor.state("stays").pid, signal.SIGKILL)
    until(lambda: len(world.lines()) == 2)
    assert time.monotonic() - killed < 1.5
    assert world.supervisor.state("stays").alive


def test_everything_stops_in_the_reverse_order_of_priority(world: World) -> None:
    for priority, name in enumerate(("first", "second", "third"), 1):
        world.add(name, STAYS, priority=priority)
    world.start()
    for name in ("first", "second", "third"):
        world.supervisor.start(name)
    until(lambda: len(world.lines()) == 3)
    world.supervisor.shutdown()
    stopped = [line.split()[1] for line in world.lines() if line.startswith("stopped")]
    assert stopped == ["third", "second", "first"]
    assert not world.supervisor.is_running()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent died")
def test_no_program_outlives_a_supervisor_that_was_killed(world: World) -> None:
    world.add("stays", STAYS)
    pid = world.start()
    world.supervisor.start("stays")
    until(lambda: len(world.lines()) == 1)
    child = int(world.lines()[0].split()[2])
    os.kill(pid, signal.SIGKILL)
    wait_for_end(child, 10)
    assert not is_alive(child)
    with pytest.raises(NotRunningError):
        world.supervisor.states()


def test_a_program_has_the_environment_of_its_file_and_nothing_else(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_OF_SOMEONE_ELSE", "1")
    code = "import json, os, pathlib\npathlib.Path(os.environ['NOTES']).write_text(json.dumps(dict(os.environ)))\n"
    world.add("tells", code + "import time\nwhile True: time.sleep(1)\n")
    world.start()
    world.supervisor.start("tells")
    until(lambda: world.notes.read_text().endswith("}"))
    told = json.loads(world.notes.read_text())
    assert set(told) <= {"PATH", "NOTES", "WHO", "LC_CTYPE"}, "nothing of ours or of supervisord's"
    until(world.home.socket.exists)
    assert stat.S_IMODE(world.home.socket.stat().st_mode) == 0o600
