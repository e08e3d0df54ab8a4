"""The question that every list of things to see to asks of one of them: what was done?"""

from uuid import UUID

from backend.console.forms import feet, form
from backend.console.page import LivePage
from backend.console.pen import Pen
from backend.console.sheet import OnDeed


def ask_what_was_done(page: LivePage, item_id: UUID, finish: OnDeed) -> None:
    """Ask in the dialog; `finish` gets the item's id as the deed's value, and the words in the field `note`."""
    t = page.t

    def draw(pen: Pen) -> None:
        with form(pen, t, "done", value=item_id) as fields:
            fields.words("note", t("item_what_done"), help=t("why_kept"), autofocus=True)
            with feet(pen):
                fields.cancel()
                fields.send(t("item_done_now"))

    page.ask(t("item_done_title"), draw, finish)
