"""The objects of a small Stripe: what they hold and how they change. No HTTP here."""

import itertools
import time
from dataclasses import dataclass, field
from typing import Any, ClassVar

Object = dict[str, Any]

CARDS = {
    # name: brand, last4, code, decline_code of a charge (docs.stripe.com/testing, docs.stripe.com/declines/codes)
    "visa": ("visa", "4242", None, None),
    "mastercard": ("mastercard", "4444", None, None),
    "insufficient_funds": ("visa", "9995", "card_declined", "insufficient_funds"),
    "expired": ("visa", "0069", "expired_card", "expired_card"),
    "incorrect_details": ("visa", "0127", "incorrect_cvc", "incorrect_cvc"),
    "stolen": ("visa", "9979", "card_declined", "stolen_card"),
    "do_not_honor": ("visa", "0002", "card_declined", "generic_decline"),
    "over_limit": ("visa", "6975", "card_declined", "card_velocity_exceeded"),
    "processing_error": ("visa", "0119", "processing_error", "processing_error"),
    "needs_verification": ("visa", "3184", "authentication_required", "authentication_required"),
}
BANKS = {
    "checking": ("6789", None),
    "checking_insufficient_funds": ("2227", "insufficient_funds"),
    "checking_closed": ("1113", "account_closed"),
    "checking_not_authorized": ("1115", "debit_not_authorized"),
}
HALF_AN_HOUR, A_DAY = 1800, 86_400


class StripeRefusal(Exception):
    """An error as Stripe sends it."""

    def __init__(self, status: int, kind: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"error": {"type": kind, "message": message, **more}}


def refuse(message: str, code: str | None = None, param: str | None = None, status: int = 400) -> StripeRefusal:
    """An `invalid_request_error`."""
    return StripeRefusal(status, "invalid_request_error", message, code=code, param=param)


@dataclass
class StripeBooks:
    """Everything that a Stripe account has, and its events in their order."""

    objects: dict[str, Object] = field(default_factory=dict)
    events: list[Object] = field(default_factory=list)
    offset_seconds: float = 0.0
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)
    PREFIXES: ClassVar[dict[str, str]] = {
        "customer": "cus",
        "price": "price",
        "checkout.session": "cs_test",
        "payment_intent": "pi",
        "setup_intent": "seti",
        "payment_method": "pm",
        "refund": "re",
        "dispute": "dp",
        "event": "evt",
    }

    def now(self) -> int:
        """Whole seconds, as Stripe counts."""
        return int(time.time() + self.offset_seconds)

    def add(self, kind: str, **values: Any) -> Object:
        """A new object of that kind."""
        made = {
            "id": f"{self.PREFIXES[kind]}_{next(self._numbers):06d}",
            "object": kind,
            "created": self.now(),
            "livemode": False,
            **values,
        }
        self.objects[made["id"]] = made
        return made

    def get(self, kind: str, name: str, param: str = "id", status: int = 404) -> Object:
        """The object of that id, or `resource_missing`."""
        found = self.objects.get(name)
        if found is None or found["object"] != kind:
            raise refuse(f"No such {kind}: '{name}'", "resource_missing", param, status)
        return found

    def all(self, kind: str) -> list[Object]:
        """Every object of that kind, newest first."""
        return [each for each in reversed(self.objects.values()) if each["object"] == kind]

    def tell(self, kind: str, about: Object) -> None:
        """An event, with the object as it is now."""
        made = self.add("event", type=kind, api_version="2026-10-28.endive", data={"object": dict(about)})
        self.events.append(made)

    def save_method(self, name: str, customer: str | None) -> Object:
        """A payment method that behaves as its name says."""
        if name in CARDS:
            brand, last4, _, _ = CARDS[name]
            year = time.gmtime().tm_year + (-1 if name == "expired" else 3)
            card = {"brand": brand, "last4": last4, "exp_month": 12, "exp_year": year, "funding": "credit"}
            return self.add("payment_method", type="card", card=card, customer=customer, test_name=name)
        bank = {"bank_name": "STRIPE TEST BANK", "last4": BANKS[name][0], "account_type": "checking"}
        return self.add(
            "payment_method", type="us_bank_account", us_bank_account=bank, customer=customer, test_name=name
        )

    def pay(self, intent: Object, method: Object, *, present: bool) -> Object:
        """Confirm an intent with a method; its status says how it went."""
        intent["payment_method"] = method["id"]
        name = method["test_name"]
        if name in BANKS:
            intent |= {"status": "processing", "last_payment_error": None}
            self.tell("payment_intent.processing", intent)
            return intent
        _, _, code, decline_code = CARDS[name]
        if code is None or (present and code == "authentication_required"):
            return self.settle(intent, None)
        return self.settle(intent, code, decline_code)

    def settle(self, intent: Object, code: str | None, decline_code: str | None = None) -> Object:
        """The bank's answer."""
        if code is None:
            intent |= {"status": "succeeded", "amount_received": intent["amount"], "last_payment_error": None}
            self.tell("payment_intent.succeeded", intent)
            return intent
        error = {"type": "card_error", "code": code, "message": "It was declined."}
        if decline_code is not None:
            error["decline_code"] = decline_code
        intent |= {"status": "requires_payment_method", "payment_method": None, "last_payment_error": error}
        self.tell("payment_intent.payment_failed", intent)
        return intent

    def new_intent(self, **values: Any) -> Object:
        """A payment intent that nobody has tried to pay with."""
        defaults: Object = {
            "currency": "usd", "status": "requires_payment_method", "amount_received": 0, "customer": None,
            "payment_method": None, "last_payment_error": None, "next_action": None, "metadata": {},
        }  # fmt: skip
        return self.add("payment_intent", **(defaults | values))

    def limits(self, session: Object) -> tuple[int, int]:
        """The least and the most that a Checkout session takes."""
        item = session["line_item"]
        if "price_data" in item:
            fixed = int(item["price_data"]["unit_amount"])
            return fixed, fixed
        custom = self.get("price", item["price"])["custom_unit_amount"]
        return int(custom["minimum"]), int(custom["maximum"])

    def pass_time(self) -> None:
        """Sessions end by themselves."""
        for session in self.all("checkout.session"):
            if session["status"] == "open" and session["expires_at"] <= self.now():
                self.expire(session)

    def expire(self, session: Object) -> Object:
        """A session ends."""
        session |= {"status": "expired", "url": None}
        self.tell("checkout.session.expired", session)
        return session

    def complete(self, session: Object, name: str, amount: int | None = None) -> bool:
        """The customer fills in the page; False when the page would not take it."""
        least, most = (0, 0) if session["mode"] == "setup" else self.limits(session)
        chosen = least if amount is None else amount
        if session["status"] != "open" or not least <= chosen <= most:
            return False
        method = self.save_method(name, session["customer"])
        if session["mode"] == "setup":
            marks = session["setup_intent_data"]["metadata"]
            intent = self.add("setup_intent", status="succeeded", payment_method=method["id"], metadata=marks)
            session |= {"status": "complete", "url": None, "setup_intent": intent["id"]}
            self.tell("checkout.session.completed", session)
            return True
        return self._complete_payment(session, method, chosen)

    def _complete_payment(self, session: Object, method: Object, amount: int) -> bool:
        data = session["payment_intent_data"]
        known = session["payment_intent"]
        intent = self.objects[known] if known else self.new_intent(amount=amount, customer=session["customer"], **data)
        session["payment_intent"] = intent["id"]
        if self.pay(intent, method, present=True)["status"] == "requires_payment_method":
            return False
        paid = "paid" if intent["status"] == "succeeded" else "unpaid"
        session |= {"status": "complete", "url": None, "payment_status": paid, "amount_total": amount}
        self.tell("checkout.session.completed", session)
        return True

    def check_expiry(self, expires_at: int) -> None:
        """A Checkout session lives from half an hour to a day."""
        if not HALF_AN_HOUR - 5 <= expires_at - self.now() <= A_DAY:
            raise refuse("The expires_at timestamp must be 30 minutes to 24 hours from now.", None, "expires_at")
