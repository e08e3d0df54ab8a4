"""A Stripe on loopback that keeps Stripe's contract as far as the district uses it: the real client talks to it.

Idempotency (the first answer again; another request with the key is an error; a key at work is 409; nothing is kept
of what was malformed), error shapes, form encoding, lists with cursors, Checkout with its times, declines.
"""

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.backend.gateway.stripe_objects import Object, StripeBooks, StripeRefusal, refuse
from tests.backend.gateway.stripe_routes import ROUTES

API_KEY = "sk_test_of_the_tests"
Answer = tuple[int, Object]


def decode(pairs: list[tuple[str, str]]) -> Object:
    """`a[b][0][c]=d` as nested dictionaries."""
    decoded: Object = {}
    for name, value in pairs:
        keys = [name.split("[", 1)[0], *re.findall(r"\[([^\]]*)\]", name)]
        place = decoded
        for key in keys[:-1]:
            place = place.setdefault(key, {})
        place[keys[-1] or str(len(place))] = value
    return decoded


@dataclass
class StripeServer:
    """The account and how it misbehaves. `next_charges` as in processor/state/controls.py."""

    books: StripeBooks = field(default_factory=StripeBooks)
    next_charges: list[str] = field(default_factory=list)
    down: bool = False
    status: int | None = None
    """An error status for everything, of Stripe's own kind."""
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)
    closing: threading.Event = field(default_factory=threading.Event)
    _keys: dict[str, tuple[str, Answer]] = field(default_factory=dict)
    _at_work: set[str] = field(default_factory=set)

    def answer(self, method: str, path: str, params: Object, headers: dict[str, str]) -> tuple[Answer, bool] | None:
        """Status and body, and whether it is a replay; None: never."""
        if self.down or self.status is not None:
            kind, message = ("api_error", "down") if self.down else ("invalid_request_error", "as the test wanted")
            return (503 if self.down else self.status or 0, {"error": {"type": kind, "message": message}}), False
        if headers.get("authorization") != f"Bearer {API_KEY}":
            return (401, {"error": {"type": "invalid_request_error", "message": "Invalid API Key"}}), False
        key = headers.get("idempotency-key") if method == "POST" else None
        if key is None:
            return self._work(method, path, params), False
        digest = sha256(json.dumps([path, params], sort_keys=True).encode()).hexdigest()
        with self.lock:
            known = self._keys.get(key)
            if known is not None:
                return self._again(known, digest), True
            if key in self._at_work:
                at_work = "This key is in use by another request."
                return (409, refuse(at_work, "idempotency_key_in_use", status=409).body), False
            self._at_work.add(key)
        try:
            return self._first(method, path, params, key, digest)
        finally:
            self._at_work.discard(key)

    def _again(self, known: tuple[str, Answer], digest: str) -> Answer:
        if known[0] == digest:
            return known[1]
        message = "Keys for idempotent requests can only be used with the same parameters."
        return 400, {"error": {"type": "idempotency_error", "message": message}}

    def _first(self, method: str, path: str, params: Object, key: str, digest: str) -> tuple[Answer, bool] | None:
        fault = self._fault(path)
        if fault == "silence":
            return None
        if fault == "error":
            return (500, {"error": {"type": "api_error", "message": "as the test wanted"}}), False
        if fault.startswith("slow:"):
            self.closing.wait(float(fault.removeprefix("slow:")))
        answer = self._work(method, path, params)
        if answer[0] != 400:
            with self.lock:
                self._keys[key] = digest, answer
        if fault == "charge_then_silence":
            return None
        if fault == "charge_then_error":
            return (500, {"error": {"type": "api_error", "message": "as the test wanted"}}), False
        return answer, False

    def _fault(self, path: str) -> str:
        with self.lock:
            return self.next_charges.pop(0) if path == "/v1/payment_intents" and self.next_charges else "none"

    def _work(self, method: str, path: str, params: Object) -> Answer:
        with self.lock:
            self.books.pass_time()
            try:
                for pattern, verb, work in ROUTES:
                    found = re.fullmatch(pattern, path)
                    if found and verb == method:
                        return 200, work(self.books, params, *found.groups())
                raise refuse(f"Unrecognized request URL ({method}: {path}).", status=404)
            except StripeRefusal as refusal:
                return refusal.status, refusal.body


@contextmanager
def listening(stripe: StripeServer) -> Iterator[str]:
    """Serve it on a loopback port; gives the address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
            self._answer(parse_qsl(raw, keep_blank_values=True))

        def do_GET(self) -> None:
            self._answer(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))

        def _answer(self, pairs: list[tuple[str, str]]) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            path = urlsplit(self.path).path
            stripe.requests.append((self.command, path, headers))
            answered = stripe.answer(self.command, path, decode(pairs), headers)
            if answered is None:
                stripe.closing.wait(30)
                self.close_connection = True
                return
            (status, body), replayed = answered
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.send_header("request-id", f"req_{time.monotonic_ns()}")
            if replayed:
                self.send_header("idempotent-replayed", "true")
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:
            """Requests are not written to the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        stripe.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()
