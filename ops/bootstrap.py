"""Sets up whatever is missing on this machine, then runs a command: `python3 -m ops.bootstrap run|test|…`.

Needs any Python from 3.8 on and nothing else: everything imported here is the standard library.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from ops import installs
from ops.chromium import ensure_chromium
from ops.installs import ROOT, Environment
from ops.progress import SetupError, Step, complain, run, say

COMMANDS = {
    "setup": None,
    "run": ["-m", "ops.cli", "run"],
    "train": ["-m", "ops.cli", "train"],
    "test": ["-m", "ops.checks", "test"],
    "check": ["-m", "ops.checks", "check"],
    "lock": None,
}
LOCKS = {
    "app": ["pyproject.toml", "--python-version", "3.11"],
    "engine": ["bot/pyproject.toml", "--python-version", "3.10"],
}


def set_up(environ: dict[str, str], root: Path = ROOT) -> None:
    """Both environments and the `headgate` command; quick when they are current.

    :raises SetupError: with what to do.
    """
    made: list[Environment] = []
    for environment in (installs.application(root), installs.engine(root)):
        if installs.ensure(environment, environ, root):
            made.append(environment)
    installs.ensure_launcher(installs.application(root), root)
    for environment in made:
        installs.compile_sources(environment, root)


def lock(environ: dict[str, str]) -> None:
    """Writes both locks anew: versions and hashes, no addresses.

    :raises SetupError: the requirements cannot be resolved, or no registry was reached.
    """
    uv = installs.ensure_uv(environ)
    for name, arguments in LOCKS.items():
        output = ROOT / "requirements" / (name + ".txt")
        command = [uv, "pip", "compile", *arguments, "--group", _group(arguments[0]), "--universal"]
        with Step(f"Locking {output.relative_to(ROOT)}"):
            options = [
                "--generate-hashes",
                "--no-header",
                "--no-emit-index-url",
                "--quiet",
                "-o",
                str(output),
            ]
            run([*command, *options], "Locking", cwd=ROOT)


def _group(project_file: str) -> str:
    folder = Path(project_file).parent
    return "dev" if str(folder) == "." else f"{project_file}:dev"


def main(arguments: list[str]) -> int:
    """Sets up, then becomes the command; gives the exit status when there is nothing to become."""
    if not arguments or arguments[0] not in COMMANDS:
        print("usage: python3 -m ops.bootstrap " + "|".join(COMMANDS), file=sys.stderr)
        return 2
    environ = dict(os.environ)
    try:
        if arguments[0] == "lock":
            lock(environ)
            return 0
        set_up(environ)
        if arguments[0] in ("test", "check"):
            home = installs.home(environ)
            environ["HEADGATE_CHROMIUM"] = ensure_chromium(installs.application().python, home, environ)
    except SetupError as error:
        complain(error)
        return 1
    except KeyboardInterrupt:
        say("\nStopped. The next start goes on where this one was.")
        return 130
    command = COMMANDS[arguments[0]]
    if command is None:
        say("Everything is set up.")
        return 0
    python = str(installs.application().python)
    os.chdir(str(ROOT))
    os.execve(python, [python, *command, *arguments[1:]], environ)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
