"""`headgate handheld`: the routes, and the file of one, from a backend on loopback."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from ops import handheld
from ops.api import CommandError
from ops.home import Home, load_secrets
from ops.running import System
from ops.settings import Settings

ROUTES = [{"cycle": 4, "route": "10", "meters": 1_204}]


class Backend(BaseHTTPRequestHandler):
    """What the backend's routes answer; it lets nobody in but the operator."""

    token = ""

    def do_GET(self) -> None:
        if self.headers["authorization"] != f"Bearer {self.token}":
            self._answer(401, b'{"error": "unauthorized", "detail": "Send the caller\'s token."}')
        elif self.path == "/v1/reads/routes":
            self._answer(200, json.dumps(ROUTES).encode())
        elif self.path == "/v1/reads/handheld?cycle=4&layout=autoread&route=10":
            named = ("content-disposition", 'attachment; filename="route-4-10-2026-11-23.imp"')
            self._answer(200, b"RS40001\r\n", named, ("x-meters", "1"))
        else:
            self._answer(404, b'{"error": "read_layout_not_found", "detail": "There is no such layout."}')

    def _answer(self, status: int, body: bytes, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in (*headers, ("content-length", str(len(body)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    home = Home(tmp_path / "home")
    home.make()
    Backend.token = load_secrets(home)["operator_token"]
    server = ThreadingHTTPServer(("127.0.0.1", 0), Backend)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    system = System(1, False, address, address, address, address, "+19515550100")
    monkeypatch.setattr(handheld, "running_system", lambda settings, demo: system)
    yield Settings(home=home.path)
    server.shutdown()
    thread.join()
    server.server_close()


def test_routes(settings: Settings) -> None:
    assert handheld.routes(settings) == ROUTES
    assert handheld.routes_table(ROUTES).row_count == 1


def test_a_route_is_written_where_one_says_or_by_its_own_name(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "out.imp"
    assert handheld.download(settings, 4, "10", "autoread", target) == {"file": str(target), "meters": 1}
    assert target.read_bytes() == b"RS40001\r\n"
    monkeypatch.chdir(tmp_path)
    assert handheld.download(settings, 4, "10", "autoread", None)["file"] == "route-4-10-2026-11-23.imp"


def test_what_the_backend_refuses_is_said_in_its_words(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no such layout"):
        handheld.download(settings, 4, "10", "itron", tmp_path / "never")
    assert not (tmp_path / "never").exists()
