"""The shapes of drawers, unapplied money, files and what returns leave for a person."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, JsonValue, StringConstraints

from backend.payments.schemas import Method, Words, shape

Counted = Annotated[int, Field(strict=True, ge=0, le=1_000_000_000)]
FileKind = Literal["lockbox", "payments", "returns"]
_BATCH_ID = "01936f3e-5a00-7c00-8000-000000000021"
_IMPORT_ID = "01936f3e-5a00-7c00-8000-000000000022"
_BATCH: dict[str, JsonValue] = {
    "batch_id": _BATCH_ID,
    "business_date": "2026-11-23",
    "opened_by": "01936f3e-5a00-7c00-8000-000000000023",
    "opened_by_name": "Casey Ruiz",
    "opened_at": "2026-11-23T15:30:00Z",
    "float_cents": 20000,
    "tenders": [{"method": "cash", "count": 3, "cents": 21050, "voided_count": 0, "voided_cents": 0}],
    "expected_cash_cents": 41050,
    "expected_checks_cents": 0,
    "counted_cash_cents": 41000,
    "counted_checks_cents": 0,
    "cash_difference_cents": -50,
    "checks_difference_cents": 0,
    "deposit_cents": 21000,
    "closed_by_name": "Casey Ruiz",
    "closed_at": "2026-11-24T00:45:00Z",
}


class OpenIn(BaseModel):
    """The money that is in the drawer to begin with."""

    model_config = shape({"float_cents": 20000})

    float_cents: Counted


class CloseIn(BaseModel):
    """What was counted: cash with the float, and checks."""

    model_config = shape({"counted_cash_cents": 41000, "counted_checks_cents": 0})

    counted_cash_cents: Counted
    counted_checks_cents: Counted


class TenderOut(BaseModel):
    """What was taken in one tender; voided payments apart."""

    model_config = shape()

    method: Method
    count: int
    cents: int
    voided_count: int
    voided_cents: int


class BatchOut(BaseModel):
    """A drawer as it stands; differences are counted less expected, so positive is over."""

    model_config = shape(_BATCH)

    batch_id: UUID
    business_date: date
    opened_by: UUID
    opened_by_name: str
    opened_at: datetime
    float_cents: int
    tenders: list[TenderOut]
    expected_cash_cents: int
    expected_checks_cents: int
    counted_cash_cents: int | None
    counted_checks_cents: int | None
    cash_difference_cents: int | None
    checks_difference_cents: int | None
    deposit_cents: int | None
    closed_by_name: str | None
    closed_at: datetime | None


class UnappliedOut(BaseModel):
    """Money that waits for a person; the account is a closed one whose number was given."""

    model_config = shape(
        {
            "id": "01936f3e-5a00-7c00-8000-000000000024",
            "given_reference": "10099999",
            "bank_reference": "0042",
            "method": "lockbox",
            "amount_cents": 6100,
            "received_on": "2026-11-20",
            "file_name": "lockbox-1120.bai",
            "account_id": None,
            "account_number": None,
            "account_status": None,
            "customer_name": None,
            "refund_asked": False,
        }
    )

    id: UUID
    given_reference: str
    bank_reference: str | None
    method: Method
    amount_cents: int
    received_on: date
    file_name: str | None
    account_id: UUID | None
    account_number: str | None
    account_status: str | None
    customer_name: str | None
    refund_asked: bool


class ApplyIn(BaseModel):
    """Whose money it is, and how that is known."""

    model_config = shape({"account_number": "10000018", "note": "Customer sent a copy of the check."})

    account_number: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
    note: Words


class ImportOut(BaseModel):
    """What a file became. `is_new` false: the same content was taken before, and nothing was done now."""

    model_config = shape(
        {
            "import_id": _IMPORT_ID,
            "kind": "lockbox",
            "is_new": True,
            "line_count": 47,
            "total_cents": 351250,
            "posted": 40,
            "set_aside": 1,
        }
    )

    import_id: UUID
    kind: FileKind
    is_new: bool
    line_count: int
    total_cents: int
    posted: int
    set_aside: int


class TakenFileOut(BaseModel):
    """A file that was taken in."""

    model_config = shape()

    import_id: UUID
    kind: FileKind
    file_name: str
    business_date: date
    imported_at: datetime
    line_count: int
    total_cents: int
    posted: int
    set_aside: int


class ProblemOut(BaseModel):
    """What is wrong, and where; lines count from 1."""

    model_config = shape({"line": 14, "field": "amount", "reason": "is not dollars and cents like 84.20"})

    line: int
    field: str
    reason: str


class RefusedFileOut(BaseModel):
    """A file of which nothing was taken, and that was not taken since."""

    model_config = shape()

    id: UUID
    kind: FileKind
    file_name: str
    business_date: date
    refused_at: datetime
    problems: list[ProblemOut]


class FilesOut(BaseModel):
    """The files that came lately, newest first."""

    model_config = shape(
        {
            "taken": [
                {
                    "import_id": "01936f3e-5a00-7c00-8000-000000000044",
                    "kind": "lockbox",
                    "file_name": "lockbox-1123.bai",
                    "business_date": "2026-11-23",
                    "imported_at": "2026-11-24T07:00:03Z",
                    "line_count": 212,
                    "total_cents": 1482210,
                    "posted": 211,
                    "set_aside": 1,
                }
            ],
            "refused": [],
        }
    )

    taken: list[TakenFileOut]
    refused: list[RefusedFileOut]


class ReturnItemOut(BaseModel):
    """Something in a return that a person must look at. `meaning` is what the bank's reason says."""

    model_config = shape(
        {
            "id": "01936f3e-5a00-7c00-8000-000000000025",
            "cause": "unmatched",
            "reason_code": "R03",
            "meaning": "no account, or the name does not fit",
            "trace_number": "121000350000042",
            "given_reference": "10000018",
            "amount_cents": 8250,
            "returned_on": "2026-11-23",
            "payment_id": None,
            "confirmation_number": None,
            "account_id": None,
            "account_number": None,
            "file_name": "returns-1123.ach",
            "line": 3,
        }
    )

    id: UUID
    cause: str
    reason_code: str
    meaning: str
    trace_number: str
    given_reference: str
    amount_cents: int
    returned_on: date
    payment_id: UUID | None
    confirmation_number: int | None
    account_id: UUID | None
    account_number: str | None
    file_name: str | None
    line: int | None


class NoteIn(BaseModel):
    """What was done about it."""

    model_config = shape({"note": "Called the bank: it was for another district."})

    note: Words
