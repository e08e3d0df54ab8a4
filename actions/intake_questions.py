"""Questions that several topics ask alike."""

from dataclasses import replace

from actions.intake_types import Kind, Option, Question

PHONE = Question("phone", Kind.PHONE, {"en": "Phone", "es": "Teléfono"})
OCCUPANT = Question(
    "occupant",
    Kind.CHOICE,
    {"en": "Owner or renter", "es": "Dueño o inquilino"},
    options=(
        Option("owner", {"en": "I own it", "es": "Es mía"}, r"\b(own|owner|bought|mía|mia|dueñ|duen|compr)"),
        Option("renter", {"en": "I rent it", "es": "La rento"}, r"\b(rent|tenant|lease|inquilin|alquil)"),
    ),
)
ADULT_HOME = Question("home", Kind.YES_NO, {"en": "An adult is there", "es": "Hay un adulto"})


def address(english: str = "Address", spanish: str = "Dirección") -> Question:
    """Where: number and street."""
    return Question("address", Kind.ADDRESS, {"en": english, "es": spanish})


def optional(question: Question) -> Question:
    """The same question, which may be passed over."""
    return replace(question, optional=True)
