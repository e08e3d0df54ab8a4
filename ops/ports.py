"""Who listens on a port: said before a start fails over it."""

import os
import socket
from pathlib import Path

LISTEN = "0A"


def is_free(port: int) -> bool:
    """Could a server listen on 127.0.0.1:`port` now?"""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def holder(port: int) -> str | None:
    """The program that listens on `port`, like `python3 (process 123)`; None where that cannot be known."""
    sockets = _listening_sockets(port)
    for process in Path("/proc").glob("[0-9]*") if sockets else ():
        if _open_files(process) & sockets:
            return f"{_name(process)} (process {process.name})"
    return None


def listens(pid: int, port: int) -> bool:
    """Is it process `pid`, or a child of it, that listens on `port`? True as well where that cannot be known."""
    sockets = _listening_sockets(port)
    if not sockets or not Path("/proc/self").exists():
        return True
    return any(_open_files(process) & sockets for process in _family(pid))  # none when it has just died


def _family(pid: int) -> list[Path]:
    """The process and its children: an engine's workers listen, not the one that keeps them."""
    family = [Path("/proc") / str(pid)]
    for process in Path("/proc").glob("[0-9]*"):
        try:
            parent = (process / "stat").read_text().rpartition(")")[2].split()[1]
        except OSError:
            continue
        if parent == str(pid):
            family.append(process)
    return family


def _open_files(process: Path) -> set[str]:
    try:
        return {os.readlink(entry) for entry in (process / "fd").iterdir()}
    except OSError:
        return set()


def _name(process: Path) -> str:
    words = (process / "cmdline").read_bytes().split(b"\0")
    name = Path(os.fsdecode(words[0])).name
    module = os.fsdecode(words[words.index(b"-m") + 1]) if b"-m" in words[:-1] else ""
    return f"{name} -m {module}" if module else name


def _listening_sockets(port: int) -> set[str]:
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            lines = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            if fields[3] == LISTEN and int(fields[1].rpartition(":")[2], 16) == port:
                found.add(f"socket:[{fields[9]}]")
    return found
