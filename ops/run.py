"""`headgate run`: bring everything up, say where it is, watch it, and stop it all on Ctrl-C or SIGTERM."""

import asyncio
import signal
import subprocess
import time
from contextlib import suppress

from rich.console import Console
from rich.status import Status

from ops import embedded, ports
from ops.home import Home, load_secrets
from ops.processes import Plan, Starter, StartError, supervisor_variables, write_environments
from ops.running import (
    AlreadyRunningError,
    find_system,
    left_postgres,
    note_system,
    only_one,
    stop_left_postgres,
    system_of,
)
from ops.settings import SETTINGS_FILE, Settings
from ops.supervision import (
    NotRunningError,
    ProcessState,
    Supervisor,
    start_supervisord,
    wait_for_end,
)

WATCH_SECONDS = 1.0
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
TROUBLES = (StartError, NotRunningError, embedded.EmbeddedServerError)
VARIABLES = {"postgres": "HEADGATE_POSTGRES_PORT, or DATABASE_URL for a server of your own"} | {
    "valkey": "HEADGATE_VALKEY_PORT, or REDIS_URL for a server of your own"
}


class Refused(Exception):
    """Nothing was started; the message says why and what to do."""


def run_everything(settings: Settings, console: Console) -> int:
    """Runs until it is told to stop; gives the exit status."""
    home = Home(settings.home)
    home.make()
    try:
        with only_one(home):
            check_nothing_runs(home)
            check_credentials(settings)
            plan = Plan(settings, home, load_secrets(home))
            check_ports(plan)
            return asyncio.run(_Terminal(plan, console).run())
    except AlreadyRunningError:
        console.print(already_running(home), highlight=False)
    except Refused as error:
        console.print(str(error), highlight=False)
    return 1


def already_running(home: Home) -> str:
    """What to say when this home runs already."""
    lines = [f"Headgate is running already (in {home.path})."]
    with suppress(NotRunningError):
        lines.append(f"It is at {find_system(home).telephony_url}")
    return "\n".join([*lines, "See how it is: .venv/bin/headgate status. Stop it: .venv/bin/headgate stop"])


def check_nothing_runs(home: Home) -> None:
    """An earlier start may have lost its terminal (kill -9) while its processes run on.

    :raises Refused: so it is; with what runs.
    """
    try:
        states = [state for state in Supervisor(home).states() if state.alive]
    except NotRunningError:
        if left_postgres(home) is not None:
            stop_left_postgres(home)
        return
    names = ", ".join(f"{state.name} ({state.pid})" for state in states) or "its supervisor"
    raise Refused(
        f"Headgate is running already, from an earlier start whose terminal is gone: {names}.\n"
        "Use it as it is, or stop it first: .venv/bin/headgate stop"
    )


def check_credentials(settings: Settings) -> None:
    """:raises Refused: production without a Twilio account; the demonstration makes its own."""
    if settings.demo or (settings.twilio_account_sid and settings.twilio_auth_token.get_secret_value()):
        return
    raise Refused(
        "Outside the demonstration Headgate needs your Twilio account: set HEADGATE_TWILIO_ACCOUNT_SID,"
        " HEADGATE_TWILIO_AUTH_TOKEN, HEADGATE_TWILIO_NUMBER and HEADGATE_PUBLIC_URL,\n"
        f"in the environment or in {settings.home / SETTINGS_FILE}. To try it without an account: make run"
    )


def check_ports(plan: Plan) -> None:
    """:raises Refused: a port that we need is taken; with by whom, and which variable to set."""
    taken = []
    for program in plan.programs:
        port = plan.port(program)
        if not ports.is_free(port):
            by = ports.holder(port)
            variable = VARIABLES.get(program, f"HEADGATE_{program.upper()}_PORT")
            taken.append(f"Port {port}, for {program}, is taken{f' by {by}' if by else ''}. Set {variable}.")
    if taken:
        raise Refused("\n".join(["Headgate was not started.", *taken]))


class _Terminal:
    """The person's view of a start, of what happens later, and of the end."""

    def __init__(self, plan: Plan, console: Console) -> None:
        self._plan = plan
        self._console = console
        self._started = time.monotonic()
        self._supervisor = Supervisor(plan.home)
        self._stop = asyncio.Event()

    def _say(self, words: str) -> None:
        self._console.print(f"  {words}", highlight=False)

    async def run(self) -> int:
        loop = asyncio.get_running_loop()
        for number in SIGNALS:
            loop.add_signal_handler(number, self._stop.set)
        where = "the demonstration" if self._plan.settings.demo else "production settings"
        self._console.print(f"Starting Headgate ({where}). Logs: {self._plan.home.logs}", highlight=False)
        write_environments(self._plan)
        note_system(self._plan.home, system_of(self._plan.settings))
        process: subprocess.Popen[bytes] | None = None
        try:
            process = await asyncio.to_thread(start_supervisord, self._plan.home, supervisor_variables(self._plan))
            if not await self._start():
                return 0
            self._announce()
            return await self._watch(process)
        except TROUBLES as error:
            self._console.print(f"\n{error}", highlight=False, markup=False)
            return 1
        finally:
            await asyncio.to_thread(self._stop_all, process)

    async def _start(self) -> bool:
        """Starts everything; False when a signal came first.

        :raises StartError: something does not start.
        """
        starter = Starter(self._plan, self._supervisor, self._say)
        starting = asyncio.create_task(starter.start_all())
        stopping = asyncio.create_task(self._stop.wait())
        with self._console.status("Starting …") as status:
            while not starting.done() and not stopping.done():
                await asyncio.wait((starting, stopping), timeout=0.5, return_when=asyncio.FIRST_COMPLETED)
                self._show(status, starter)
        stopping.cancel()
        if not starting.done():
            starting.cancel()
            with suppress(asyncio.CancelledError):
                await starting
            return False
        try:
            starting.result()
        except BaseExceptionGroup as group:
            raise StartError("\n".join(str(error) for error in group.exceptions)) from group
        return True

    def _show(self, status: Status, starter: Starter) -> None:
        now = time.monotonic()
        waits = [f"{name} {now - since:.0f} s" for name, since in starter.waiting.items()]
        status.update("Starting " + ", ".join(waits))

    def _announce(self) -> None:
        for line in ready_lines(self._plan, time.monotonic() - self._started):
            self._console.print(line, highlight=False, markup=False, soft_wrap=True)

    async def _watch(self, process: subprocess.Popen[bytes]) -> int:
        """Tells when a process died and when it is back; ends on a signal or when the supervisor is gone."""
        known: dict[str, int] = {}
        away: dict[str, float] = {}
        while not self._stop.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), WATCH_SECONDS)
            if process.poll() is not None:
                self._console.print("Headgate was stopped from elsewhere.", highlight=False)
                return 0 if process.returncode == 0 else 1
            with suppress(NotRunningError):
                for state in await asyncio.to_thread(self._supervisor.states):
                    await self._compare(state, known, away)
        return 0

    async def _compare(self, state: ProcessState, known: dict[str, int], away: dict[str, float]) -> None:
        name = state.name
        if name not in self._plan.programs:
            return
        if name in known and known[name] != state.pid and name not in away:
            away[name] = time.monotonic()
            self._say(f"{name} died and is starting again (log: {self._plan.home.logs / (name + '.log')})")
        known[name] = state.pid
        if name in away and state.alive and await asyncio.to_thread(self._plan.missing, name) is None:
            self._say(f"{name} is back ({time.monotonic() - away.pop(name):.0f} s)")

    def _stop_all(self, process: subprocess.Popen[bytes] | None) -> None:
        if process is not None and process.poll() is None:
            self._console.print("\nStopping …", highlight=False)
            process.terminate()
            try:
                wait_for_end(process.pid)
            except TimeoutError:
                self._console.print("Something does not stop; see: .venv/bin/headgate status", highlight=False)
                return
            process.wait()
            self._console.print("Headgate has stopped.", highlight=False)
        (self._plan.home.run / "system.json").unlink(missing_ok=True)


def ready_lines(plan: Plan, seconds: float) -> list[str]:
    """What is printed when everything answers: where things are, and how to sign in."""
    settings = plan.settings
    telephony, backend = settings.url_of("telephony"), settings.url_of("backend")
    lines = ["", f"Headgate is ready ({seconds:.0f} s)", "", f"  Web chat          {telephony}/"]
    if settings.demo:
        lines += [f"  Phone simulator   {settings.url_of('simulator')}/simulator"]
    lines += [f"  Console           {backend}/console", f"  Account API       {backend}/docs"]
    if settings.demo:
        lines += ["", *sign_in_lines(plan.home)]
        lines += ["", "This is a demonstration: the district and its customers are made up."]
        lines += ['Its customers: .venv/bin/headgate demo      One text: .venv/bin/headgate text --from PHONE "hello"']
    return [*lines, "Stop with Ctrl-C.", ""]


def sign_in_lines(home: Home) -> list[str]:
    """The demonstration's console sign-ins, from the file that the seed wrote."""
    try:
        rows = [line.split() for line in home.sign_in.read_text().splitlines()]
    except OSError:
        return ["  (No console sign-in was made; see the database's log.)"]
    return [f"  Sign in as {role:<11}{user}   password {password}" for role, user, password in rows]
