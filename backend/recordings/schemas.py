"""The shapes of recordings."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

RecordingSid = Annotated[str, StringConstraints(pattern=r"^RE[0-9a-fA-F]{32}$")]


class RecordingIn(BaseModel):
    """The recording of a conference has begun, or is complete."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "conference": "case-" + "0" * 32,
                    "recording_sid": "RE" + "0" * 32,
                    "state": "done",
                    "seconds": 184,
                }
            ]
        }
    )

    conference: Annotated[str, StringConstraints(pattern=r"^case-[0-9a-f]{32}$")]
    recording_sid: RecordingSid
    state: Literal["running", "done"]
    seconds: Annotated[int, Field(ge=0, le=86_400)] | None = None
