"""`[calling]` of `policy.toml`: how fast the district's number may make automatic calls, and what one costs."""

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Calling(BaseModel):
    """Calls that nobody makes by hand, to those whom no text reaches.

    `calls_per_second` is what the carrier lets the number begin (Twilio: 1, unless more was agreed);
    `thousand_calls_cents` what a thousand of about a minute cost. The hours are those of texts: the law has one day.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    calls_per_second: Annotated[Decimal, Field(gt=0, le=1_000)]
    thousand_calls_cents: Annotated[int, Field(ge=0, le=10_000_000)]
