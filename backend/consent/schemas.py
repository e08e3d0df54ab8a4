"""The shapes of a customer's word about texts and automatic calls."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints


class TextConsentIn(BaseModel):
    """A word about texts from the phone that sent it, or about automatic calls; `is_keyword`: the carrier heard it as
    well (texts), or it was a key of the telephone (calls)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "phone": "+19515550104",
                    "word": "stop",
                    "wording": "please stop texting me",
                    "is_keyword": False,
                    "provider_message_id": "SM0001",
                    "about": "texts",
                }
            ]
        }
    )

    phone: Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{3,14}$")]
    word: Literal["stop", "start", "yes"]
    wording: Annotated[str, StringConstraints(max_length=10_000)]
    is_keyword: bool
    provider_message_id: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    about: Literal["texts", "calls"] = "texts"


class TextConsentOut(BaseModel):
    """Whether the word was one about texts; a YES from a number that is open is not."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"heard": True}]})

    heard: bool
