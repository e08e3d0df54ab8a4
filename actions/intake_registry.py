"""The intakes that topics have: what is asked for each, and where it goes."""

from dataclasses import dataclass
from typing import Any

from actions.intake_course import answered
from actions.intake_types import Answers, Question
from actions.intake_wording import for_the_case

_intakes: dict[str, "Intake"] = {}


@dataclass(frozen=True, slots=True)
class Intake:
    """What is asked for a topic, and where it goes. `level` is the verification level it needs (0: none).

    `summary` is the first sentence of the case, in English; `intents` are answers inside it: those that start it, and
    what else people say of it.
    """

    topic: str
    questions: tuple[Question, ...]
    summary: str
    department: str = "customer_service"
    reason: str = "request"
    level: int = 0
    intents: tuple[str, ...] = ()


def register(intake: Intake) -> Intake:
    """Make the topic's intake known to the form."""
    _intakes[intake.topic] = intake
    return intake


def intake_called(topic: object) -> Intake | None:
    """The intake of a topic; None when there is none (any more)."""
    return _intakes.get(str(topic))


def registered() -> dict[str, Intake]:
    """Every intake by its topic."""
    return dict(_intakes)


def details_of(intake: Intake, answers: Answers) -> list[dict[str, Any]]:
    """What was gathered so far, as the case has it."""
    return [
        {
            "name": question.name,
            "label": dict(question.label),
            "value": for_the_case(question, answers[question.name]),
        }
        for question in answered(intake.questions, answers)
    ]
