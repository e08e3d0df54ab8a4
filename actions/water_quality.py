"""Color, smell, taste, and illness. The assistant never says that water is safe: only approved notices do."""

from actions.intake import begin_intake
from actions.intake_questions import PHONE, address
from actions.intake_registry import Intake, register
from actions.intake_types import Kind, Option, Question
from actions.person import hand_off
from actions.turn import TopicAction, Turn

WATER_QUALITY = register(
    Intake(
        topic="water_quality",
        intents=("report_water_quality",),
        summary="Reports the color, smell or taste of the water.",
        department="water_quality",
        reason="above_authority",
        questions=(
            address(),
            Question("what", Kind.TEXT, {"en": "Noticed", "es": "Notó"}),
            Question(
                "taps",
                Kind.CHOICE,
                {"en": "Water", "es": "Agua"},
                options=(
                    Option(
                        "cold", {"en": "Cold", "es": "Fría"}, r"^(?!.*\b(hot|both|caliente|dos)\b).*\b(cold|fr[ií]a)"
                    ),
                    Option(
                        "hot", {"en": "Hot", "es": "Caliente"}, r"^(?!.*\b(cold|both|fr[ií]a|dos)\b).*\b(hot|caliente)"
                    ),
                    Option("both", {"en": "Both", "es": "Las dos"}, r"\b(both|all|las dos|ambas|todas)\b|hot and cold"),
                ),
            ),
            Question("since", Kind.TEXT, {"en": "Since", "es": "Desde"}),
            PHONE,
        ),
    )
)


class ActionWaterQuality(TopicAction):
    """What to do meanwhile, then everything the water quality staff asks."""

    def name(self) -> str:
        return "action_water_quality"

    async def answer(self, turn: Turn) -> None:
        await begin_intake(turn, WATER_QUALITY, self.name(), opening="utter_water_quality")


class ActionIllness(TopicAction):
    """Somebody is ill: 911, do not drink, and a person at once, day or night."""

    def name(self) -> str:
        return "action_illness"

    async def answer(self, turn: Turn) -> None:
        turn.say("utter_illness")
        await hand_off(turn, "emergency", department="emergency")
