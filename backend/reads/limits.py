"""What the district's policy holds plausible, by class of service."""

from backend.district.schemas import Billing
from backend.reads.rules import Limits


def limits_of(policy: Billing) -> dict[str, Limits]:
    """Service class → limits."""
    return {
        str(name): Limits(
            class_units_per_day=units,
            window_days=policy.read_window_days,
            estimates_max=policy.estimates_max,
            high_percent=policy.high_percent,
            low_percent=policy.low_percent,
            difference_units_min=policy.difference_units_min,
            same_use_units_min=policy.same_use_units_min,
            stopped_periods=policy.stopped_periods,
            rollover_percent=policy.rollover_percent,
        )
        for name, units in policy.class_units_per_day.items()
    }
