"""A caller who wants no more texts: kept at once for the number they call from, as a text from it would be."""

from collections.abc import Sequence

import structlog

from telephony.backend_client import BackendClient, Turn
from telephony.calls.rules import Heard
from telephony.channels.text_words import stops_texts_aloud
from telephony.district import DistrictDirectory, shown
from telephony.http_json import CallError
from telephony.messages import Language, Reply, Utterance
from telephony.phrases import say
from telephony.switchboard import Own

log = structlog.get_logger("telephony.calls")


class TextWishes:
    """Hears "stop texting me" in a call. Nobody is asked who they are: it is their telephone that gets the texts."""

    def __init__(self, backend: BackendClient, directory: DistrictDirectory) -> None:
        self._backend = backend
        self._directory = directory

    async def hear(self, heard: Heard, turn_id: str) -> Own | None:
        """What is said to it; None: it was about something else, or nothing could be kept, and the assistant answers.

        A hidden number is none that texts could be kept from.
        """
        language = stops_texts_aloud(heard.text) if heard.by == "speech" else None
        if language is None or heard.party is None:
            return None
        try:
            await self._backend.text_consent(heard.party, "stop", heard.text, is_keyword=False, message_id=turn_id)
        except CallError as problem:
            log.warning("text_wish_not_recorded", kind=type(problem).__name__)
            return None
        return self._confirmation(heard.party, language)

    def _confirmation(self, party: str, language: Language) -> Own:
        facts = {"ending": " ".join(party[-4:]), "phone": shown(self._directory.current.phone)}

        async def own(said: Utterance, turn: Turn) -> Sequence[Reply]:
            return (Reply(say("texts_stopped_aloud", language, **facts), language=language),)

        return own
