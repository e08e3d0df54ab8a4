"""What the loopback Stripe does at each of its addresses."""

from collections.abc import Callable

from tests.backend.gateway.stripe_objects import CARDS, Object, StripeBooks, StripeRefusal, refuse


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
