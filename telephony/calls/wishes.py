"""A caller who wants no more texts, or no more automatic calls: kept at once for the number they call from."""

from collections.abc import Sequence

import structlog

from telephony.backend_client import BackendClient, Turn
from telephony.calls.rules import Heard
from telephony.channels.call_words import stops_calls
from telephony.channels.text_words import stops_texts_aloud
from telephony.district import DistrictDirectory, shown
from telephony.http_json import CallError
from telephony.messages import Language, Reply, Utterance
from telephony.phrases import say
from telephony.switchboard import Own

log = structlog.get_logger("telephony.calls")


class Wishes:
    """Hears "stop texting me" and "stop calling me" in a call. Nobody is asked who they are: it is their telephone."""

    def __init__(self, backend: BackendClient, directory: DistrictDirectory) -> None:
        self._backend = backend
        self._directory = directory

    async def hear(self, heard: Heard, turn_id: str) -> Own | None:
        """What is said to it; None: it was about something else, or nothing could be kept, and the assistant answers.

        A hidden number is none that texts or calls could be kept from.
        """
        if heard.by != "speech" or heard.party is None:
            return None
        about_texts, about_calls = stops_texts_aloud(heard.text), stops_calls(heard.text)
        language = about_texts or about_calls
        if language is None:
            return None
        try:
            if about_texts is not None:
                await self._backend.text_consent(heard.party, "stop", heard.text, is_keyword=False, message_id=turn_id)
            if about_calls is not None:
                # A statement of its own: one message is one word about one thing.
                message_id = f"{turn_id}:calls"
                await self._backend.stop_calls(heard.party, heard.text, by_key=False, message_id=message_id)
        except CallError as problem:
            log.warning("wish_not_recorded", kind=type(problem).__name__)
            return None
        return self._confirmation(heard.party, language, about_texts=about_texts is not None)

    def _confirmation(self, party: str, language: Language, *, about_texts: bool) -> Own:
        facts = {"ending": " ".join(party[-4:]), "phone": shown(self._directory.current.phone)}
        phrase = "texts_stopped_aloud" if about_texts else "calls_stopped_aloud"

        async def own(said: Utterance, turn: Turn) -> Sequence[Reply]:
            return (Reply(say(phrase, language, **facts), language=language),)

        return own
