"""Shapes of paying by text, with examples for the API's page."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

_TERMS = "Rio Seco: pay your water bills by text? … Reply CONFIRM to agree, STOP to get no texts, HELP for help."
_ENROLMENT: dict[str, Any] = {
    "phone_masked": "•••-•••-0142",
    "language": "en",
    "status": "confirmed",
    "asked_at": "2026-11-23T18:00:00Z",
    "confirmed_at": "2026-11-23T18:01:12Z",
    "terms": _TERMS,
}


class AskedOut(BaseModel):
    """`asked`: the owner of the phone agrees there, to these words; `confirmed`: they have already."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [{"status": "asked", "phone_masked": "•••-•••-0142", "words": _TERMS, "texted": True}]
        },
    )

    status: Literal["asked", "confirmed"]
    phone_masked: str
    words: str
    texted: bool


class ConfirmedAccountOut(BaseModel):
    """An account that the phone pays for from now on, by its last four digits."""

    model_config = ConfigDict(from_attributes=True)

    account_id: UUID
    account: str
    words: str


class ConfirmedOut(BaseModel):
    """What was agreed to."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "accounts": [
                        {
                            "account_id": "0192f0c1-8a70-7000-8000-000000004412",
                            "account": "4412",
                            "words": "Rio Seco: this phone can now pay by text for the account ending in 4412.",
                        }
                    ]
                }
            ]
        }
    )

    accounts: list[ConfirmedAccountOut]


class EnrolmentOut(BaseModel):
    """A phone of the account."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [_ENROLMENT]})

    phone_masked: str
    language: str
    status: Literal["asked", "confirmed"]
    asked_at: datetime
    confirmed_at: datetime | None
    terms: str


class EnrolmentsOut(BaseModel):
    """Every phone of the account, oldest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"phones": [_ENROLMENT], "as_of": "2026-11-23T18:02:00Z"}]}
    )

    phones: list[EnrolmentOut]
    as_of: datetime


class EndedOut(BaseModel):
    """How many phones pay by text no more."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"ended": 1}]})

    ended: int
