"""Hours of a day as `district/*.toml` has them: "07:30-17:30"."""

import re
from datetime import time
from typing import Any

from pydantic import BaseModel, ConfigDict


class Opening(BaseModel):
    """From `opens` until `closes`, local time of one day."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    opens: time
    closes: time


def opening(value: Any) -> Any:
    """What is written as text, read; anything else as it is, for pydantic to refuse."""
    if not isinstance(value, str):
        return value
    found = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)", value)
    if not found:
        raise ValueError('write opening hours like "07:30-17:30"')
    from_hour, from_minute, to_hour, to_minute = map(int, found.groups())
    opens, closes = time(from_hour, from_minute), time(to_hour, to_minute)
    if closes <= opens:
        raise ValueError("the office must close after it opens")
    return Opening(opens=opens, closes=closes)
