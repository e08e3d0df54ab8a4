"""The course of an intake: which question is next, and what a message says of others than the one asked. Pure."""

import re
from collections.abc import Sequence
from typing import Any

from actions.intake_answers import CORRECTION, QUESTION, read_answer, read_phone
from actions.intake_types import SKIPPED, Answers, Heard, Kind, OutOfRangeError, Question

_STATED_ADDRESS = re.compile(
    r"(?<!\d)\d{1,6}\s+(?:[nsew]\.?\s+)?(?:[\w'’.-]+\s+){1,3}?(?:street|st|avenue|ave|road|rd|drive|dr|lane|ln|court|ct|"
    r"boulevard|blvd|way|place|pl|circle|cir|parkway|pkwy|trail|terrace)\b\.?(?:,?\s+(?:apt|unit|suite|space|lot|#)\s*\w+)?|"
    r"\b(?:calle|avenida)\s+(?:[^\W\d][\w'’.-]*\s+){1,3}?#?\d{1,6}\b",
    re.IGNORECASE,
)
_PHONE_ALONE = re.compile(r"[\d\s().+-]{10,}")
# Kinds that a message shows by themselves, whatever was asked.
_SURE_KINDS = frozenset({Kind.DATE, Kind.EMAIL, Kind.AMOUNT, Kind.PHONE})


def offered_ahead(questions: Sequence[Question], heard: Heard) -> dict[str, Any]:
    """Answers that the first message brings along, such as the day in "start service on the first"."""
    found: dict[str, Any] = {}
    for question in questions:
        if question.name == "address" and (address := _stated_address(heard.text)):
            found[question.name] = address
        if question.kind in _SURE_KINDS and question.kind not in {known.kind for known in _named(questions, found)}:
            try:
                value = read_answer(question, heard) if question.kind is not Kind.PHONE else None
            except OutOfRangeError:
                continue
            if value is not None and value != SKIPPED:
                found[question.name] = value
    return found


def offered_early(questions: Sequence[Question], answers: Answers, heard: Heard) -> dict[str, Any]:
    """Answers to questions that come later: a day while the amount is asked. A question brings none."""
    later = [one for one in questions if one.name not in answers]
    if QUESTION.search(heard.text):
        return {}
    phones = {one.name: read_phone(one, heard) for one in later if one.kind is Kind.PHONE}
    return {name: phone for name, phone in phones.items() if phone} or offered_ahead(later, heard)


def said_alone(questions: Sequence[Question], answers: Answers, asked: Question, heard: Heard) -> dict[str, Any]:
    """The answer to a later question, where that is all the message says: "rent" is nobody's name, a phone no note."""
    if asked.kind not in {Kind.NAME, Kind.TEXT}:
        return {}
    for question in questions:
        if question.name in answers or question is asked:
            continue
        if (
            question.kind is Kind.PHONE
            and _PHONE_ALONE.fullmatch(heard.text)
            and (phone := read_phone(question, heard))
        ):
            return {question.name: phone}
        for option in question.options if asked.kind is Kind.NAME else ():
            if re.fullmatch(
                rf"\W*(?:(?:i|we|i'm|yo|soy|la) )?(?:{option.words})(?: it)?\W*", heard.text, re.IGNORECASE
            ):
                return {question.name: option.value}
    return {}


def _stated_address(text: str) -> str | None:
    """The one address that a longer message names, such as "at 41250 Jefferson St"; not the one somebody moves from."""
    found = list(_STATED_ADDRESS.finditer(text))
    if len(found) != 1 or re.search(r"\b(?:from|de|desde)\s+(?:la\s+)?$", text[: found[0].start()], re.IGNORECASE):
        return None
    return found[0][0]


def _named(questions: Sequence[Question], answers: Answers) -> list[Question]:
    return [question for question in questions if question.name in answers]


def correction(questions: Sequence[Question], answers: Answers, asked: str | None, heard: Heard) -> Question | None:
    """The answered question that the message corrects: "no, the fifth", "actually my e-mail is …".

    Only one whose kind shows by itself and is not the kind that is being asked for.
    """
    if not CORRECTION.search(heard.text):
        return None
    asked_kind = next((question.kind for question in questions if question.name == asked), None)
    for question in reversed(_named(questions, answers)):
        sure = question.kind in _SURE_KINDS | {Kind.ADDRESS, Kind.CHOICE}
        if not sure or question.kind is asked_kind:
            continue
        try:
            value = read_answer(question, heard)
        except OutOfRangeError:
            return question
        if value is not None and value not in (SKIPPED, answers[question.name]):
            return question
    return None


def named_by(questions: Sequence[Question], heard: Heard) -> Question | None:
    """The question whose label the message names, or whose number in the list it gives."""
    numbers = [int(group) for group in heard.entities.get("digits", ()) if group.isdigit() and len(group) <= 2]
    if numbers and 1 <= numbers[0] <= len(questions):
        return questions[numbers[0] - 1]
    said = set(re.findall(r"\w{3,}", heard.text.lower()))
    scored = [
        (len(said & set(re.findall(r"\w{3,}", " ".join(question.label.values()).lower()))), -place)
        for place, question in enumerate(questions)
    ]
    best = max(scored, default=(0, 0))
    return questions[-best[1]] if best[0] > 0 else None


def next_question(questions: Sequence[Question], answers: Answers) -> Question | None:
    """The first question that is asked and has no answer; None when all is known."""
    for question in questions:
        if question.name not in answers and (question.when is None or question.when(answers)):
            return question
    return None


def answered(questions: Sequence[Question], answers: Answers) -> list[Question]:
    """The questions with an answer that still count, in order."""
    return [
        question
        for question in _named(questions, answers)
        if answers[question.name] != SKIPPED and (question.when is None or question.when(answers))
    ]
