"""English or Spanish, at any time."""

import re

from actions import names
from actions.account_api import AccountApiError
from actions.turn import TopicAction, Turn, account_api, logger

_OTHER_LANGUAGES = re.compile(
    r"\b(chinese|mandarin|cantonese|tagalog|filipino|vietnamese|korean|japanese|arabic|armenian|farsi"
    r"|persian|russian|hindi|punjabi|hmong|khmer|french|portuguese|german|italian|asl|sign language"
    r"|chino|mandarín|cantonés|tagalo|vietnamita|coreano|japonés|árabe|armenio|ruso|francés"
    r"|portugués|alemán|italiano|mixteco|zapoteco|señas)\b",
    re.IGNORECASE,
)


class ActionSwitchLanguage(TopicAction):
    """Go on in the language the customer named. The slot has it already by the time this runs."""

    def name(self) -> str:
        return "action_switch_language"

    async def answer(self, turn: Turn) -> None:
        named = [*turn.entities("requested_language"), *turn.entities(names.LANGUAGE)]
        if not named:
            other = _OTHER_LANGUAGES.search(turn.text)
            turn.say("utter_language_not_offered" if other else "utter_which_language")
            if other:
                turn.offer(names.OFFER_PERSON)
                turn.go_on_with(names.LISTEN)
            return
        language = named[0]
        turn.set(names.LANGUAGE, language)
        turn.command("set_language", language=language)
        turn.say("utter_language_switched")
        try:
            await account_api().set_language(turn.conversation_id, language)
        except AccountApiError as error:
            # The reply carries the language as well, so the customer has it for this conversation.
            logger.warning("language not stored", conversation_id=turn.conversation_id, error=type(error).__name__)
