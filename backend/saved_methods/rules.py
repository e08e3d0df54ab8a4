"""How a saved method is called, and until when it is good. Pure."""

from calendar import monthrange
from datetime import date, datetime, timedelta

BRANDS = {
    "visa": "Visa",
    "mastercard": "Mastercard",
    "amex": "American Express",
    "discover": "Discover",
    "diners": "Diners Club",
    "jcb": "JCB",
    "unionpay": "UnionPay",
}
_ENDING = {"en": "ending in", "es": "que termina en"}
PAGE_MINUTES = 60
FIRST_LOOK = timedelta(minutes=2)
LOOK_EVERY = timedelta(minutes=15)


def label(brand: str, last4: str, language: str = "en") -> str:
    """ "Visa ending in 4242"; a bank account by its bank's name."""
    name = BRANDS.get(brand.lower(), brand)
    return f"{name} {_ENDING[language]} {last4}" if last4 else name


def expires_on(expires: tuple[int, int] | None) -> date | None:
    """The last day of a card that says (year, month); None for what does not expire."""
    if expires is None:
        return None
    year, month = expires
    return date(year, month, monthrange(year, month)[1])


def next_look(now: datetime, expires_at: datetime) -> datetime:
    """When to ask again about a page whose notification has not come: every quarter of an hour, and at its end."""
    return min(now + LOOK_EVERY, expires_at) if now < expires_at else now + LOOK_EVERY
