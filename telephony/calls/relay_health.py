"""Whether ConversationRelay can be used now: not for a minute after it has failed twice in a row."""

from dataclasses import dataclass

FAILURES_MAX = 2
PAUSE_SECONDS = 60.0


@dataclass(slots=True)
class RelayHealth:
    """Counts connections that failed in a row. Times are the event loop's."""

    failures: int = 0
    paused_until: float = 0.0

    def usable(self, now: float) -> bool:
        """Whether a call should try it; after a pause one may."""
        return now >= self.paused_until

    def failed(self, now: float) -> None:
        """A socket could not be opened. After two in a row the next minute's calls go over webhooks."""
        self.failures += 1
        if self.failures >= FAILURES_MAX:
            self.paused_until = now + PAUSE_SECONDS

    def worked(self) -> None:
        """A socket was opened."""
        self.failures, self.paused_until = 0, 0.0
