"""The shape of a delivery report."""

from typing import Annotated, Literal

from pydantic import BaseModel, StringConstraints


class MessageStatusIn(BaseModel):
    """What the carrier says about a message of ours."""

    status: Literal["sent", "delivered", "failed"]
    provider_message_id: Annotated[str, StringConstraints(max_length=200)] | None = None
    error_code: Annotated[str, StringConstraints(max_length=50)] | None = None
