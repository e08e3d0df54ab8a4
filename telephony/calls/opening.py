"""What somebody is told before anything else, in the language it goes on in: that the call may be recorded, and what
holds now where they are (an emergency, the billing system down)."""

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


class Opening:
    """Everything that is told before the assistant's words; `notice` is None where calls are not recorded."""

    def __init__(self, memory: ThreadMemory, notice: RecordingNotice | None) -> None:
        self._memory = memory
        self._notice = notice

    async def __call__(self, said: Utterance, turn: Turn, language: Language) -> Sequence[Reply]:
        """The notice about recording, then each notice of today once a conversation and language."""
        replies = list(await self._notice(said, turn, language)) if self._notice is not None else []
        for notice in turn.notices:
            if await self._memory.first_time(f"told:{turn.conversation_id}:{notice.id}:{language}"):
                replies.append(Reply(notice.text[language], language=language))
        return replies
