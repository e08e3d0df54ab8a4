"""The shapes of identity checks. Values are never echoed in errors."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

Factor = Annotated[str, StringConstraints(max_length=60)]
Email = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=254, pattern=r"^[^@\s]{1,64}@[^@\s]+\.[^@\s.]{2,}$")
]


class VerificationIn(BaseModel):
    """Two factors: the account number (or the calling number), and the PIN or the ZIP of the service address."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"account_number": None, "pin": None, "zip": "92599"}]})

    account_number: Factor | None = None
    pin: Factor | None = None
    zip: Factor | None = None


class AccountChoice(BaseModel):
    """One of several accounts of a customer."""

    account: UUID
    address_hint: str


class VerificationOut(BaseModel):
    """How it went; the same for a wrong number, a wrong PIN and an account that does not exist."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "status": "verified",
                    "verification_level": 2,
                    "attempts_left": 3,
                    "first_name": "Denise",
                    "choices": [],
                }
            ]
        }
    )

    status: Literal["verified", "failed", "locked", "choose_account", "need_account_number"]
    verification_level: int
    attempts_left: int
    first_name: str | None = None
    choices: list[AccountChoice] = []


class AccountIn(BaseModel):
    """The account the customer chose."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"account": "01936f3e-5a00-7c00-8000-0000000000a1"}]})

    account: UUID


class CodeSentOut(BaseModel):
    """Where a one-time code went."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"status": "sent", "sent_to": "•••-•••-0101", "minutes": 10}]}
    )

    status: Literal["sent", "no_contact", "locked", "verification_required"]
    sent_to: str | None = None
    minutes: int


class CodeIn(BaseModel):
    """A one-time code as the customer gave it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"code": "482913"}]})

    code: Factor


class CodeOut(BaseModel):
    """Whether the code was right."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"status": "verified", "verification_level": 3, "attempts_left": 3}]}
    )

    status: Literal["verified", "failed", "expired", "locked"]
    verification_level: int
    attempts_left: int


class EmailIn(BaseModel):
    """The new email address."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"email": "denise@example.com"}]})

    email: Email


class EmailOut(BaseModel):
    """The address that counts from now on."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"email_masked": "d•••@example.com"}]})

    email_masked: str
