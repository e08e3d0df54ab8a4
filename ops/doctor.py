"""`headgate doctor`: what is missing or wrong, in plain words, each with what to do."""

import os
import shutil
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ops import chromium, installs, ports, pythons
from ops.environment import database_url, redis_url
from ops.home import Home, load_secrets
from ops.model import model_path
from ops.processes import Plan
from ops.readiness import postgres_missing, redis_missing
from ops.run import VARIABLES
from ops.running import find_system
from ops.settings import Settings
from ops.supervision import NotRunningError, Supervisor

FREE_BYTES_MIN = 2 * 1024**3


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: is it fine, what was seen, and what to do if it is not."""

    fine: bool
    words: str
    remedy: str = ""

    def line(self) -> str:
        mark = "ok  " if self.fine else "LOOK"
        return f"{mark}  {self.words}" + ("" if self.fine else f"\n      → {self.remedy}")


def examine(settings: Settings) -> list[Finding]:
    """Looks at everything; never raises for something that is merely wrong."""
    home = Home(settings.home)
    checks: list[Callable[[], list[Finding]]] = [
        look_at_environments,
        lambda: look_at_disk(home),
        lambda: look_at_secrets(home),
        lambda: look_at_model(home),
        lambda: look_at_chromium(home),
        lambda: look_at_payments(settings),
        lambda: look_at_system(settings, home),
    ]
    return [finding for check in checks for finding in check()]


def look_at_environments() -> list[Finding]:
    """Both Python environments: there, of the right version, from the present lock."""
    found = []
    for environment in (installs.application(), installs.engine()):
        wanted = " or ".join("{}.{}".format(*version) for version in environment.versions)
        version = pythons.runs_as(str(environment.python)) if environment.python.exists() else None
        where = environment.folder.relative_to(installs.ROOT)
        if version is None:
            words = f"The environment of {environment.name} ({where}) is missing or does not start."
            found.append(Finding(False, words, f"make run sets it up; it needs Python {wanted}."))
        elif version not in environment.versions:
            words = f"The environment of {environment.name} has Python {version[0]}.{version[1]}, not {wanted}."
            found.append(Finding(False, words, f"Remove the folder {where}; make run makes it anew."))
        elif not installs.is_current(environment):
            words = f"The packages of {environment.name} are not those of {environment.lock.name}."
            found.append(Finding(False, words, "make run brings them up to date."))
        else:
            words = f"{environment.name.capitalize()} has Python {version[0]}.{version[1]} and its packages."
            found.append(Finding(True, words))
    return found


def look_at_disk(home: Home) -> list[Finding]:
    """Room for the database, logs and models."""
    folder = next(path for path in (home.path, *home.path.parents) if path.exists())
    free = shutil.disk_usage(folder).free
    words = f"{free / 1024**3:.1f} GB are free in {folder}."
    return [Finding(free >= FREE_BYTES_MIN, words, "Free some space: 2 GB at least.")]


def look_at_secrets(home: Home) -> list[Finding]:
    """Everything secret belongs to its owner alone."""
    if not home.secrets.exists():
        return [Finding(True, "No secrets yet; the first start makes them.")]
    private = [home.secrets, *home.secrets.iterdir(), home.valkey / "valkey.conf", home.sign_in]
    open_ones = [path for path in private if path.exists() and _others_can_read(path)]
    if open_ones:
        names = " ".join(str(path) for path in open_ones)
        return [Finding(False, f"Others on this machine can read secrets: {names}", f"chmod go-rwx {names}")]
    return [Finding(True, "Secrets are readable by their owner only.")]


def _others_can_read(path: Path) -> bool:
    return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def look_at_model(home: Home) -> list[Finding]:
    """The assistant's model, from the present training data."""
    if model_path(home).exists():
        return [Finding(True, "The assistant's model is current.")]
    words = "The assistant's model is missing, or older than its training data."
    return [Finding(False, words, "make run trains it (a minute or two); make train does only that.")]


def look_at_chromium(home: Home) -> list[Finding]:
    """A browser for the browser tests."""
    browser = chromium.installed(dict(os.environ), home.path / "chromium")
    if browser:
        return [Finding(True, f"Chromium for the browser tests: {browser}")]
    words = "There is no Chromium; only the browser tests need it."
    return [Finding(False, words, "make test installs one, or install the package chromium yourself.")]


def look_at_payments(settings: Settings) -> list[Finding]:
    """Where card and bank payments go."""
    key, secret = settings.stripe_api_key.get_secret_value(), settings.stripe_webhook_secret.get_secret_value()
    if key and not secret:
        remedy = "Set HEADGATE_STRIPE_WEBHOOK_SECRET to the signing secret of your webhook endpoint (whsec_…)."
        return [Finding(False, "Stripe has a key but no webhook secret; the backend will not start.", remedy)]
    if key:
        kind = "test" if "_test_" in key else "live"
        return [Finding(True, f"Card payments go through Stripe ({kind} key).")]
    if settings.demo:
        return [Finding(True, "Card payments go through the sandbox processor: no real money.")]
    return [Finding(True, "No card payments are taken: HEADGATE_STRIPE_API_KEY is not set.")]


def look_at_system(settings: Settings, home: Home) -> list[Finding]:
    """When it runs: each process and server. When not: the ports, and servers of your own."""
    try:
        plan = Plan(find_system(home).applied_to(settings), home, load_secrets(home))
        states = [state for state in Supervisor(home).states() if state.started_at]
    except NotRunningError:
        return [Finding(True, "Headgate is not running."), *_look_at_ports(settings, home), *_own_servers(settings)]
    found = []
    for state in states:
        missing = plan.missing(state.name) if state.alive else "is not running"
        remedy = f"It is started again by itself. Look at {home.logs / (state.name + '.log')}"
        found.append(Finding(missing is None, f"{state.name}: {missing or 'ready'}", remedy))
    return found + _own_servers(settings)


def _look_at_ports(settings: Settings, home: Home) -> list[Finding]:
    plan = Plan(settings, home, {})
    found = []
    for name in plan.programs:
        port = plan.port(name)
        if not ports.is_free(port):
            by = ports.holder(port)
            words = f"Port {port}, for {name}, is taken{f' by {by}' if by else ''}."
            remedy = f"Stop that, or set {VARIABLES.get(name, f'HEADGATE_{name.upper()}_PORT')}."
            found.append(Finding(False, words, remedy))
    return found or [Finding(True, "All ports are free.")]


def _own_servers(settings: Settings) -> list[Finding]:
    found = []
    if settings.database_url is not None:
        missing = postgres_missing(database_url(settings, {}))
        found.append(Finding(missing is None, f"DATABASE_URL: {missing or 'reachable'}", "Check the address."))
    if settings.redis_url is not None:
        missing = redis_missing(redis_url(settings, {}))
        found.append(Finding(missing is None, f"REDIS_URL: {missing or 'reachable'}", "Check the address."))
    return found
