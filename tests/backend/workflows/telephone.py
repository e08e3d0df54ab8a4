"""A telephony for tests: a real HTTP server on loopback that answers as it is told to."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Telephone:
    """What was asked of it, and the statuses it answers with: each once, the last one for ever."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.statuses = [202]
        self.slow: dict[str, float] = {}
        """Seconds that a request with this text is on its way."""
        self.texts: dict[str, dict[str, Any]] = {}
        """What the carrier says of a text, by its SID."""
        self.changed = threading.Condition()

    def take(self, body: dict[str, Any], headers: dict[str, str]) -> int:
        """Note one request; the status to answer with."""
        with self.changed:
            self.asked.append(body)
            self.headers.append(headers)
            self.changed.notify_all()
            return self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]

    def wait_for(self, count: int, seconds: float = 30.0) -> None:
        """Until it was asked `count` times."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.asked) >= count, seconds), f"asked {len(self.asked)} times"


@contextmanager
def listening(telephone: Telephone, port: int = 0) -> Iterator[int]:
    """Serve `telephone` on a loopback port; gives the port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            time.sleep(telephone.slow.get(body["text"], 0.0))
            status = telephone.take(body, {name.title(): value for name, value in self.headers.items()})
            sid = f"SM-{body['message_id'][:8]}{body['message_id'][36:]}"
            answer = json.dumps({"status": "sent", "provider_message_id": sid}).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def do_GET(self) -> None:
            found = telephone.texts.get(self.path.rsplit("/", 1)[-1])
            answer = json.dumps(found or {"error": "text_unknown", "detail": "no such text"}).encode()
            self.send_response(200 if found else 404)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            """Requests are not written to the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
