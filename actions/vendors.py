"""Suppliers and contractors: deliveries, access, invoices. The assistant knows no gate codes and gives none."""

from actions.intake import begin_intake
from actions.intake_questions import PHONE
from actions.intake_registry import Intake, register
from actions.intake_types import Kind, Question
from actions.turn import TopicAction, Turn

_COMPANY = Question("company", Kind.TEXT, {"en": "Company", "es": "Empresa"})
DELIVERY = register(
    Intake(
        topic="delivery",
        intents=("vendor_delivery",),
        summary="A delivery or a contractor asks for access. Check the list of vendors before opening a gate.",
        department="field_service",
        questions=(
            _COMPANY,
            Question("what", Kind.TEXT, {"en": "Brings", "es": "Trae"}),
            Question("where", Kind.TEXT, {"en": "Place", "es": "Lugar"}),
            Question("on", Kind.DATE, {"en": "Day", "es": "Día"}, days=(0, 60)),
            PHONE,
        ),
    )
)
INVOICE = register(
    Intake(
        topic="invoice",
        intents=("vendor_invoice",),
        summary="A supplier asks about an invoice.",
        questions=(
            _COMPANY,
            Question("what", Kind.TEXT, {"en": "Question", "es": "Pregunta"}),
            PHONE,
        ),
    )
)


class ActionDelivery(TopicAction):
    """A delivery, or a contractor who needs to get in."""

    def name(self) -> str:
        return "action_delivery"

    async def answer(self, turn: Turn) -> None:
        await begin_intake(turn, DELIVERY, self.name(), opening="utter_delivery")


class ActionInvoice(TopicAction):
    """What the district owes a supplier."""

    def name(self) -> str:
        return "action_invoice"

    async def answer(self, turn: Turn) -> None:
        await begin_intake(turn, INVOICE, self.name(), opening="utter_invoice")
