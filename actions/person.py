"""Reaching a person: at any point, with a reference and what happens next."""

import re
from collections.abc import Sequence
from typing import Any

from actions import names
from actions.account_api import AccountApiError
from actions.account_types import HandOff, HandOffRequest
from actions.departments import best_department
from actions.intake_registry import details_of, intake_called
from actions.turn import TopicAction, Turn, account_api

CUSTOMER_SERVICE = "customer_service"
SURE = 0.8
WORDS_MAX = 1_000
_THEM = re.compile(r"\b(?:them|they|that department|ell[oa]s|ese departamento|esa oficina)\b", re.IGNORECASE)


def summary_of(turn: Turn) -> str:
    """What the person should know, in English, without the customer's words: they are in the transcript."""
    topics = turn.slot(names.TOPICS_ASKED) or []
    return f"Asked about {', '.join(topics)}." if topics else "Nothing else was asked before."


async def file_hand_off(
    turn: Turn,
    reason: str,
    *,
    department: str = CUSTOMER_SERVICE,
    assistant_continues: bool = False,
    summary: str | None = None,
    topic: str | None = None,
    details: Sequence[dict[str, Any]] = (),
    asked_for: str | None = None,
) -> HandOff:
    """Put this conversation in the queue of the people, with what was gathered for them.

    :raises AccountApiError: the backend is out or refused.
    """
    request = HandOffRequest(
        conversation_id=turn.conversation_id,
        channel=turn.channel,
        reason=reason,
        summary=summary or summary_of(turn),
        topic=topic or turn.intent or None,
        department=department,
        assistant_continues=assistant_continues,
        details=tuple(details),
        asked_for=asked_for,
    )
    return await account_api().hand_off(request)


async def hand_off(
    turn: Turn,
    reason: str,
    *,
    department: str = CUSTOMER_SERVICE,
    details: Sequence[dict[str, Any]] = (),
    asked_for: str | None = None,
) -> None:
    """Hand the conversation to a person and say what happens next. `asked_for`: in what words they asked for one.

    :raises AccountApiError: the backend is out or refused.
    """
    gathered = _gathered(turn)
    turn.close_forms()
    turn.set(names.WAITING, None)
    together = [*gathered, *details]
    filed = await file_hand_off(turn, reason, department=department, details=together, asked_for=asked_for)
    reference = turn.wording.reference(filed.reference)
    department_name = filed.department_name.get(turn.language, "")
    if filed.open_now and filed.person:
        turn.say("utter_hand_off_named", reference=reference, department=department_name, person=filed.person)
    elif filed.open_now:
        turn.say("utter_hand_off_open", reference=reference, department=department_name)
    elif filed.opens_at is not None:
        opens_at = turn.wording.opening(filed.opens_at)
        turn.say("utter_hand_off_closed", reference=reference, department=department_name, opens_at=opens_at)
    else:
        turn.say("utter_hand_off_later", reference=reference, department=department_name)
    turn.command(
        "hand_off",
        hand_off_id=filed.hand_off_id,
        department=filed.department,
        open_now=filed.open_now,
        answered_by=filed.opens_at.isoformat() if filed.opens_at and not filed.open_now else None,
    )


def _gathered(turn: Turn) -> Sequence[dict[str, Any]]:
    """What was told in an open intake, so that nobody has to tell it twice."""
    intake = intake_called(turn.slot(names.INTAKE_TOPIC))
    is_open = turn.tracker.active_loop_name == names.INTAKE_FORM
    return details_of(intake, turn.slot(names.INTAKE_ANSWERS) or {}) if intake and is_open else ()


async def department_asked_for(turn: Turn) -> str:
    """The department the message names, or that it calls "them"; else customer service.

    Never fails: the hand-off matters more.
    """
    try:
        district = account_api().last_known_district() or await account_api().district()
    except AccountApiError:
        return CUSTOMER_SERVICE
    named = best_department(turn.text, district.departments)
    them = turn.slot(names.DEPARTMENT_NAMED) if _THEM.search(turn.text) else None
    return named.id if named else str(them or CUSTOMER_SERVICE)


class ActionHandOff(TopicAction):
    """The customer wants a person."""

    def name(self) -> str:
        return "action_hand_off"

    async def answer(self, turn: Turn) -> None:
        offer, _, why = (turn.offered or "").partition(":")
        reason = why if offer == names.OFFER_PERSON and why else "asked_for_person"
        words = turn.text[:WORDS_MAX].strip() or None
        await hand_off(turn, reason, department=await department_asked_for(turn), asked_for=words)


class ActionUpset(TopicAction):
    """The customer is angry or distressed: a person at once, or an offer of one when that is a guess."""

    def name(self) -> str:
        return "action_upset"

    async def answer(self, turn: Turn) -> None:
        if turn.confidence < SURE:
            turn.say("utter_offer_person")
            turn.offer(f"{names.OFFER_PERSON}:upset")
            turn.go_on_with(names.LISTEN)
            return
        turn.say("utter_sorry")
        await hand_off(turn, "upset")


class ActionOfferPerson(TopicAction):
    """Something people do here and the assistant does not: offer one."""

    def name(self) -> str:
        return "action_offer_person"

    async def answer(self, turn: Turn) -> None:
        turn.say("utter_other_service")
        turn.offer(f"{names.OFFER_PERSON}:above_authority")
        turn.go_on_with(names.LISTEN)
