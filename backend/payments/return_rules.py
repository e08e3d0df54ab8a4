"""What a bank's reason for giving a payment back means: for the customer, for a fee, for the next attempt.

The reasons and their windows are those of NACHA's rules; the fee is for a customer whose account would not pay
(Civil Code 1719), never for an error of ours or of the bank's, nor for a payment that was not authorized.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

PRESENTMENTS_MAX = 3
"""A debit may be presented three times in all …"""
PRESENTMENT_DAYS = 180
"""… within so many days of the first."""


class NextStep(StrEnum):
    """What may be tried after a return."""

    RE_PRESENT = "re_present"
    NEW_ACCOUNT = "new_account"
    FRAUD_REVIEW = "fraud_review"
    ASK_CUSTOMER = "ask_customer"
    CORRECT_AND_RESEND = "correct_and_resend"
    STOP_WITH_CARE = "stop_with_care"
    STOP = "stop"
    OUR_ERROR = "our_error"
    LOOK_INTO = "look_into"
    BETWEEN_BANKS = "between_banks"


@dataclass(frozen=True, slots=True)
class ReturnRule:
    """One reason. `fee`: the customer pays the returned payment fee. `stops_autopay`: nothing more is drawn."""

    meaning: str
    next_step: NextStep
    fee: bool = False
    stops_autopay: bool = False

    @property
    def reverses(self) -> bool:
        """The payment has left our bank. Not so when banks argue about an earlier return: a person sees what stands."""
        return self.next_step is not NextStep.BETWEEN_BANKS

    @property
    def needs_person(self) -> bool:
        """Somebody at the district has something to do or to decide."""
        return self.next_step in _FOR_A_PERSON

    @property
    def told_to_customer(self) -> bool:
        """The customer is told at once and by itself; never about a death, nor about our own error."""
        return self.next_step not in (NextStep.STOP_WITH_CARE, NextStep.OUR_ERROR)


_FOR_A_PERSON = frozenset(
    {
        NextStep.FRAUD_REVIEW,
        NextStep.STOP_WITH_CARE,
        NextStep.CORRECT_AND_RESEND,
        NextStep.OUR_ERROR,
        NextStep.LOOK_INTO,
        NextStep.BETWEEN_BANKS,
    }
)


def _new_account(meaning: str) -> ReturnRule:
    return ReturnRule(meaning, NextStep.NEW_ACCOUNT, fee=True, stops_autopay=True)


def _not_authorized(meaning: str) -> ReturnRule:
    return ReturnRule(meaning, NextStep.FRAUD_REVIEW, stops_autopay=True)


def _our_error(meaning: str) -> ReturnRule:
    return ReturnRule(meaning, NextStep.OUR_ERROR)


def _between_banks(meaning: str) -> ReturnRule:
    return ReturnRule(meaning, NextStep.BETWEEN_BANKS)


DISPUTED = "DISPUTE"
"""A card's owner says to their bank that they did not agree: no code of a return file, but a return like any other."""
_DEBIT_DISPUTES = {
    "insufficient_funds": "R01",
    "incorrect_account_details": "R03",
    "debit_not_authorized": "R10",
    "bank_cannot_process": "R20",
}
"""What a processor calls the reason of a bank debit that comes back after it had succeeded."""
RULES = {
    "R01": ReturnRule("insufficient funds", NextStep.RE_PRESENT, fee=True),
    "R02": _new_account("account closed"),
    "R03": _new_account("no account, or the name does not fit"),
    "R04": _new_account("the account number is not valid"),
    "R05": _not_authorized("a corporate debit to a consumer who did not authorize it"),
    "R06": ReturnRule("given back because our bank asked for it", NextStep.LOOK_INTO),
    "R07": _not_authorized("the customer revoked the authorization"),
    "R08": ReturnRule("payment stopped by the customer", NextStep.ASK_CUSTOMER, stops_autopay=True),
    "R09": ReturnRule("uncollected funds", NextStep.RE_PRESENT, fee=True),
    "R10": _not_authorized("the customer does not know us, or did not authorize it"),
    "R11": ReturnRule("not in accordance with the authorization", NextStep.CORRECT_AND_RESEND),
    "R12": ReturnRule("the account was sold to another bank", NextStep.NEW_ACCOUNT, stops_autopay=True),
    "R13": ReturnRule("the routing number is no bank's", NextStep.NEW_ACCOUNT, stops_autopay=True),
    "R14": ReturnRule("the representative payee has died", NextStep.STOP_WITH_CARE, stops_autopay=True),
    "R15": ReturnRule("the account holder has died", NextStep.STOP_WITH_CARE, stops_autopay=True),
    "R16": ReturnRule("account frozen", NextStep.STOP, stops_autopay=True),
    "R20": ReturnRule("the account does not allow such payments", NextStep.STOP, stops_autopay=True),
    "R29": ReturnRule("a corporate customer did not authorize it", NextStep.ASK_CUSTOMER, stops_autopay=True),
    **{
        code: _our_error(meaning)
        for code, meaning in {
            "R17": "a field of the file was wrong",
            "R18": "the effective date was wrong",
            "R19": "the amount was wrong",
            "R21": "our company number was wrong",
            "R22": "the customer number was wrong",
            "R24": "sent twice",
            "R25": "the addenda were wrong",
            "R26": "a field that must be there was missing",
            "R27": "the trace number was wrong",
            "R28": "the routing number's check digit was wrong",
        }.items()
    },
    **{f"R{number}": _between_banks("our bank has refused an earlier return") for number in range(61, 71)},
    **{f"R{number}": _between_banks("the customer's bank insists on its return") for number in range(71, 78)},
}

DISPUTE = _not_authorized("the card's bank took the payment back")
UNKNOWN = ReturnRule("a reason that these rules do not know", NextStep.LOOK_INTO)


def rule_of(reason_code: str) -> ReturnRule:
    """The rule of a bank's reason ("R01", `DISPUTED`); one nobody has heard of goes to a person, without a fee."""
    return DISPUTE if reason_code == DISPUTED else RULES.get(reason_code, UNKNOWN)


def code_of_dispute(reason: str | None, method_kind: str) -> str:
    """The code of what a processor tells as a dispute: of a bank debit it is a late return, with its own reason."""
    if method_kind != "bank_account":
        return DISPUTED
    return _DEBIT_DISPUTES.get(reason or "", DISPUTED)


def present_again_until(presented_on: Sequence[date], today: date) -> date | None:
    """The last day on which the same debit may be sent again; None when it may not.

    `presented_on` are the days it was presented and came back, each for want of money (R01, R09), newest first:
    three presentments in all, within 180 days of the first.
    """
    if not 0 < len(presented_on) < PRESENTMENTS_MAX:
        return None
    last = presented_on[-1] + timedelta(days=PRESENTMENT_DAYS)
    return last if today <= last else None
