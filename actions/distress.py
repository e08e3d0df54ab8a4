"""People in danger or despair come before water; foul words are answered once more with an offer of help."""

from actions.person import hand_off
from actions.turn import TopicAction, Turn


class ActionDistress(TopicAction):
    """911 and 988 first, then a person, whatever else was going on."""

    def name(self) -> str:
        return "action_distress"

    async def answer(self, turn: Turn) -> None:
        turn.say("utter_distress")
        await hand_off(turn, "emergency", department="emergency")


class ActionAbuse(TopicAction):
    """Anger at a machine is mostly anger at something else: the second time a person is called."""

    def name(self) -> str:
        return "action_abuse"

    async def answer(self, turn: Turn) -> None:
        earlier = [
            event
            for event in turn.tracker.events
            if event.get("event") == "user"
            and ((event.get("parse_data") or {}).get("intent") or {}).get("name") == "abuse"
        ]
        if len(earlier) > 1:
            turn.say("utter_sorry")
            await hand_off(turn, "upset")
        else:
            turn.say("utter_abuse")
