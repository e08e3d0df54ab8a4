"""How fast one browser may talk."""

from dataclasses import dataclass

BURST = 8.0
PER_SECOND = 0.7


@dataclass(slots=True)
class Pace:
    """A token bucket; times are seconds of a monotonic clock."""

    tokens: float = BURST
    at: float = 0.0

    def allows(self, now: float) -> bool:
        """Whether one more message is all right now; it counts when it is."""
        self.tokens = min(BURST, self.tokens + max(0.0, now - self.at) * PER_SECOND)
        self.at = now
        if self.tokens < 1.0:
            return False
        self.tokens -= 1.0
        return True
