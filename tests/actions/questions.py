"""Questions of an intake, and messages as the readers of answers take them."""

from datetime import date
from typing import Any

from actions.intake_types import Heard, Kind, Option, Question

TODAY = date(2026, 11, 23)
OWNER = Option("owner", {"en": "I own it", "es": "Es mía"}, r"\b(own|mía|dueñ)")
RENTER = Option("renter", {"en": "I rent it", "es": "La rento"}, r"\b(rent|inquilin)")
ADDRESS = Question("address", Kind.ADDRESS, {"en": "Service address", "es": "Dirección"})
START = Question("start_on", Kind.DATE, {"en": "Start date", "es": "Fecha de inicio"}, days=(0, 60))
NAME = Question("name", Kind.NAME, {"en": "Name", "es": "Nombre"})
OCCUPANT = Question("occupant", Kind.CHOICE, {"en": "Owner or renter", "es": "Dueño"}, options=(OWNER, RENTER))
LANDLORD = Question(
    "landlord", Kind.NAME, {"en": "Landlord", "es": "Casero"}, when=lambda known: known.get("occupant") == "renter"
)
EMAIL = Question("email", Kind.EMAIL, {"en": "E-mail", "es": "Correo"}, optional=True)
MONTHLY = Question("monthly", Kind.AMOUNT, {"en": "Each month", "es": "Cada mes"})
PLAN = Question("monthly", Kind.AMOUNT, {"en": "Each month", "es": "Cada mes"}, in_parts=True)
PHONE = Question("phone", Kind.PHONE, {"en": "Phone", "es": "Teléfono"})
NOTES = Question("notes", Kind.TEXT, {"en": "Notes", "es": "Notas"})
QUESTIONS = (ADDRESS, START, NAME, OCCUPANT, LANDLORD, EMAIL)


def heard(text: str, intent: str = "nlu_fallback", confidence: float = 0.4, **entities: Any) -> Heard:
    return Heard(text, intent, confidence, {kind: [value] for kind, value in entities.items()}, TODAY)
