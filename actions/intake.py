"""Gathering everything a person needs for a request, then filing it as a case.

A topic registers its `Intake` (`intake_registry`): the questions, each asked by `utter_intake_<topic>_<question>`.
One form asks them all; answers may come early, late or corrected, and at the end everything is read back.
"""

from collections.abc import Sequence
from typing import Any

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from actions import intake_answers as reading
from actions import intake_course as course
from actions import names
from actions.account_api import AccountApiError
from actions.identity import require_level
from actions.intake_registry import Intake, details_of, intake_called
from actions.intake_types import SKIPPED, Heard, Kind, OutOfRangeError, Question
from actions.intake_wording import said_back
from actions.person import file_hand_off
from actions.turn import FormValidation, Turn, finish_form, logger

CONFIRM, CHANGE = "confirm", "change"
_NOT_AN_ANSWER = frozenset({"nlu_fallback", "out_of_scope", "give_details", "affirm", "deny", "do_not_know"})


async def begin_intake(turn: Turn, intake: Intake, resume: str, *, opening: str) -> None:
    """Say `opening` and start asking; identity first where the topic needs it, and `resume` comes back here."""
    if turn.tracker.active_loop_name == names.INTAKE_FORM and turn.slot(names.INTAKE_TOPIC) == intake.topic:
        return  # It is being asked for already: the form goes on where it is.
    before = dict(turn.slot(names.INTAKE_AHEAD) or {})
    if intake.topic not in before:  # else it was said before it was proved who asks
        turn.say(opening)
    ahead = before.get(intake.topic, {})
    ahead = {**ahead, **course.offered_ahead(intake.questions, heard(turn, intake))}
    if intake.level and not await require_level(turn, intake.level, resume):
        turn.set(names.INTAKE_AHEAD, {intake.topic: ahead})
        return
    turn.set(names.INTAKE_AHEAD, None)
    turn.set(names.INTAKE_TOPIC, intake.topic)
    turn.set(names.INTAKE_ANSWERS, ahead)
    turn.set(names.INTAKE_ASKED, None)
    turn.go_on_with(names.INTAKE_FORM)


def heard(turn: Turn, intake: Intake) -> Heard:
    """The message as the readers of answers take it."""
    kinds = ("date", "digits", "email", "amount_cents", "choice")
    found = {kind: turn.entities(kind) for kind in kinds}
    intent = "give_details" if turn.intent in intake.intents else turn.intent
    return Heard(turn.text, intent, turn.confidence, found, turn.now.date(), turn.channel != "chat")


class ValidateIntakeForm(FormValidation):
    """Reads the answer to what was asked, a correction of an earlier one, or yes to the whole."""

    def name(self) -> str:
        return "validate_intake_form"

    async def fill(self, turn: Turn) -> None:
        intake, asked = intake_called(turn.slot(names.INTAKE_TOPIC)), turn.slot(names.INTAKE_ASKED)
        if intake is None:
            # An older conversation, of a topic that is gone.
            turn.say("utter_what_next")
            finish_form(turn)
        elif asked is None:
            _ask_next(turn, intake, dict(turn.slot(names.INTAKE_ANSWERS) or {}))
        elif turn.answered_already:
            turn.set(names.REQUESTED_SLOT, names.INTAKE_ANSWER)
        elif turn.intent in names.ALWAYS_FIRST and not _answers_yet(turn, intake, str(asked)):
            return
        elif asked == CONFIRM:
            await _confirm(turn, intake)
        elif asked == CHANGE:
            _choose_change(turn, intake)
        else:
            _take(turn, intake, str(asked))


class ActionAskIntake(Action):
    """Asks what is to be asked next; the form calls it, also after an answer to something else."""

    def name(self) -> str:
        return "action_ask_intake_form_intake_answer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Rasa's entry: says one question."""
        turn = Turn(tracker, dispatcher)
        intake, asked = intake_called(turn.slot(names.INTAKE_TOPIC)), str(turn.slot(names.INTAKE_ASKED))
        if intake is None:
            turn.say("utter_what_next")
        elif asked == CONFIRM:
            turn.say("utter_intake_confirm", summary=_summary(turn, intake))
        elif asked == CHANGE:
            turn.say("utter_intake_change", buttons=_changes(turn, intake))
        else:
            question = _question(intake, asked)
            turn.say(f"utter_intake_{intake.topic}_{asked}", buttons=_options(turn, question))
        return []


def _ask_next(turn: Turn, intake: Intake, answers: dict[str, Any]) -> None:
    following = course.next_question(intake.questions, answers)
    turn.set(names.INTAKE_ANSWERS, answers)
    turn.set(names.INTAKE_ASKED, following.name if following else CONFIRM)
    turn.set(names.INTAKE_UNCLEAR, None)
    turn.set(names.REQUESTED_SLOT, names.INTAKE_ANSWER)


def _take(turn: Turn, intake: Intake, asked: str) -> None:
    """The answer to `asked`, or a better one to an earlier question; a message with neither steps aside."""
    question, answers, said = _question(intake, asked), dict(turn.slot(names.INTAKE_ANSWERS) or {}), heard(turn, intake)
    wrong = course.correction(intake.questions, answers, asked, said)
    target = wrong or question
    try:
        value = reading.read_asked(target, said)
    except OutOfRangeError:
        turn.say("utter_intake_date_out_of_range")
        _ask_again(turn, target)
        return
    later = course.said_alone(intake.questions, answers, target, said)
    if value is not None and not later:
        answers[target.name] = value
        if wrong is not None and value != SKIPPED:
            turn.say("utter_intake_corrected", answer=said_back(wrong, value, turn.wording))
        _ask_next(turn, intake, answers)
    elif early := later or course.offered_early(intake.questions, answers, said):
        turn.say("utter_intake_noted")
        _ask_next(turn, intake, {**answers, **early})
    elif turn.intent in _NOT_AN_ANSWER or reading.asks_to_skip(said) or reading.means_this_phone(question, said):
        _say_unclear(turn, f"utter_intake_unclear_{question.kind.value}")
        _ask_again(turn, question)


def _say_unclear(turn: Turn, response: str | None) -> None:
    """What is wanted; from the second time on the way out, for one who cannot give it must not be asked for ever."""
    before = int(turn.slot(names.INTAKE_UNCLEAR) or 0)
    turn.set(names.INTAKE_UNCLEAR, before + 1)
    if before:
        turn.say("utter_intake_unclear_again")
    elif response is not None:
        turn.say(response)


def _ask_again(turn: Turn, question: Question) -> None:
    # A form that reports nothing but its requested slot counts as not having understood.
    turn.set(names.INTAKE_ASKED, question.name)
    turn.set(names.REQUESTED_SLOT, names.INTAKE_ANSWER)


async def _confirm(turn: Turn, intake: Intake) -> None:
    answers, said = dict(turn.slot(names.INTAKE_ANSWERS) or {}), heard(turn, intake)
    wrong = course.correction(intake.questions, answers, None, said)
    if wrong is not None:
        _take(turn, intake, wrong.name)
    elif turn.intent == "affirm":
        await _file_or_keep(turn, intake, answers)
    elif turn.intent == "deny":
        turn.set(names.INTAKE_ASKED, CHANGE)
        turn.set(names.REQUESTED_SLOT, names.INTAKE_ANSWER)
    elif turn.intent in {"nlu_fallback", "give_details"}:
        _choose_change(turn, intake)


def _choose_change(turn: Turn, intake: Intake) -> None:
    """Which answer to change; nothing after all; or something else altogether, for which the form steps aside."""
    answers = dict(turn.slot(names.INTAKE_ANSWERS) or {})
    chosen = course.named_by(course.answered(intake.questions, answers), heard(turn, intake))
    if chosen is not None:
        answers.pop(chosen.name)
        turn.set(names.INTAKE_ANSWERS, answers)
        _ask_again(turn, chosen)
    elif turn.intent in {"affirm", "deny"}:
        _ask_next(turn, intake, answers)
    elif turn.intent in _NOT_AN_ANSWER:
        _say_unclear(turn, None)
        turn.set(names.INTAKE_ASKED, CHANGE)
        turn.set(names.REQUESTED_SLOT, names.INTAKE_ANSWER)


async def _file_or_keep(turn: Turn, intake: Intake, answers: dict[str, Any]) -> None:
    """While it cannot be filed nothing is lost: the same yes is asked for again."""
    try:
        await _file(turn, intake, answers)
    except AccountApiError as error:
        logger.warning("intake not filed", conversation_id=turn.conversation_id, error=type(error).__name__)
        turn.say("utter_intake_not_filed")
        turn.set(names.INTAKE_ASKED, CONFIRM)
        turn.set(names.REQUESTED_SLOT, names.INTAKE_ANSWER)


async def _file(turn: Turn, intake: Intake, answers: dict[str, Any]) -> None:
    filed = await file_hand_off(
        turn,
        intake.reason,
        department=intake.department,
        assistant_continues=True,
        summary=intake.summary,
        topic=intake.topic,
        details=details_of(intake, answers),
    )
    finish_form(turn)
    if filed.host:
        turn.say("utter_intake_host_told", host=filed.host)
    reference = turn.wording.reference(filed.reference)
    if filed.open_now or filed.opens_at is None:
        turn.say("utter_intake_filed", reference=reference)
    else:
        turn.say("utter_intake_filed_closed", reference=reference, opens_at=turn.wording.opening(filed.opens_at))


def _answers_yet(turn: Turn, intake: Intake, asked: str) -> bool:
    """Words that elsewhere would end the form, and here answer its question.

    "Skip" sounds like giving up where there is something to skip; so does "take it off". And whoever is asked what
    went wrong may be upset about it. "Mrs. Castle" asks for her, and says who is visited.
    """
    said, question = heard(turn, intake), next((one for one in intake.questions if one.name == asked), None)
    if question is None or turn.intent not in {"cancel", "upset", "ask_person"}:
        return False
    if reading.asks_to_skip(said):
        return True
    if turn.intent == "ask_person":
        return reading.names_somebody(question, said)
    if turn.intent == "upset":
        return question.kind is Kind.TEXT and "upset" in intake.intents
    return reading.leaves_out(question, said) or reading.wishes_in_words(question, said)


def _question(intake: Intake, name: str) -> Question:
    return next(question for question in intake.questions if question.name == name)


def _summary(turn: Turn, intake: Intake) -> str:
    """Everything that was understood: `Start date: Tuesday, December 1. Address: 12 Oak Street.`"""
    answers = turn.slot(names.INTAKE_ANSWERS) or {}
    wording = turn.wording
    parts = [
        f"{question.label[turn.language]}: {said_back(question, answers[question.name], wording)}"
        for question in course.answered(intake.questions, answers)
    ]
    return " ".join(part if part.endswith((".", "!", "?")) else f"{part}." for part in parts)


def _options(turn: Turn, question: Question) -> list[dict[str, str]] | None:
    if question.kind is Kind.YES_NO:
        words = {"en": ("Yes", "No"), "es": ("Sí", "No")}[turn.language]
        return [
            {"title": title, "payload": payload} for title, payload in zip(words, ("/affirm", "/deny"), strict=True)
        ]
    if question.kind is Kind.PHONE and turn.channel == "sms":
        return [{"title": {"en": "This phone", "es": "Este teléfono"}[turn.language], "payload": "/use_calling_number"}]
    return [
        {"title": option.title[turn.language], "payload": f'/intake_choice{{"choice":"{option.value}"}}'}
        for option in question.options
    ] or None


def _changes(turn: Turn, intake: Intake) -> list[dict[str, str]]:
    """What may be changed, each by its number."""
    known: Sequence[Question] = course.answered(intake.questions, turn.slot(names.INTAKE_ANSWERS) or {})
    return [
        {"title": question.label[turn.language], "payload": f'/give_details{{"digits":"{number}"}}'}
        for number, question in enumerate(known, start=1)
    ]
