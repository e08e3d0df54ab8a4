"""Becomes a program with an environment of its own: `python -I -S ops/launch.py FOLDER NAME COMMAND …`.

The environment is `FOLDER/NAME.json` (0600), so secrets are on no command line and in no other process. Where the
system can do it (Linux), the program is told to stop when its supervisor dies, whatever killed it: no orphans.
"""

import ctypes
import json
import os
import signal
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1


def stop_with_parent() -> None:
    """Asks the kernel for SIGTERM when the parent dies; does nothing where there is no such thing."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def main(arguments: list[str]) -> None:
    folder, name, *command = arguments
    environment: dict[str, str] = json.loads((Path(folder) / (name + ".json")).read_text())
    stop_with_parent()
    os.execvpe(command[0], command, environment)


if __name__ == "__main__":
    main(sys.argv[1:])
