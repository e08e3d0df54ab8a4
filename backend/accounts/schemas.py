"""The shapes of account facts."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

_AS_OF = "2026-11-23T18:00:00Z"
_ACCOUNT_ID = "01936f3e-5a00-7c00-8000-0000000000a1"


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


def _example(body: dict[str, Any]) -> ConfigDict:
    return ConfigDict(from_attributes=True, json_schema_extra={"examples": [body]})


class AccountSummaryOut(BaseModel):
    """What a verified customer may hear about their account, contacts masked."""

    model_config = _example(
        {
            "account_number_masked": "…0378",
            "first_name": "Denise",
            "service_address": "11801 Mesquite Ln, Rio Seco",
            "status": "active",
            "email_masked": "d•••@example.com",
            "phone_masked": "•••-•••-0101",
            "autopay": False,
            "paperless": False,
            "as_of": _AS_OF,
        }
    )

    account_number_masked: str
    first_name: str | None
    service_address: str
    status: Literal["active", "closed"]
    email_masked: str | None
    phone_masked: str | None
    autopay: bool
    paperless: bool
    as_of: datetime


class PaymentFactOut(_Out):
    """The last payment."""

    amount_cents: int
    received_on: date
    method: str


class BillFactOut(_Out):
    """The last bill."""

    amount_cents: int
    issued_on: date
    due_date: date


class ArrangementFactOut(_Out):
    """The next installment of a payment plan."""

    installment_cents: int
    next_due_on: date


class ReturnedPaymentFactOut(_Out):
    """A payment that came back lately."""

    amount_cents: int
    returned_on: date


class BalanceOut(BaseModel):
    """What the account owes. Owed is positive; `credit_cents` is what the district owes."""

    model_config = _example(
        {
            "balance_cents": 22417,
            "past_due_cents": 15073,
            "due_date": "2026-12-01",
            "last_payment": {"amount_cents": 6246, "received_on": "2026-08-24", "method": "check"},
            "last_bill": {"amount_cents": 6344, "issued_on": "2026-11-10", "due_date": "2026-12-01"},
            "credit_cents": 0,
            "autopay": False,
            "arrangement": None,
            "returned_payment": None,
            "medical_protection": False,
            "as_of": _AS_OF,
        }
    )

    balance_cents: int
    past_due_cents: int
    due_date: date | None
    last_payment: PaymentFactOut | None
    last_bill: BillFactOut | None
    credit_cents: int
    autopay: bool
    arrangement: ArrangementFactOut | None
    returned_payment: ReturnedPaymentFactOut | None
    medical_protection: bool
    as_of: datetime


class MeterOut(_Out):
    """A meter of a service."""

    serial_number: str
    size_inches: str
    installed_on: date
    removed_on: date | None


class ServiceOut(_Out):
    """Water of one class for one premise, with its meters; `landscape_sqft` and `persons` make a water budget."""

    agreement_id: UUID
    service_class: str
    service_address: str
    zone: str
    started_on: date
    ended_on: date | None
    persons: int
    landscape_sqft: int
    meters: tuple[MeterOut, ...]


class AccountRecordOut(BaseModel):
    """The account as the staff see it: customer, contacts, services and what covers it."""

    model_config = _example(
        {
            "account_id": _ACCOUNT_ID,
            "number": "10000378",
            "status": "active",
            "service_class": "residential",
            "opened_on": "2021-11-23",
            "closed_on": None,
            "billing_cycle": 2,
            "billing_hold": None,
            "customer_kind": "person",
            "name": "Denise Carver",
            "language": "en",
            "phone": "+19515550101",
            "text_phone": "+19515550101",
            "email": "denise.demo@example.com",
            "autopay": False,
            "paperless": False,
            "medical_protection": False,
            "identity_locked": False,
            "low_income": False,
            "services": [
                {
                    "agreement_id": "01936f3e-5a00-7c00-8000-0000000000d1",
                    "service_class": "residential",
                    "service_address": "11801 Mesquite Ln, Rio Seco",
                    "zone": "Valley",
                    "started_on": "2021-11-23",
                    "ended_on": None,
                    "persons": 3,
                    "landscape_sqft": 0,
                    "meters": [
                        {
                            "serial_number": "RS40001",
                            "size_inches": "5/8",
                            "installed_on": "2016-01-15",
                            "removed_on": None,
                        }
                    ],
                }
            ],
            "as_of": _AS_OF,
        }
    )

    account_id: UUID
    number: str
    status: Literal["active", "closed"]
    service_class: str
    opened_on: date
    closed_on: date | None
    billing_cycle: int
    billing_hold: str | None
    customer_kind: Literal["person", "organization"]
    name: str
    language: Literal["en", "es"]
    phone: str | None
    text_phone: str | None
    email: str | None
    autopay: bool
    paperless: bool
    medical_protection: bool
    identity_locked: bool
    low_income: bool
    services: tuple[ServiceOut, ...]
    as_of: datetime
