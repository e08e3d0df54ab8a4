"""What a caller keys in for a payment: each field's rules, and how much of it anybody may see. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

CARD = ("payment-card-number", "expiration-date", "security-code", "postal-code")
BANK = ("bank-routing-number", "bank-account-number")
PROCESSING = "payment-processing"
CARD_TYPES = ("visa", "mastercard", "amex", "maestro", "discover", "optima", "jcb", "diners-club", "enroute")
DEFAULT_CARD_TYPES = ("visa", "mastercard", "amex")
PARAMETERS = {
    "payment-card-number": "PaymentCardNumber",
    "expiration-date": "ExpirationDate",
    "security-code": "SecurityCode",
    "postal-code": "PaymentCardPostalCode",
    "bank-routing-number": "BankRoutingNumber",
    "bank-account-number": "BankAccountNumber",
}
"""How callbacks name what may be shown of a field."""
_WRONG = {"payment-card-number": "invalid-card-number", "expiration-date": "invalid-date"}
_ROUTING_WEIGHTS = (3, 7, 1) * 3


def card_type_of(number: str) -> str:
    """The brand of a card number by its first digits; an empty string when it is none of ours."""
    two, four = int(number[:2] or 0), int(number[:4].ljust(4, "0") or 0)
    brands = {
        "visa": number.startswith("4"),
        "mastercard": 51 <= two <= 55 or 2221 <= four <= 2720,
        "amex": two in (34, 37),
        "discover": two == 65 or four == 6011,
        "diners-club": two in (36, 38) or 3000 <= four <= 3059,
        "jcb": 3528 <= four <= 3589,
        "maestro": two in (50, 56, 57, 58, 63, 67),
    }
    return next((brand for brand, fits in brands.items() if fits), "")


def card_length(number: str) -> int:
    """How many digits a card of this brand has."""
    return {"amex": 15, "diners-club": 14}.get(card_type_of(number), 16)


def passes_luhn(number: str) -> bool:
    """Whether the last digit is the right check digit."""
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number))]
    return sum(value - 9 * (value > 9) for value in doubled) % 10 == 0


@dataclass
class PaymentFields:
    """The fields of one payment, in the order they are asked for. `values` holds them in clear."""

    method: str = "credit-card"
    security_code: bool = True
    postal_code: bool = True
    known_postal_code: str = ""
    postal_code_length_min: int = 0
    card_types: Collection[str] = DEFAULT_CARD_TYPES
    bank_account_type: str = "consumer-checking"
    values: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.known_postal_code:
            self.values["postal-code"] = self.known_postal_code

    @property
    def wanted(self) -> tuple[str, ...]:
        """Every field that has to be keyed in."""
        if self.method == "ach-debit":
            return BANK
        left_out = set() if self.security_code else {"security-code"}
        if not self.postal_code or self.known_postal_code:
            left_out.add("postal-code")
        return tuple(name for name in CARD if name not in left_out)

    @property
    def missing(self) -> list[str]:
        """Fields that are not in yet."""
        return [name for name in self.wanted if name not in self.values]

    @property
    def card_type(self) -> str:
        return card_type_of(self.values.get("payment-card-number", ""))

    def complete_at(self, name: str, digits: str) -> bool:
        """Whether no more digits are needed; otherwise # or a pause ends the field."""
        lengths = {
            "payment-card-number": card_length(digits) if len(digits) > 3 else 16,
            "expiration-date": 4,
            "security-code": 4 if self.card_type == "amex" else 3,
            "bank-routing-number": 9,
        }
        return len(digits) >= lengths.get(name, 20)

    def check(self, name: str, digits: str, today: date) -> str | None:
        """The ErrorType of what was keyed in, or None when it is right."""
        if not digits:
            return "input-timeout"
        match name:
            case "payment-card-number":
                right = len(digits) == card_length(digits) and passes_luhn(digits)
                if right and card_type_of(digits) not in self.card_types:
                    return "invalid-card-type"
            case "expiration-date":
                right = _is_future(digits, today)
            case "security-code":
                right = len(digits) == (4 if self.card_type == "amex" else 3)
            case "postal-code":
                right = len(digits) >= max(self.postal_code_length_min, 1)
            case "bank-routing-number":
                weighed = sum(int(digit) * weight for digit, weight in zip(digits, _ROUTING_WEIGHTS, strict=False))
                right = len(digits) == 9 and weighed % 10 == 0
            case _:
                right = 4 <= len(digits) <= 17
        return None if right else _WRONG.get(name, f"invalid-{name}")

    def masked(self) -> dict[str, str]:
        """What the application may see, by the names of its parameters."""
        shown = {"PaymentMethod": self.method}
        for name, digits in self.values.items():
            shown |= _masked(name, digits)
        if self.card_type:
            shown["PaymentCardType"] = self.card_type
        if self.method == "ach-debit":
            shown["BankAccountType"] = self.bank_account_type
        return shown


def _masked(name: str, digits: str) -> Mapping[str, str]:
    match name:
        case "payment-card-number":
            return {"PaymentCardNumber": mask_card(digits)}
        case "expiration-date":
            return {"ExpirationDate": digits}
        case "security-code":
            return {"SecurityCode": "*" * len(digits)}
        case "postal-code":
            return {"PaymentCardPostalCode": digits}
        case "bank-routing-number":
            return {"BankRoutingNumber": digits}
        case _:
            return {"BankAccountNumber": "*" * max(len(digits) - 2, 0) + digits[-2:]}


def mask_card(digits: str) -> str:
    """`xxxx-xxxx-xxxx-4242`; American Express in groups of 4, 6 and 5."""
    hidden = "x" * max(len(digits) - 4, 0) + digits[-4:]
    cuts = (0, 4, 10, 15) if len(digits) == 15 else (0, 4, 8, 12, 16, 20)
    return "-".join(hidden[a:b] for a, b in pairwise(cuts) if hidden[a:b])


def _is_future(digits: str, today: date) -> bool:
    if len(digits) != 4 or not 1 <= int(digits[:2]) <= 12:
        return False
    return (2000 + int(digits[2:]), int(digits[:2])) >= (today.year, today.month)
