"""How much water was used: a month, compared with the one before and with a year ago."""

from actions import billing_api
from actions.billing_types import Period
from actions.identity import known
from actions.months import month_named
from actions.turn import TopicAction, Turn

_SAME_PERCENT = 5


class ActionUsage(TopicAction):
    """Gallons of the latest period, or of the month that was named, and how they compare."""

    def name(self) -> str:
        return "action_usage"

    async def answer(self, turn: Turn) -> None:
        found = await known(turn, self.name(), billing_api.usage)
        if found is None:
            return
        if not found.periods:
            turn.say("utter_usage_none")
            return
        at = _asked_for(turn, found.periods)
        if at is None:
            turn.say("utter_usage_no_such_month")
            at = 0
        _say(turn, found.periods, at)


def _asked_for(turn: Turn, periods: tuple[Period, ...]) -> int | None:
    month = month_named(turn.text, turn.now.date())
    if month is None:
        return 0
    named = f"{month[0]}-{month[1]:02d}"
    return next((at for at, period in enumerate(periods) if period.month == named), None)


def _say(turn: Turn, periods: tuple[Period, ...], at: int) -> None:
    period, wording = periods[at], turn.wording
    turn.say(
        "utter_usage_estimated" if period.is_estimated else "utter_usage",
        first_day=wording.day(period.first_day),
        last_day=wording.day(period.last_day),
        gallons=wording.count(period.gallons),
        a_day=wording.count(period.gallons_a_day),
    )
    before = periods[at + 1] if at + 1 < len(periods) else None
    if before is not None:
        _compare(turn, "utter_usage_before", period, before)
    year_ago = next((one for one in periods if one.month == _year_before(period.month)), None)
    if year_ago is not None:
        _compare(turn, "utter_usage_year_ago", period, year_ago)


def _compare(turn: Turn, response: str, period: Period, other: Period) -> None:
    """The same use by the day counts: periods differ in their days."""
    percent = round(100 * (period.gallons_a_day - other.gallons_a_day) / max(other.gallons_a_day, 1))
    change = "same" if abs(percent) <= _SAME_PERCENT else "more" if percent > 0 else "less"
    turn.say(f"{response}_{change}", a_day=turn.wording.count(other.gallons_a_day), percent=str(abs(percent)))


def _year_before(month: str) -> str:
    return f"{int(month[:4]) - 1}{month[4:]}"
