"""Bodies of the statement routes, with examples for the API's page."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from backend.statements.rules import Billed
from backend.statements.service import Explained, Explanation, ListedBill
from backend.statements.steps import Cause

_AS_OF = "2026-11-23T18:00:00Z"
_BILL_EXAMPLE: dict[str, Any] = {
    "id": "0199c1e7-3c1a-7c4e-8a53-0f6f6a1f7d10",
    "kind": "regular",
    "period_start": "2026-10-17",
    "period_end": "2026-11-15",
    "issued_on": "2026-11-18",
    "due_date": "2026-12-09",
    "usage_ccf": 33,
    "amount_cents": 18107,
    "asked_cents": 18107,
    "is_estimated": False,
    "is_cancelled": False,
    "replaced_by_id": None,
}
_WORDS_EXAMPLE: dict[str, Any] = {
    "summary": "This bill is $121.05 more than the last bill.",
    "statement": ["The meter measured about 823 gallons a day, up from 199: $121.05 more."],
    "chat": "This bill is $121.05 more than the last bill. The meter measured about 823 gallons a day, up from 199:"
    " $121.05 more. A meter shows how much water went through it, not what it was used for.",
    "speech": "This bill is 121 dollars and 5 cents more than the last bill. The meter measured about 823 gallons a"
    " day, up from 199: 121 dollars and 5 cents more. A meter shows how much water went through it, not what it was"
    " used for.",
}
_CAUSE_EXAMPLE: dict[str, Any] = {
    "code": "usage",
    "amount_cents": 12105,
    "parts": {"volume:1": 347, "volume:2": 7920, "volume:3": 3838},
}


class BillsOut(BaseModel):
    """The account's bills, newest first, as of a moment."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"bills": [_BILL_EXAMPLE], "as_of": "2026-11-23T18:00:00Z"}]}
    )

    bills: list[ListedBill]
    as_of: datetime


class WordsOut(BaseModel):
    """One comparison in one language: every cause for a statement, the biggest for a chat and for a voice."""

    summary: str
    statement: list[str]
    chat: str
    speech: str


class CauseOut(BaseModel):
    """One reason with its share in cents; `parts` are its shares by line of the bill (tiers)."""

    code: str
    amount_cents: int
    parts: dict[str, int]


class BillTotalsOut(BaseModel):
    """What a statement asks for: carried over, fees and new charges make the amount due."""

    id: UUID
    period_start: date
    period_end: date
    issued_on: date
    carried_cents: int
    fees_cents: int
    new_charges_cents: int
    due_cents: int

    @classmethod
    def of(cls, bill: Billed) -> "BillTotalsOut":
        return cls(
            id=bill.bill_id,
            period_start=bill.start,
            period_end=bill.end,
            issued_on=bill.issued_on,
            carried_cents=bill.carried_cents,
            fees_cents=bill.fees_cents,
            new_charges_cents=bill.new_charges_cents,
            due_cents=bill.due_cents,
        )


class ComparisonOut(BaseModel):
    """`difference_cents` is the sum of the causes, always."""

    with_bill: BillTotalsOut
    difference_cents: int
    causes: list[CauseOut]
    words: dict[Literal["en", "es"], WordsOut]

    @classmethod
    def of(cls, found: Explained) -> "ComparisonOut":
        return cls(
            with_bill=BillTotalsOut.of(found.comparison.earlier),
            difference_cents=found.comparison.difference_cents,
            causes=[_cause(cause) for cause in found.comparison.causes],
            words={
                "en": WordsOut.model_validate(found.told["en"], from_attributes=True),
                "es": WordsOut.model_validate(found.told["es"], from_attributes=True),
            },
        )


def _cause(cause: Cause) -> CauseOut:
    return CauseOut(code=cause.code, amount_cents=cause.cents, parts=dict(cause.parts))


_TOTALS_EXAMPLE: dict[str, Any] = {
    "id": "0199c1e7-3c1a-7c4e-8a53-0f6f6a1f7d10",
    "period_start": "2026-10-17",
    "period_end": "2026-11-15",
    "issued_on": "2026-11-18",
    "carried_cents": 0,
    "fees_cents": 0,
    "new_charges_cents": 18107,
    "due_cents": 18107,
}


class ExplanationOut(BaseModel):
    """Why a bill differs from the last and from the one a year before; null where there is no such bill."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "bill": _TOTALS_EXAMPLE,
                    "last": {
                        "with_bill": {**_TOTALS_EXAMPLE, "new_charges_cents": 6002, "due_cents": 6002},
                        "difference_cents": 12105,
                        "causes": [_CAUSE_EXAMPLE],
                        "words": {"en": _WORDS_EXAMPLE, "es": _WORDS_EXAMPLE},
                    },
                    "last_year": None,
                    "as_of": _AS_OF,
                }
            ]
        }
    )

    bill: BillTotalsOut
    last: ComparisonOut | None
    last_year: ComparisonOut | None
    as_of: datetime

    @classmethod
    def of(cls, explanation: Explanation) -> "ExplanationOut":
        found = {name: ComparisonOut.of(each) if each else None for name, each in explanation.against.items()}
        return cls(
            bill=BillTotalsOut.of(explanation.history.bill),
            last=found["last"],
            last_year=found["last_year"],
            as_of=explanation.as_of,
        )


class StatementLinkIn(BaseModel):
    """Which statement: `bill` null is the newest; `language` null is the customer's; `text` sends it to the phone."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"bill": None, "language": "es", "text": True}]}
    )

    bill: UUID | None = None
    language: Literal["en", "es"] | None = None
    text: bool = False


class StatementLinkOut(BaseModel):
    """A link that opens the PDF without sign-in until it expires."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "url": "https://www.rioseco.example/statements/3q2-7wXH…",
                    "bill_id": "0199c1e7-3c1a-7c4e-8a53-0f6f6a1f7d10",
                    "language": "es",
                    "expires_at": "2026-11-30T18:00:00Z",
                    "sent_to": "•••-•••-0104",
                }
            ]
        }
    )

    url: str
    bill_id: UUID
    language: Literal["en", "es"]
    expires_at: datetime
    sent_to: str | None
