"""When the office is open, now and on which days it is not."""

from actions.district_types import District
from actions.turn import TopicAction, Turn, account_api

_CLOSURES_MAX = 3


def say_whether_open(turn: Turn, district: District) -> None:
    """Open until when, or closed until when."""
    wording = turn.wording
    if district.open_now and district.closes_at is not None:
        turn.say("utter_open_now", closes_at=wording.time_of(district.closes_at))
    elif district.opens_at is not None:
        turn.say(
            "utter_closed_now",
            opens_at=wording.opening(district.opens_at, district.now),
            emergency_phone=wording.phone(district.emergency_phone),
        )


class ActionHours(TopicAction):
    """The usual hours, and whether the office is open now."""

    def name(self) -> str:
        return "action_hours"

    async def answer(self, turn: Turn) -> None:
        district = await account_api().district()
        turn.say("utter_hours", hours=turn.wording.hours(district.hours))
        say_whether_open(turn, district)


class ActionOpenNow(TopicAction):
    """Whether the office is open now."""

    def name(self) -> str:
        return "action_open_now"

    async def answer(self, turn: Turn) -> None:
        say_whether_open(turn, await account_api().district())


class ActionHolidays(TopicAction):
    """The next days the office is closed."""

    def name(self) -> str:
        return "action_holidays"

    async def answer(self, turn: Turn) -> None:
        district = await account_api().district()
        closures = [
            f"{turn.wording.day(closure.on)} ({closure.name[turn.language]})"
            if not turn.wording.spoken
            else f"{turn.wording.day(closure.on)}, {closure.name[turn.language]}"
            for closure in district.next_closures[:_CLOSURES_MAX]
        ]
        if closures:
            turn.say("utter_holidays", closures="; ".join(closures))
        else:
            turn.say("utter_no_holidays")
