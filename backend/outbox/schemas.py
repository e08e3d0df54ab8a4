"""The shapes of delivery reports."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints


class MessageStatusIn(BaseModel):
    """What the carrier says about one message of ours."""

    message_id: UUID
    status: Literal["sent", "delivered", "failed"]
    provider_message_id: Annotated[str, StringConstraints(max_length=200)] | None = None
    error_code: Annotated[str, StringConstraints(max_length=50)] | None = None


class MessageStatusesIn(BaseModel):
    """Reports about messages, each about another one."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "statuses": [
                        {
                            "message_id": "01936f3e-5a00-7c00-8000-0000000000f2",
                            "status": "delivered",
                            "provider_message_id": "SM0001",
                            "error_code": None,
                        }
                    ]
                }
            ]
        }
    )

    statuses: Annotated[list[MessageStatusIn], Field(max_length=500)]


class MessageStatusesOut(BaseModel):
    """The ids that are no messages of ours."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"unknown": []}]})

    unknown: list[UUID]
