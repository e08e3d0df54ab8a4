"""Bills by e-mail, or on paper again."""

from actions.options import Change, begin_change, register
from actions.turn import TopicAction, Turn

ON = register(
    Change("paperless_on", "paperless", on=True, start="action_start_paperless", is_so=lambda found: found.paperless)
)
OFF = register(
    Change(
        "paperless_off", "paperless", on=False, start="action_stop_paperless", is_so=lambda found: not found.paperless
    )
)


class ActionStartPaperless(TopicAction):
    """Bills by e-mail from now on."""

    def name(self) -> str:
        return ON.start

    async def answer(self, turn: Turn) -> None:
        await begin_change(turn, ON)


class ActionStopPaperless(TopicAction):
    """Bills on paper again."""

    def name(self) -> str:
        return OFF.start

    async def answer(self, turn: Turn) -> None:
        await begin_change(turn, OFF)
