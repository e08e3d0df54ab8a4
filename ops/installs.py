"""uv and the two virtual environments, each installed from its hashed lock, each once.

Standard library only, from Python 3.8 on. An environment is finished when its stamp says so: the stamp is
written last and holds the digest of the lock, so a half-finished installation is simply done again.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from ops.progress import SetupError, Step, advice, run, say
from ops.pythons import find_python, runs_as

ROOT = Path(__file__).resolve().parents[1]
STAMP = ".headgate-installed"
STAMP_FORMAT = "1"
FREE_BYTES_MIN = 3 * 1024**3


@dataclass(frozen=True)
class Environment:
    """One virtual environment: where, from which lock, for which Python versions (best first)."""

    name: str
    folder: Path
    lock: Path
    versions: tuple[tuple[int, int], ...]

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"


def application(root: Path = ROOT) -> Environment:
    """Everything but the engine, on supported Python."""
    versions = ((3, 11), (3, 12), (3, 13))
    return Environment("the application", root / ".venv", root / "requirements" / "app.txt", versions)


def engine(root: Path = ROOT) -> Environment:
    """Rasa Open Source, which needs Python 3.10."""
    return Environment("the engine", root / "bot" / ".venv", root / "requirements" / "engine.txt", ((3, 10),))


def home(environ: dict[str, str], root: Path = ROOT) -> Path:
    """`HEADGATE_HOME`, by default `.headgate` in the project."""
    return Path(environ.get("HEADGATE_HOME") or root / ".headgate").absolute()


def fingerprint(environment: Environment) -> str:
    """Changes when the lock or the place does: then it is to be installed again."""
    lock = hashlib.sha256(environment.lock.read_bytes()).hexdigest()
    return " ".join([STAMP_FORMAT, lock, str(environment.folder)])


def is_current(environment: Environment) -> bool:
    """Is the environment there, finished, and from this lock?"""
    try:
        return (environment.folder / STAMP).read_text() == fingerprint(environment) and environment.python.exists()
    except OSError:
        return False


def find_uv(environ: dict[str, str]) -> str | None:
    """uv on PATH or the one we installed ourselves, if it runs."""
    own = home(environ) / "tools" / "bin" / "uv"
    for candidate in (shutil.which("uv", path=environ.get("PATH")), str(own) if own.exists() else None):
        try:
            if candidate and run([candidate, "--version"], "uv").startswith("uv "):
                return candidate
        except SetupError:
            continue
    return None


def ensure_uv(environ: dict[str, str]) -> str:
    """The path of uv; installs it with pip into `$HEADGATE_HOME/tools` when there is none.

    :raises SetupError: it could not be installed.
    """
    found = find_uv(environ)
    if found:
        return found
    tools = home(environ) / "tools"
    with Step("Installing uv, which installs everything else"):
        shutil.rmtree(tools, ignore_errors=True)
        tools.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            run([sys.executable, "-m", "venv", str(tools)], "Making a virtual environment for uv")
            run([str(tools / "bin" / "python"), "-m", "pip", "install", "--quiet", "uv"], "Installing uv")
        except SetupError as error:
            hint = "" if advice(str(error)) else "Install uv yourself and put it on PATH."
            raise SetupError(f"{error}\n{hint}".strip()) from error
    found = find_uv(environ)
    if not found:
        raise SetupError("uv was installed but does not start. Install uv yourself and put it on PATH.")
    return found


def ensure_python(environment: Environment, uv: str, environ: dict[str, str]) -> str:
    """An interpreter for `environment`: one that is here, else one that uv fetches.

    :raises SetupError: there is none and none can be fetched.
    """
    found = find_python(list(environment.versions), environ)
    if found:
        return found
    wanted = "{}.{}".format(*environment.versions[0])
    try:
        with Step(f"Fetching Python {wanted} for {environment.name}"):
            run([uv, "python", "install", wanted], f"Fetching Python {wanted}")
        fetched = run([uv, "python", "find", "--no-project", wanted], f"Finding Python {wanted}").splitlines()
    except SetupError as error:
        raise SetupError(
            f"{error}\nPython {wanted} is neither on PATH nor under pyenv and could not be fetched."
            f" Install it (for example: pyenv install {wanted}) and try again."
        ) from error
    python = fetched[-1].strip() if fetched else ""
    if runs_as(python) not in environment.versions:
        raise SetupError(f"uv fetched Python {wanted}, but it does not start here. Install Python {wanted} yourself.")
    return python


def check_disk(folder: Path) -> None:
    """:raises SetupError: less than 3 GB are free where the environments go."""
    free = shutil.disk_usage(folder).free
    if free < FREE_BYTES_MIN:
        raise SetupError(
            f"Only {free / 1024**3:.1f} GB are free in {folder}; 3 GB are needed to install. Free some space."
        )


def ensure(environment: Environment, environ: dict[str, str], root: Path = ROOT) -> bool:
    """Makes or completes `environment` unless it is current; True when something was done.

    :raises SetupError: with what to do.
    """
    if is_current(environment):
        return False
    check_disk(root)
    uv = ensure_uv(environ)
    stamp = environment.folder / STAMP
    if stamp.exists():
        stamp.unlink()
    version = runs_as(str(environment.python)) if environment.python.exists() else None
    if version not in environment.versions:
        python = ensure_python(environment, uv, environ)
        say(f"Python for {environment.name}: {python}")
        shutil.rmtree(environment.folder, ignore_errors=True)
        run(
            [uv, "venv", "--quiet", "--no-project", "--python", python, str(environment.folder)],
            "Making " + str(environment.folder),
        )
    words = f"Installing the packages of {environment.name} (some minutes, once)"
    with Step(words, lambda: _installed_count(environment)):
        command = [uv, "pip", "sync", "--python", str(environment.python), "--require-hashes"]
        run([*command, "--compile-bytecode", str(environment.lock)], "Installing the packages")
    stamp.write_text(fingerprint(environment))
    return True


def _installed_count(environment: Environment) -> str:
    done = len(list(environment.folder.glob("lib/*/site-packages/*.dist-info")))
    wanted = environment.lock.read_text().count("==")
    return f"{done} of about {wanted} packages in place"


LAUNCHER = """#!/bin/sh
# Made by ops/bootstrap.py: the `headgate` command, from any folder.
HEADGATE_ROOT='{root}' exec '{python}' -c 'import os, sys
sys.path.insert(0, os.environ["HEADGATE_ROOT"])
sys.argv[0] = "headgate"
from ops.cli import main
main()' "$@"
"""


def ensure_launcher(environment: Environment, root: Path = ROOT) -> None:
    """Writes `.venv/bin/headgate`, so that the command works from any folder without being a package."""
    launcher = environment.folder / "bin" / "headgate"
    text = LAUNCHER.format(root=str(root).replace("'", "'\\''"), python=str(environment.python).replace("'", "'\\''"))
    if launcher.exists() and launcher.read_text() == text:
        return
    draft = launcher.with_name(".headgate.new")
    draft.write_text(text)
    draft.chmod(0o755)
    os.replace(str(draft), str(launcher))


def compile_sources(environment: Environment, root: Path = ROOT) -> None:
    """Byte code of our own packages, so that the first start is as quick as the second."""
    packages = [str(root / name) for name in ("ops", "actions", "telephony", "backend", "processor", "bench")]
    if environment.folder.parent.name == "bot":
        packages = [str(path) for path in (root / "bot").glob("*") if path.name != ".venv"]
    run([str(environment.python), "-m", "compileall", "-q", *packages], "Compiling our own modules")
