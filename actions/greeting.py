"""The first words of a call or a chat."""

from actions.account_api import AccountApiError
from actions.turn import TopicAction, Turn, account_api


class ActionGreet(TopicAction):
    """Welcome the customer in the district's name; the name may be one we heard before."""

    def name(self) -> str:
        return "action_greet"

    async def answer(self, turn: Turn) -> None:
        district = account_api().last_known_district()
        if district is None:
            try:
                district = await account_api().district()
            except AccountApiError:
                turn.say("utter_welcome_plain")
                return
        turn.say("utter_welcome", district=district.name)
