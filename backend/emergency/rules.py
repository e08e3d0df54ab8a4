"""Which places an emergency is about: pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

EmergencyKind = Literal["water", "billing_down"]


@dataclass(frozen=True, slots=True)
class Area:
    """Zones of the district; `everywhere` when none is named."""

    everywhere: bool = False
    zones: frozenset[str] = frozenset()

    def covers(self, zones: Collection[str]) -> bool:
        """Whether any of `zones` is in it. Somebody of whom no zone is known is, when it is everywhere."""
        return self.everywhere or not self.zones.isdisjoint(zones)

    def __bool__(self) -> bool:
        return self.everywhere or bool(self.zones)


StandDown = Area
"""Where dunning, late fees and shut-offs are stood down."""


def together(areas: Sequence[Sequence[str]]) -> Area:
    """The area of several emergencies; one that names no zone is everywhere."""
    return Area(any(not zones for zones in areas), frozenset(zone for zones in areas for zone in zones))


def concerns(emergency_zones: Collection[str], zones: Collection[str] | None) -> bool:
    """Whether somebody in `zones` is to be told; `None`: nobody knows where they are, so they are told."""
    return not emergency_zones or zones is None or not frozenset(emergency_zones).isdisjoint(zones)
