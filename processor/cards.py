"""The test cards and bank accounts: each behaves in one way, always, so that every outcome can be had.

They have no numbers, only the last four digits that a receipt shows. `docs/payments.md` lists them.
"""

from dataclasses import dataclass
from datetime import date

CARD, BANK_ACCOUNT = "card", "bank_account"
SLOW_SECONDS = 6.0


@dataclass(frozen=True, slots=True)
class TestMethod:
    """One card or account. `decline`: why a charge fails (a bank debit: later); `refused_at_setup`: cannot be saved.

    `verifies`: its bank asks its owner each time. `falls_silent`: it is charged, and the answer never comes.
    """

    name: str
    kind: str
    brand: str
    last4: str
    decline: str | None = None
    refused_at_setup: bool = False
    verifies: bool = False
    seconds: float = 0.0
    falls_silent: bool = False
    expired: bool = False

    def expires(self, today: date) -> tuple[int, int] | None:
        """(year, month) on the card: three years from now, or last year."""
        if self.kind != CARD:
            return None
        return (today.year - 1, 11) if self.expired else (today.year + 3, 12)


_METHODS = (
    TestMethod("visa", CARD, "visa", "4242"),
    TestMethod("mastercard", CARD, "mastercard", "4444"),
    TestMethod("insufficient_funds", CARD, "visa", "9995", decline="insufficient_funds"),
    TestMethod("expired", CARD, "visa", "0069", decline="expired_card", expired=True),
    TestMethod("incorrect_details", CARD, "visa", "0127", decline="incorrect_details", refused_at_setup=True),
    TestMethod("stolen", CARD, "visa", "9979", decline="lost_or_stolen"),
    TestMethod("do_not_honor", CARD, "visa", "0002", decline="do_not_honor"),
    TestMethod("over_limit", CARD, "visa", "6975", decline="limit_exceeded"),
    TestMethod("processing_error", CARD, "visa", "0119", decline="processing_error"),
    TestMethod("needs_verification", CARD, "visa", "3184", decline="needs_verification", verifies=True),
    TestMethod("slow", CARD, "visa", "0077", seconds=SLOW_SECONDS),
    TestMethod("silent", CARD, "visa", "0088", falls_silent=True),
    TestMethod("checking", BANK_ACCOUNT, "Sandbox Bank", "6789"),
    TestMethod("checking_insufficient_funds", BANK_ACCOUNT, "Sandbox Bank", "2227", decline="insufficient_funds"),
    TestMethod("checking_closed", BANK_ACCOUNT, "Sandbox Bank", "1113", decline="account_closed"),
    TestMethod("checking_not_authorized", BANK_ACCOUNT, "Sandbox Bank", "1115", decline="not_authorized"),
)
METHODS = {method.name: method for method in _METHODS}
"""By name, cards first."""
