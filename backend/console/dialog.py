"""A question in the middle of the page: the browser's own <dialog>, which holds the focus and gives it back."""

from nicegui import Client

from backend.console.sheet import Deed, Draw, OnDeed, Sheet
from backend.console.tags import button, set_text, tag
from backend.console.words import Wording


class Dialog:
    """One of a page, for whatever is asked next. What was typed stays while a deed is refused."""

    def __init__(self, t: Wording, client: Client) -> None:
        self._client = client
        self._on_deed: OnDeed | None = None
        with tag("dialog", css="dialog", id="dialog", aria_labelledby="dialog-title"):
            with tag("div", css="dialog-head"):
                self._title = tag("h2", id="dialog-title")
                button("×", self.close, "button quiet close", aria_label=t("close"), id="dialog-close")
            self._alert = tag("p", css="notice bad", role="alert", id="dialog-alert")
            self._sheet = Sheet(self._answer, css="dialog-body")

    def open(self, title: str, draw: Draw, on_deed: OnDeed) -> None:
        """Ask. `draw` writes a form (or something to read), `on_deed` gets the answer."""
        self._on_deed = on_deed
        set_text(self._title, title)
        set_text(self._alert, "")
        self._sheet.show(draw)
        self._client.run_javascript("headgate.open()")

    def refuse(self, words: str) -> None:
        """Say why not; the dialog stays open, with everything in it."""
        set_text(self._alert, words)

    def close(self) -> None:
        """The question is answered, or was none."""
        self._client.run_javascript("headgate.close()")

    async def _answer(self, deed: Deed) -> bool | None:
        if self._on_deed is None:
            return False
        set_text(self._alert, "")
        done = await self._on_deed(deed)
        if done is not False:
            self.close()
        return done
