"""`[texting]` of `policy.toml`: how fast the district's number may send, at which hours, and what a segment costs."""

from datetime import time
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from backend.district.openings import Opening, opening


def _day(value: Any) -> Any:
    read = opening(value)
    if isinstance(read, Opening) and not (read.opens >= time(8) and read.closes <= time(21)):
        raise ValueError("texts may arrive from 08:00 to 21:00 at most (47 CFR 64.1200(c)(1))")
    return read


class Texting(BaseModel):
    """`segments_per_second` is what the carrier lets the number send; `day` when texts that nobody asked for may
    arrive, by the clock where the customer is; `thousand_segments_cents` what a thousand segments cost."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    segments_per_second: Annotated[Decimal, Field(gt=0, le=100_000)]
    day: Annotated[Opening, BeforeValidator(_day)]
    thousand_segments_cents: Annotated[int, Field(ge=0, le=1_000_000)]
