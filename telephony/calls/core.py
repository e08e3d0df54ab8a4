"""The conversation core of every phone call: what was heard in, what happens next out.

Webhooks and ConversationRelay both call it. They render a step and carry it out; they decide nothing.
"""

from dataclasses import dataclass, replace

from telephony.backend_client import Turn
from telephony.calls.rules import Heard, Place, Rung, asks_for_pace, is_relay_operator, ladder, meaning_of, says_more
from telephony.calls.wishes import Wishes
from telephony.district import CUSTOMER_SERVICE, District, DistrictDirectory
from telephony.fallbacks import Fallbacks, call_back, trouble_on_the_phone
from telephony.messages import (
    Answer,
    Collect,
    CollectCard,
    HandOff,
    HangUp,
    Language,
    Reply,
    Transfer,
    Utterance,
    answer_of,
)
from telephony.phrases import say
from telephony.switchboard import Own, Switchboard


@dataclass(frozen=True, slots=True)
class Ask:
    """Say the answer, then listen. `place` is that of the next turn."""

    answer: Answer
    place: Place
    collect: Collect


@dataclass(frozen=True, slots=True)
class Ring:
    """Say the answer, then ring `number` (E.164; None: none is known yet, or it has no phone).

    `department`: a case is there, so its callers may wait in line, for which no number is needed. `rung`: which phone
    in turn this is, for one that is not answered.
    """

    answer: Answer
    number: str | None
    department: str | None = None
    rung: int = 1


@dataclass(frozen=True, slots=True)
class Wait:
    """Say the answer, then wait in line for a person. `place` is where the conversation was."""

    answer: Answer
    place: Place


@dataclass(frozen=True, slots=True)
class End:
    """Say the answer, then end the call."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class TakeCard:
    """Say the answer, then take a card or bank account by keys. `place` is that of the turn that tells how it went."""

    answer: Answer
    place: Place
    collect: CollectCard
    conversation_id: str


Step = Ask | Ring | Wait | TakeCard | End


class CallCore:
    """Takes one turn of a call after the other. `turn_id` names a turn for good: the same again is the same answer."""

    def __init__(
        self, switchboard: Switchboard, fallbacks: Fallbacks, directory: DistrictDirectory, wishes: Wishes
    ) -> None:
        self._switchboard = switchboard
        self._wishes = wishes
        self._fallbacks = fallbacks
        self._directory = directory

    async def take(self, heard: Heard, place: Place, turn_id: str) -> Step:
        """What happens after something, or nothing, was heard. Never raises."""
        place, rung = ladder(place, heard.kind)
        if heard.by == "speech":
            place = _with_manner(place, heard.text)
        said = _utterance(heard, place, turn_id)
        own = self._own(rung, heard, place) or await self._wishes.hear(heard, turn_id)
        answer = await self._switchboard.answer(said, own)
        return self.step_of(answer, heard.party, place)

    async def again(self, heard: Heard, place: Place, turn_id: str) -> Step | None:
        """The step of a turn that was taken before; None when it has no answer yet."""
        answer = await self._switchboard.again(_utterance(heard, place, turn_id))
        return None if answer is None else self.step_of(answer, heard.party, place)

    def step_of(self, answer: Answer, party: str | None, place: Place) -> Step:
        """Which step an answer's commands ask for."""
        return step_of(answer, self._directory.current, party, place)

    def _own(self, rung: Rung, heard: Heard, place: Place) -> Own | None:
        """Telephony's own answer, where the assistant is not asked."""
        if rung == "person":
            return self._somebody
        sentence = {"offer_person": "still_there", "keys": "use_keys", "hang_up": "silence_goodbye"}.get(rung)
        if sentence is None and heard.by == "speech" and is_relay_operator(heard.text, place):
            sentence = None if says_more(heard.text) else "relay_welcome"
        if sentence is None:
            return None
        commands = (HangUp(),) if rung == "hang_up" else ()

        async def own(said: Utterance, turn: Turn) -> tuple[Reply, ...]:
            return (Reply(say(sentence, turn.language), commands=commands),)

        return own

    async def _somebody(self, said: Utterance, turn: Turn) -> tuple[Reply, ...]:
        """The caller is there and is not understood: a person answers, or calls back."""
        filed = await self._fallbacks.file(said, turn.conversation_id, "two_failed_turns")
        return trouble_on_the_phone(said, turn.language, filed, self._directory.current)


def step_of(  # one return a step
    answer: Answer, district: District, party: str | None, place: Place
) -> Step:
    """Connect, end, or say and listen."""
    hand_off = next((c for c in answer.commands if isinstance(c, HandOff)), None)
    transfer = next((c for c in answer.commands if isinstance(c, Transfer)), None)
    if transfer is not None:
        waits = transfer.department if transfer.department == CUSTOMER_SERVICE else None
        return Ring(answer, transfer.number, waits)
    if hand_off is not None:
        if hand_off.open_now:
            department = hand_off.department or CUSTOMER_SERVICE
            return Ring(answer, district.phone_of(department), department)
        return End(_with(answer, call_back(party, answer.language)))
    if any(isinstance(c, HangUp) for c in answer.commands):
        return End(answer)
    card = next((c for c in answer.commands if isinstance(c, CollectCard)), None)
    if card is not None and answer.conversation_id is not None:
        return TakeCard(answer, place.next(Collect()), card, answer.conversation_id)
    if not any(reply.text or reply.choices for reply in answer.replies):
        answer = _with(answer, say("still_there", answer.language))
    collect = next((c for c in reversed(answer.commands) if isinstance(c, Collect)), Collect())
    return Ask(answer, place.next(collect), collect)


def lost_and_found(answer: Answer, language: Language) -> Answer:
    """The answer after a connection that broke in the middle of a call."""
    regret = Reply(say("cut_off", language), language=language)
    return replace(answer, replies=(regret, *answer.replies))


def _with(answer: Answer, words: str) -> Answer:
    return answer_of(
        [*answer.replies, Reply(words)], answer.language, answer.mode, answer.conversation_id, answer.recorded
    )


def _with_manner(place: Place, words: str) -> Place:
    """The place with what the words say about how to speak and listen from here on."""
    pace = asks_for_pace(words)
    if pace is not None:
        place = replace(place, slow=pace == "slow")
    return replace(place, patient=True) if is_relay_operator(words, place) else place


def _utterance(heard: Heard, place: Place, turn_id: str) -> Utterance:
    """The turn as the switchboard takes it. The thread is the call."""
    return Utterance(
        channel="voice",
        provider_message_id=turn_id,
        thread_key=heard.call_sid,
        party=heard.party,
        kind=heard.kind,
        text=heard.text if heard.kind == "message" else "",
        meaning=meaning_of(heard, place),
        doubted=place.doubted,
        told=heard.told,
    )
