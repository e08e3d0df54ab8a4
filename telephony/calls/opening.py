"""What a caller is told before anything else: that the call may be recorded, in the language the call goes on in."""

from collections.abc import Sequence

from telephony.backend_client import Turn
from telephony.memory import ThreadMemory
from telephony.messages import Language, Reply, Utterance
from telephony.phrases import say


class RecordingNotice:
    """The notice, once a call and language (Penal Code 632: everybody on the call has to know)."""

    def __init__(self, memory: ThreadMemory) -> None:
        self._memory = memory

    async def __call__(self, said: Utterance, turn: Turn, language: Language) -> Sequence[Reply]:
        """The notice at the start of a call, and again when it goes on in another language."""
        if said.channel != "voice" or (said.kind != "start" and language == turn.language):
            return ()
        if not await self._memory.first_time(f"notice:{turn.conversation_id}:{language}"):
            return ()
        return (Reply(say("recording_notice", language), language=language),)
