"""The life of a charge: what comes next, how long to wait, when an unanswered request has come to nothing. Pure.

created → submitted → succeeded → posted → told
              │  ↘ pending ↗     ↘
              ↓  ↗         ↘      failed (told as well)
            unknown → … asked until it is one of the others
"""

from datetime import datetime, timedelta
from enum import StrEnum

LEAST_CENTS = 50
"""Less than this no processor takes (Stripe: $0.50)."""

LEASE = timedelta(seconds=30)
"""While somebody works on a charge, nobody else looks at it; a worker that died is replaced after this."""
SOON = timedelta(seconds=5)
"""What was just announced is looked at at once; should the news get lost, after this."""
SUBMIT_FOR = timedelta(hours=12)
"""How long a charge may still be submitted, always under its own key. Stripe keeps keys for a day."""
BELIEVE_NONE_AFTER = timedelta(minutes=15)
"""After the last attempt, "no such charge" means that there will be none: no request is on its way so long."""
PENDING_NOTICE_AFTER = timedelta(seconds=20)
"""A customer who has heard nothing for so long is told that their payment is pending."""

NOT_TAKEN, REFUSED = "not_taken", "refused"
"""Why a charge failed without a bank's no: it never reached the processor, or the processor would not take it."""


class Step(StrEnum):
    """What the workflow does next with a charge."""

    SUBMIT = "submit"
    ASK = "ask"
    POST = "post"
    TELL = "tell"
    NONE = "none"


_STEPS = {
    "created": Step.SUBMIT,
    "submitted": Step.ASK,
    "unknown": Step.ASK,
    "pending": Step.ASK,
    "succeeded": Step.POST,
    "posted": Step.TELL,
    "told": Step.NONE,
}


def next_step(status: str, *, is_told: bool) -> Step:
    """What comes next for a charge of this status."""
    if status == "failed":
        return Step.NONE if is_told else Step.TELL
    return _STEPS[status]


def pause(looks: int, *, pending: bool) -> timedelta:
    """How long to wait after the `looks`-th fruitless look (from 1).

    An unknown outcome: 1, 2, 4 … seconds, at most a minute, after a hundred looks five minutes. A bank debit that is
    pending takes days, and its notification comes by itself: a quarter of an hour, later six hours.
    """
    if pending:
        return timedelta(minutes=15) if looks <= 8 else timedelta(hours=6)
    if looks > 100:
        return timedelta(minutes=5)
    return timedelta(seconds=min(2.0 ** min(looks - 1, 6), 60.0))


def may_submit(submitted_at: datetime | None, now: datetime) -> bool:
    """Whether a charge that the processor does not have may be submitted (again), under its own key."""
    return submitted_at is None or now - submitted_at <= SUBMIT_FOR


def came_to_nothing(submitted_at: datetime, attempted_at: datetime, now: datetime) -> bool:
    """Whether a charge that the processor does not have is never going to be there."""
    return not may_submit(submitted_at, now) and now - attempted_at > BELIEVE_NONE_AFTER


def owes_pending_notice(submitted_at: datetime | None, now: datetime) -> bool:
    """Whether the customer has waited long enough to be told that we do not know yet."""
    return submitted_at is not None and now - submitted_at >= PENDING_NOTICE_AFTER
