"""Connection overrides in an address's fragment (`#rc=2&rp=ct,rt`), with Twilio's defaults and bounds."""

from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urldefrag

_BOUNDS = {"ct": (100, 10_000), "rt": (100, 15_000), "tt": (100, 15_000), "rc": (0, 5)}
_REASONS = {"4xx", "5xx", "ct", "rt", "all"}


class BadRetryPolicy(ValueError):
    """`rp` names something that is not a reason to retry (error 11243)."""


@dataclass(frozen=True)
class Overrides:
    """How long to wait (milliseconds) and what to try again."""

    connect_ms: int = 5_000
    read_ms: int = 15_000
    total_ms: int = 15_000
    retries: int = 1
    retry_on: frozenset[str] = frozenset({"ct"})

    def having(self, key: str, value: int) -> "Overrides":
        """A copy with one of the four numbers changed."""
        match key:
            case "ct":
                return replace(self, connect_ms=value)
            case "rt":
                return replace(self, read_ms=value)
            case "tt":
                return replace(self, total_ms=value)
            case _:
                return replace(self, retries=value)

    def retries_on(self, reason: str) -> bool:
        """Whether `reason` (`ct`, `rt`, `4xx`, `5xx`) is worth another attempt."""
        return "all" in self.retry_on or reason in self.retry_on


def split_overrides(address: str) -> tuple[str, Overrides]:
    """The address as it is requested and signed, and what its fragment asks for.

    Values out of bounds are brought to the bound. Raises BadRetryPolicy.
    """
    url, fragment = urldefrag(address)
    overrides = Overrides()
    for key, value in parse_qsl(fragment):
        if key == "rp":
            reasons = frozenset(value.split(","))
            if not reasons <= _REASONS:
                raise BadRetryPolicy(value)
            overrides = replace(overrides, retry_on=reasons)
        elif key in _BOUNDS and value.isdigit():
            low, high = _BOUNDS[key]
            overrides = overrides.having(key, min(max(int(value), low), high))
    return url, overrides
