"""A Stripe on loopback that keeps Stripe's contract as far as the district uses it: the real client talks to it.

Idempotency (the first answer again; another request with the key is an error; a key at work is 409; nothing is kept
of what was malformed), error shapes, form encoding, lists with cursors, Checkout with its times, declines.
"""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.backend.gateway.stripe_objects import CARDS, Object, StripeBooks, StripeRefusal, refuse

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
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)
    closing: threading.Event = field(default_factory=threading.Event)
    _keys: dict[str, tuple[str, Answer]] = field(default_factory=dict)
    _at_work: set[str] = field(default_factory=set)

    def answer(self, method: str, path: str, params: Object, headers: dict[str, str]) -> tuple[Answer, bool] | None:
        """Status and body, and whether it is a replay; None: never."""
        if self.down:
            return (503, {"error": {"type": "api_error", "message": "down"}}), False
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


def _customer(books: StripeBooks, params: Object) -> Object:
    return books.add("customer", metadata=params.get("metadata", {}))


def _price(books: StripeBooks, params: Object) -> Object:
    return books.add("price", **params)


def _session(books: StripeBooks, params: Object) -> Object:
    books.check_expiry(int(params["expires_at"]))
    if params.get("customer"):
        books.get("customer", params["customer"], "customer", 400)
    if params["mode"] == "payment" and not params.get("line_items"):
        raise refuse("You must provide line_items in payment mode.", "parameter_missing", "line_items")
    made = books.add(
        "checkout.session",
        mode=params["mode"],
        status="open",
        payment_status="unpaid",
        client_reference_id=params.get("client_reference_id"),
        customer=params.get("customer"),
        metadata=params.get("metadata", {}),
        payment_intent=None,
        setup_intent=None,
        expires_at=int(params["expires_at"]),
        line_item=params.get("line_items", {}).get("0"),
        payment_intent_data=params.get("payment_intent_data", {}),
        setup_intent_data=params.get("setup_intent_data", {}),
    )
    made["url"] = f"https://checkout.stripe.com/c/pay/{made['id']}"
    return made


def _get_session(books: StripeBooks, params: Object, name: str) -> Object:
    session = dict(books.get("checkout.session", name, "session"))
    for field_name in ("payment_intent", "setup_intent"):
        if session[field_name] is not None:
            session[field_name] = _expanded(books, books.objects[session[field_name]])
    return session


def _expanded(books: StripeBooks, intent: Object) -> Object:
    method = intent["payment_method"]
    return intent | {"payment_method": books.objects[method] if method else None}


def _expire(books: StripeBooks, params: Object, name: str) -> Object:
    session = books.get("checkout.session", name, "session")
    if session["status"] != "open":
        raise refuse("Only Checkout Sessions with a status in ['open'] can be expired.")
    return books.expire(session)


def _intent(books: StripeBooks, params: Object) -> Object:
    amount, customer = int(params["amount"]), params.get("customer")
    if amount < 50:
        raise refuse("Amount must be at least $0.50 usd", "amount_too_small", "amount")
    if customer:
        books.get("customer", customer, "customer", 400)
    method = books.get("payment_method", params["payment_method"], "payment_method", 400)
    if customer and method["customer"] != customer:
        gone = f"The customer does not have a payment method with the ID {method['id']}."
        raise refuse(gone, "resource_missing", "payment_method")
    if method["type"] not in params["allowed_payment_method_types"].values():
        raise refuse("This type is not allowed.", "payment_intent_invalid_parameter", "payment_method")
    intent = books.new_intent(amount=amount, customer=customer, metadata=params.get("metadata", {}))
    books.pay(intent, method, present=params.get("off_session") != "true")
    if intent["status"] == "requires_payment_method":
        _, _, code, decline_code = CARDS[method["test_name"]]
        raise StripeRefusal(
            402, "card_error", "It was declined.", code=code, decline_code=decline_code, payment_intent=dict(intent)
        )
    return _expanded(books, intent)


def _get_intent(books: StripeBooks, params: Object, name: str) -> Object:
    return _expanded(books, books.get("payment_intent", name, "intent"))


def _method(books: StripeBooks, params: Object, name: str) -> Object:
    return books.get("payment_method", name, "payment_method")


def _detach(books: StripeBooks, params: Object, name: str) -> Object:
    method = books.get("payment_method", name, "payment_method")
    if method["customer"] is None:
        raise refuse("The payment method you provided is not attached to a customer so detachment is impossible.")
    method["customer"] = None
    return method


def _refund(books: StripeBooks, params: Object) -> Object:
    intent = books.get("payment_intent", params["payment_intent"], "payment_intent")
    before = sum(each["amount"] for each in books.all("refund") if each["payment_intent"] == intent["id"])
    left = intent["amount_received"] - before
    if int(params["amount"]) > left:
        raise refuse("Refund amount is greater than unrefunded amount on charge.", "charge_already_refunded", "amount")
    made = books.add(
        "refund",
        amount=int(params["amount"]),
        payment_intent=intent["id"],
        charge=None,
        status="succeeded",
        metadata=params.get("metadata", {}),
    )
    books.tell("refund.created", made)
    return made


def _list(kind: str) -> Callable[[StripeBooks, Object], Object]:
    def listed(books: StripeBooks, params: Object) -> Object:
        found = books.all(kind)
        created = params.get("created", {})
        if "gte" in created:
            found = [each for each in found if each["created"] >= int(created["gte"])]
        if "lt" in created:
            found = [each for each in found if each["created"] < int(created["lt"])]
        if "customer" in params:
            found = [each for each in found if each["customer"] == params["customer"]]
        if "starting_after" in params:
            ids = [each["id"] for each in found]
            found = found[ids.index(params["starting_after"]) + 1 :]
        limit = int(params.get("limit", 10))
        return {"object": "list", "data": found[:limit], "has_more": len(found) > limit, "url": "/v1/list"}

    return listed


ROUTES: list[tuple[str, str, Callable[..., Object]]] = [
    (r"/v1/customers", "POST", _customer),
    (r"/v1/prices", "POST", _price),
    (r"/v1/checkout/sessions", "POST", _session),
    (r"/v1/checkout/sessions/(\w+)", "GET", _get_session),
    (r"/v1/checkout/sessions/(\w+)/expire", "POST", _expire),
    (r"/v1/payment_intents", "POST", _intent),
    (r"/v1/payment_intents", "GET", _list("payment_intent")),
    (r"/v1/payment_intents/(\w+)", "GET", _get_intent),
    (r"/v1/payment_methods/(\w+)", "GET", _method),
    (r"/v1/payment_methods/(\w+)/detach", "POST", _detach),
    (r"/v1/refunds", "POST", _refund),
    (r"/v1/refunds", "GET", _list("refund")),
    (r"/v1/disputes", "GET", _list("dispute")),
]


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
