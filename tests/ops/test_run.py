"""What `headgate run` refuses and says, and what `headgate stop` ends."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ops import ports
from ops.doctor import examine
from ops.embedded import (
    free_port,
    postgres_command,
    postgres_system_user,
    prepare_postgres,
    prepare_valkey,
    valkey_command,
)
from ops.home import Home, load_secrets, write_private
from ops.processes import Plan, Starter, StartError, supervisor_variables, write_environments
from ops.run import Refused, check_credentials, check_nothing_runs, check_ports, ready_lines
from ops.running import find_system, is_held, left_postgres, note_system, only_one, stop_system, system_of
from ops.settings import ROOT, Settings
from ops.status import rows
from ops.supervision import NotRunningError, Supervisor, is_alive, start_supervisord

PORTS = ("telephony", "backend", "engine", "actions", "simulator", "processor", "postgres", "valkey")


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    home = Home(tmp_path / "home")
    home.make()
    numbers: dict[str, Any] = {f"{name}_port": free_port() for name in PORTS}
    return Plan(Settings(home=home.path, demo=True, **numbers), home, load_secrets(home))


@pytest.fixture
def supervised(plan: Plan) -> Iterator[Plan]:
    prepare_valkey(plan.home.valkey, plan.secrets["valkey_password"])
    write_environments(plan)
    process = start_supervisord(plan.home, supervisor_variables(plan))
    yield plan
    if process.poll() is None:
        process.terminate()
    process.wait(60)


@contextmanager
def running_valkey_on(port: int, plan: Plan) -> Iterator[int]:
    """A server on `port` that even has our password, and is not ours; gives its process id."""
    folder = plan.home.path / "stranger"
    prepare_valkey(folder, plan.secrets["valkey_password"])
    process = subprocess.Popen(valkey_command(folder, port), stdout=subprocess.DEVNULL)
    try:
        while plan.missing("valkey") is not None:
            assert process.poll() is None
        yield process.pid
    finally:
        process.terminate()
        process.wait(10)


def headgate(plan: Plan, *arguments: str) -> subprocess.CompletedProcess[str]:
    numbers = {f"HEADGATE_{name.upper()}_PORT": str(plan.port(name)) for name in PORTS}
    variables = {**os.environ, **numbers, "HEADGATE_HOME": str(plan.home.path), "HEADGATE_DEMO": "true"}
    command = [sys.executable, "-m", "ops.cli", *arguments]
    return subprocess.run(command, cwd=ROOT, env=variables, check=False, capture_output=True, text=True, timeout=90)


def test_a_taken_port_is_said_with_its_holder_and_what_to_set(plan: Plan) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", plan.port("backend")))
        taken.listen()
        assert not ports.is_free(plan.port("backend"))
        told = headgate(plan, "run")
    assert told.returncode == 1
    assert f"Port {plan.port('backend')}, for backend, is taken" in told.stdout
    assert "HEADGATE_BACKEND_PORT" in told.stdout
    if sys.platform == "linux":
        assert f"process {os.getpid()}" in told.stdout
    assert not Supervisor(plan.home).is_running(), "nothing was started"


def test_free_ports_are_no_reason_to_refuse(plan: Plan) -> None:
    check_ports(plan)
    assert ports.holder(plan.port("backend")) is None


def test_a_second_start_says_that_it_runs_already(plan: Plan) -> None:
    with only_one(plan.home):
        assert is_held(plan.home)
        told = headgate(plan, "run")
    assert told.returncode == 1
    assert "is running already" in told.stdout
    assert "headgate stop" in told.stdout
    assert not is_held(plan.home)


def test_processes_that_lost_their_terminal_are_named_and_stop_ends_them(supervised: Plan) -> None:
    supervisor = Supervisor(supervised.home)
    supervisor.start("valkey")
    pid = supervisor.state("valkey").pid
    with pytest.raises(Refused, match=rf"valkey \({pid}\)"):
        check_nothing_runs(supervised.home)
    told = headgate(supervised, "stop")
    assert told.stdout.strip() == "Headgate has stopped."
    assert not is_alive(pid)
    assert headgate(supervised, "stop").stdout.strip() == "Nothing is running."


def test_a_database_left_behind_by_a_killed_supervisor_is_stopped(plan: Plan) -> None:
    prepare_postgres(plan.home.postgres, plan.secrets["postgres_password"])
    write_environments(plan)
    process = start_supervisord(plan.home, supervisor_variables(plan))
    supervisor = Supervisor(plan.home)
    supervisor.start("postgres")
    while plan.missing("postgres") is not None:
        assert supervisor.state("postgres").alive
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    pid = left_postgres(plan.home)
    assert pid is not None
    assert stop_system(plan.home)
    assert not is_alive(pid)
    assert left_postgres(plan.home) is None


def test_postgres_never_runs_as_root(supervised: Plan) -> None:
    assert "/postgres" in postgres_command(supervised.home.postgres, 1)[0]
    variables = supervisor_variables(supervised)
    assert variables["HEADGATE_POSTGRES_USER"] != "root"
    assert postgres_system_user() in (None, variables["HEADGATE_POSTGRES_USER"])


def test_no_secret_is_in_the_supervisors_environment(supervised: Plan) -> None:
    variables = "\n".join(supervisor_variables(supervised).values())
    assert not [name for name, value in supervised.secrets.items() if value in variables]


def test_commands_without_a_running_system_say_how_to_start_it(plan: Plan) -> None:
    for arguments in (["status"], ["demo"], ["text", "--from", "+19515550142", "hi"], ["chat", "--as", "a", "hi"]):
        told = headgate(plan, *arguments)
        assert told.returncode == 1
        assert told.stderr.strip() == "Headgate is not running here. Start it with: make run"


def test_a_running_system_is_found_by_its_home(supervised: Plan) -> None:
    with pytest.raises(NotRunningError, match="just starting"):
        find_system(supervised.home)
    note_system(supervised.home, system_of(supervised.settings))
    assert find_system(supervised.home).telephony_url == supervised.settings.url_of("telephony")


def test_production_without_a_twilio_account_is_refused_with_the_variables(plan: Plan) -> None:
    check_credentials(plan.settings)
    with pytest.raises(Refused, match="HEADGATE_TWILIO_AUTH_TOKEN"):
        check_credentials(plan.settings.model_copy(update={"demo": False}))


def test_simulator_and_sandbox_processor_run_in_the_demonstration_only(plan: Plan) -> None:
    assert {"simulator", "processor"} <= set(plan.programs)
    production = Plan(plan.settings.model_copy(update={"demo": False}), plan.home, plan.secrets)
    assert not {"simulator", "processor"} & set(production.programs)
    assert not any("simulator" in line.lower() for line in ready_lines(production, 1.0))


def test_the_end_of_a_start_says_where_everything_is_and_how_to_sign_in(plan: Plan) -> None:
    write_private(plan.home.sign_in, "supervisor rosa pass-word-1\nlead frank pass-word-2\n")
    told = "\n".join(ready_lines(plan, 17.4))
    assert "Headgate is ready" in told
    for name, path in (("telephony", "/"), ("simulator", "/simulator"), ("backend", "/console")):
        assert plan.settings.url_of(name) + path in told
    assert "rosa" in told
    assert "pass-word-2" in told


async def test_a_stranger_that_answers_on_our_port_is_not_taken_for_ours(supervised: Plan) -> None:
    with running_valkey_on(supervised.port("valkey"), supervised) as stranger:
        starter = Starter(supervised, Supervisor(supervised.home), print)
        with pytest.raises(StartError, match=rf"port \d+ is taken by valkey-server.* \(process {stranger}\)"):
            await starter._valkey()


def test_other_terminals_ask_the_ports_of_the_running_system(supervised: Plan) -> None:
    note_system(supervised.home, system_of(supervised.settings))
    supervisor = Supervisor(supervised.home)
    supervisor.start("valkey")
    while supervised.missing("valkey") is not None:
        assert supervisor.state("valkey").alive
    elsewhere = Settings(home=supervised.home.path)
    found = [(row["process"], row["port"], row["missing"]) for row in rows(elsewhere)]
    assert found == [("valkey", supervised.port("valkey"), None)]
    assert "valkey: ready" in [finding.words for finding in examine(elsewhere)]
