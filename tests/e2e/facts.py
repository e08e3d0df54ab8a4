"""What the backend knows of an account, asked of its API at run time, in the words that a customer reads or hears."""

import secrets
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import httpx
from babel.dates import format_date

from bench.system import System

_DAYS = {"en": ("EEEE, MMMM d", "en_US"), "es": ("EEEE d 'de' MMMM", "es_US")}
_GALLONS_A_UNIT = Decimal(748)


def money(cents: int, language: str, *, spoken: bool) -> str:
    """`$1,099.79`, or as it is spoken: `1099 dollars and 79 cents`, `1099 dólares con 79 centavos`."""
    dollars, rest = divmod(abs(cents), 100)
    if not spoken:
        return f"${dollars:,}.{rest:02d}"
    names = ("dollar", "and", "cent") if language == "en" else ("dólar", "con", "centavo")
    many = {"dollar": "dollars", "cent": "cents", "dólar": "dólares", "centavo": "centavos"}
    said_dollars = f"{dollars} {names[0] if dollars == 1 else many[names[0]]}"
    return f"{said_dollars} {names[1]} {rest} {names[2] if rest == 1 else many[names[2]]}" if rest else said_dollars


def day(value: str, language: str) -> str:
    """An ISO day as `Friday, December 4` or `viernes 4 de diciembre`."""
    pattern, locale = _DAYS[language]
    return str(format_date(date.fromisoformat(value), pattern, locale))


class Facts:
    """The facts of one account, in the name of a conversation of the test's own that is verified for it."""

    def __init__(self, system: System, account_number: str, zip_code: str) -> None:
        telephony, actions = (
            system.variables(name)[f"HEADGATE_{name.upper()}_TOKEN"] for name in ("telephony", "actions")
        )
        self._client = httpx.Client(
            base_url=system.url("backend"), headers={"Authorization": f"Bearer {actions}"}, timeout=30
        )
        thread = secrets.token_hex(12)
        turn = {"channel": "chat", "provider_message_id": thread, "thread_key": thread, "kind": "message"}
        body = {**turn, "text": "facts", "payload": None, "language": None}
        opened = self._client.post("/v1/turns", json=body, headers={"Authorization": f"Bearer {telephony}"})
        self._path = f"/v1/conversations/{opened.raise_for_status().json()['conversation_id']}/"
        proof = {"account_number": account_number, "pin": None, "zip": zip_code}
        self._client.post(self._path + "verification", json=proof).raise_for_status()
        self.ask = cache(self._ask)

    def _ask(self, path: str) -> Any:
        return self._client.get(self._path + path).raise_for_status().json()

    def close(self) -> None:
        self._client.close()

    def said(self, name: str, language: str, *, spoken: bool) -> str:
        """The fact `name` in words.

        :raises KeyError: there is no such fact.
        """
        kind, value = _FACTS[name](self)
        if kind == "money":
            return money(int(value), language, spoken=spoken)
        if kind == "count":
            return f"{value:,}"
        return day(str(value), language) if kind == "day" else str(value)


def _of(kind: str, path: str, *keys: str | int) -> Callable[[Facts], tuple[str, Any]]:
    def ask(facts: Facts) -> tuple[str, Any]:
        value = facts.ask(path)
        for key in keys:
            value = value[key]
        return kind, value

    return ask


def _gallons(facts: Facts) -> tuple[str, Any]:
    latest = facts.ask("usage")["periods"][0]
    return "count", round(Decimal(str(latest["units"])) * _GALLONS_A_UNIT)


def _difference(facts: Facts) -> tuple[str, Any]:
    newest, before = facts.ask("bills")["bills"][:2]
    return "money", abs(newest["amount_cents"] - before["amount_cents"])


_FACTS: dict[str, Callable[[Facts], tuple[str, Any]]] = {
    "balance": _of("money", "balance", "balance_cents"),
    "credit": _of("money", "balance", "credit_cents"),
    "past_due": _of("money", "balance", "past_due_cents"),
    "due_date": _of("day", "balance", "due_date"),
    "last_payment": _of("money", "balance", "last_payment", "amount_cents"),
    "last_payment_on": _of("day", "balance", "last_payment", "received_on"),
    "installment": _of("money", "balance", "arrangement", "installment_cents"),
    "installment_on": _of("day", "balance", "arrangement", "next_due_on"),
    "returned": _of("money", "balance", "returned_payment", "amount_cents"),
    "bill": _of("money", "bills", "bills", 0, "amount_cents"),
    "bill_before": _of("money", "bills", "bills", 1, "amount_cents"),
    "difference": _difference,
    "gallons": _gallons,
    "gallons_a_day": _of("count", "usage", "periods", 0, "gallons_a_day"),
    "fee": _of("money", "fees", "fees", 0, "amount_cents"),
    "shut_off_from": _of("day", "shut-off", "earliest_on"),
    "reconnection": _of("money", "shut-off", "reconnection", "within_hours_cents"),
    "budget": _of("money", "options/budget", "monthly_cents"),
    "first_name": _of("words", "account", "first_name"),
    "email_masked": _of("words", "account", "email_masked"),
    "address": _of("words", "account", "service_address"),
}
NAMES = frozenset(_FACTS)
