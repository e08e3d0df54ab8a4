"""Where people can visit the district."""

from actions.turn import TopicAction, Turn, account_api


class ActionLocations(TopicAction):
    """Each place with its address and when it can be visited."""

    def name(self) -> str:
        return "action_locations"

    async def answer(self, turn: Turn) -> None:
        district = await account_api().district()
        for place in district.locations:
            turn.say(
                "utter_location",
                name=place.name[turn.language],
                address=place.address,
                hours=place.hours[turn.language].rstrip("."),
            )
        if not district.locations:
            turn.say("utter_no_location", phone=turn.wording.phone(district.phone))
