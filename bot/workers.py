"""Several processes of one engine on one port: each takes its share of the connections (SO_REUSEPORT).

The model is loaded once, before they part, so that they share its memory. One that dies is followed by another
at once; when the first process dies, all do. What keeps a conversation in order is the lock in Redis, whatever
the number of workers.
"""

import ctypes
import logging
import os
import signal
import socket
from collections.abc import Callable
from types import FrameType

logger = logging.getLogger(__name__)

WORKERS_MAX = 8
DEATHS_MAX = 20
_PARENT_DEATH_SIGNAL = 1


def default_workers(cores: int) -> int:
    """How many workers a machine with `cores` is given when nobody says: the engine has most of a turn's work."""
    return max(1, min(WORKERS_MAX, cores))


def listening_socket(host: str, port: int) -> socket.socket:
    """One worker's own socket for the shared address.

    :raises OSError: somebody else has the port.
    """
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    made.bind((host, port))
    return made


class Workers:
    """Keeps `count` workers running until told to stop; `serve` is what each does with its socket."""

    def __init__(self, count: int, host: str, port: int, serve: Callable[[socket.socket], None]) -> None:
        self._count, self._host, self._port, self._serve = count, host, port, serve
        self._running: set[int] = set()
        self._stopping = False

    def run(self) -> int:
        """Returns when all have ended: 0 when they were told to, 1 when they died again and again."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        for _ in range(self._count):
            self._start()
        deaths = 0
        while self._running:
            pid, status = os.wait()
            self._running.discard(pid)
            if self._stopping:
                continue
            deaths += 1
            logger.error("a worker died", extra={"worker": pid, "status": status})
            if deaths > DEATHS_MAX:
                self._stop(signal.SIGTERM, None)
            else:
                self._start()
        return 0 if deaths <= DEATHS_MAX else 1

    def _start(self) -> None:
        parent = os.getpid()
        pid = os.fork()
        if pid:
            self._running.add(pid)
            return
        status = 1
        try:
            _die_with(parent)
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, signal.SIG_DFL)
            self._serve(listening_socket(self._host, self._port))
            status = 0
        except Exception:
            logger.exception("a worker failed")
        finally:
            os._exit(status)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True
        for pid in self._running:
            os.kill(pid, signal.SIGTERM)


def _die_with(parent: int) -> None:
    """No worker outlives the process that keeps it (Linux)."""
    ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
