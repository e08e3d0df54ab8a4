"""Answers of the payments' routes, with examples for the API's page."""

from typing import Literal

from pydantic import BaseModel, ConfigDict


class HeardOut(BaseModel):
    """What was done with a notification: kept and acted on, seen before, or of no concern to us."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [{"outcome": "kept"}]})

    outcome: Literal["kept", "duplicate", "ignored"]
