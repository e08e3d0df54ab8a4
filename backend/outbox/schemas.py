"""The shapes of a delivery report."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints


class MessageStatusIn(BaseModel):
    """What the carrier says about a message of ours."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"status": "delivered", "provider_message_id": "SM0001", "error_code": None}]}
    )

    status: Literal["sent", "delivered", "failed"]
    provider_message_id: Annotated[str, StringConstraints(max_length=200)] | None = None
    error_code: Annotated[str, StringConstraints(max_length=50)] | None = None


class MessageStatusOut(BaseModel):
    """The status that counts: a final word stays."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"message_id": "01936f3e-5a00-7c00-8000-0000000000f2", "status": "delivered"}]}
    )

    message_id: UUID
    status: Literal["pending", "sent", "delivered", "failed"]
