"""More time, payment plans and medical protection: open to everybody, decided by people (HSC 116906, 116910)."""

from actions.identity import ACCOUNT_LEVEL
from actions.intake import begin_intake
from actions.intake_questions import PHONE
from actions.intake_registry import Intake, register
from actions.intake_types import Kind, Question
from actions.turn import TopicAction, Turn

EXTENSION = register(
    Intake(
        topic="extension",
        intents=("ask_extension",),
        summary="Asks for more time to pay. Within 13 days of a notice: a right to a review (Gov. Code 60372(c)).",
        department="payments",
        reason="above_authority",
        level=ACCOUNT_LEVEL,
        questions=(
            Question("pay_on", Kind.DATE, {"en": "Can pay on", "es": "Puede pagar el"}, days=(0, 60)),
            Question("why", Kind.TEXT, {"en": "Note", "es": "Nota"}, optional=True),
            PHONE,
        ),
    )
)
PAYMENT_PLAN = register(
    Intake(
        topic="payment_plan",
        intents=("ask_payment_plan",),
        summary="Asks for a payment plan (HSC 116906: open to any customer; usually within 12 months).",
        department="payments",
        reason="above_authority",
        level=ACCOUNT_LEVEL,
        questions=(
            Question("monthly", Kind.AMOUNT, {"en": "Each month", "es": "Cada mes"}, in_parts=True),
            Question("first_on", Kind.DATE, {"en": "First payment", "es": "Primer pago"}, days=(0, 45)),
            PHONE,
        ),
    )
)
MEDICAL = register(
    Intake(
        topic="medical",
        intents=("ask_medical_protection",),
        summary="Asks for medical protection (HSC 116910(a)). Hold the account until the doctor's form is decided on.",
        department="payments",
        reason="above_authority",
        level=ACCOUNT_LEVEL,
        questions=(
            Question("who", Kind.TEXT, {"en": "Who and for what", "es": "Quién y para qué"}),
            Question("doctor", Kind.YES_NO, {"en": "Doctor's form", "es": "Forma del médico"}),
            Question("program", Kind.YES_NO, {"en": "In a program", "es": "En un programa"}),
            Question("plan", Kind.YES_NO, {"en": "Agrees to a plan", "es": "Acepta un plan"}),
            PHONE,
        ),
    )
)


class ActionExtension(TopicAction):
    """More time for one bill."""

    def name(self) -> str:
        return "action_extension"

    async def answer(self, turn: Turn) -> None:
        await begin_intake(turn, EXTENSION, self.name(), opening="utter_extension")


class ActionPaymentPlan(TopicAction):
    """What is owed, in parts."""

    def name(self) -> str:
        return "action_payment_plan"

    async def answer(self, turn: Turn) -> None:
        await begin_intake(turn, PAYMENT_PLAN, self.name(), opening="utter_payment_plan")


class ActionMedicalProtection(TopicAction):
    """Water that somebody's health depends on."""

    def name(self) -> str:
        return "action_medical_protection"

    async def answer(self, turn: Turn) -> None:
        await begin_intake(turn, MEDICAL, self.name(), opening="utter_medical")
