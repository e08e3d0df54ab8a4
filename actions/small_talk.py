"""A kind word for a kind word, and back to the matter."""

from actions.turn import TopicAction, Turn


class ActionHowAreYou(TopicAction):
    """How are you."""

    def name(self) -> str:
        return "action_how_are_you"

    async def answer(self, turn: Turn) -> None:
        turn.say("utter_how_are_you")


class ActionPraise(TopicAction):
    """Praise."""

    def name(self) -> str:
        return "action_praise"

    async def answer(self, turn: Turn) -> None:
        turn.say("utter_praise")
