"""Pure rules of accounts: numbers and PINs, what is past due, what may be shown of a contact."""

import hashlib
import hmac
from calendar import monthrange
from datetime import date, timedelta
from uuid import UUID

ACCOUNT_NUMBER_DIGITS = 8
RETURNED_PAYMENT_SHOWN_DAYS = 90

# H. M. Damm's quasigroup of order 10: finds every wrong digit and every swap of neighbours.
_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)


def _damm(digits: str) -> int:
    interim = 0
    for digit in digits:
        interim = _DAMM[interim][int(digit)]
    return interim


def account_number(serial: int) -> str:
    """The account number of the `serial`-th account (1 and up): seven digits and a check digit.

    :raises ValueError: the serial does not fit seven digits.
    """
    digits = str(1_000_000 + serial)
    if serial < 1 or len(digits) != ACCOUNT_NUMBER_DIGITS - 1:
        raise ValueError("an account serial is between 1 and 8,999,999")
    return f"{digits}{_damm(digits)}"


def is_account_number(text: str) -> bool:
    """Whether `text` can be an account number; False for every number with a digit mistyped."""
    plain = len(text) == ACCOUNT_NUMBER_DIGITS and text.isascii() and text.isdigit()
    return plain and text[0] != "0" and _damm(text) == 0


def pin_digest(secret_key: str, account_id: UUID, pin: str) -> bytes:
    """What is kept of a PIN, 32 bytes: keyed, and different for each account with the same PIN."""
    return hmac.digest(secret_key.encode(), b"pin:" + account_id.bytes + pin.encode(), hashlib.sha256)


def months_after(day: date, months: int) -> date:
    """The same day of the month, `months` later; the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def first_delinquent_day(due_date: date) -> date:
    """The first day a bill is late: a payment on the due date itself is in time."""
    return due_date + timedelta(days=1)


def past_due_cents(balance_cents: int, not_yet_due_cents: int, arranged_cents: int) -> int:
    """What of a balance should have been paid by now.

    Charges that fall due today or later are not late, nor is what an arrangement that is
    being kept puts off to later installments (Gov. Code 60372).
    """
    return max(0, balance_cents - not_yet_due_cents - arranged_cents)


def credit_cents(balance_cents: int) -> int:
    """What the district owes the customer."""
    return max(0, -balance_cents)


def mask_number(number: str) -> str:
    """ "…1234": the last four digits."""
    return f"…{number[-4:]}"


def mask_phone(phone: str) -> str:
    """ "•••-•••-1234"."""
    return f"•••-•••-{phone[-4:]}"


def mask_email(email: str) -> str:
    """ "m•••@example.com": the first letter and the domain."""
    name, _, domain = email.rpartition("@")
    return f"{name[:1]}•••@{domain}"


def address_hint(street: str) -> str:
    """ "1•• Mesquite Ln": enough for the customer to tell their own places apart, not to find them."""
    house, _, name = street.partition(" ")
    return f"{house[:1]}{'•' * (len(house) - 1)} {name}"
