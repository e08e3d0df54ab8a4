"""Where people can visit the district."""

from actions.turn import TopicAction, Turn, account_api


class ActionLocations(TopicAction):
    """Each office with its address, and where to see more."""

    def name(self) -> str:
        return "action_locations"

    async def answer(self, turn: Turn) -> None:
        district = await account_api().district()
        for place in district.locations:
            hours = place.hours or district.hours
            turn.say(
                "utter_location",
                name=place.name if isinstance(place.name, str) else place.name[turn.language],
                address=place.address,
                hours=turn.wording.hours(hours),
            )
        if not district.locations:
            turn.say("utter_no_location", phone=turn.wording.phone(district.phone))
