"""A part of a page that is written as a whole and travels as one piece, only when it differs from what is shown.

An element of NiceGUI costs a third of a millisecond, a table has a thousand: what a page mostly shows is written
with a `Pen`. Buttons in it name a deed (`data-deed`), forms as well; both come back as a `Deed`.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from json import dumps
from typing import Any

import structlog
from nicegui.element import Element

from backend.console.pen import Pen
from backend.errors import place_of

log = structlog.get_logger("backend.console")
Draw = Callable[[Pen], None]


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody asks for: a button (`value`), or a form that was sent (`fields`; `chosen` of its boxes)."""

    name: str
    value: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    chosen: tuple[str, ...] = ()
    form: str = ""
    """The id of the form; empty for a button."""


OnDeed = Callable[[Deed], Awaitable[bool | None]]
"""Carries it out. False: it was refused, so what was typed into the form stays."""


class Sheet(Element):
    """Nothing until `show` has drawn something. Without `on_deed` it is only looked at."""

    def __init__(self, on_deed: OnDeed | None = None, kind: str = "div", css: str = "") -> None:
        super().__init__(kind)
        if css:
            self.classes(css)
        self._on_deed = on_deed
        if on_deed is None:
            return
        self.on("click", lambda event: self._carry_out(event.args), js_handler="(e) => headgate.press(e, emit)")
        self.on("submit", lambda event: self._carry_out(event.args), js_handler="(e) => headgate.send(e, emit)")

    def show(self, draw: Draw) -> None:
        """Draw it; what is the same as before stays untouched in the browser."""
        pen = Pen()
        draw(pen)
        if self._props.get("innerHTML") != pen.html:
            self._props["innerHTML"] = pen.html
            self.update()

    async def _carry_out(self, arguments: Any) -> None:
        deed = _deed(arguments)
        if deed is None or self._on_deed is None:
            return
        done = False
        try:
            done = await self._on_deed(deed) is not False
        except Exception as problem:
            # Only the type and the place: the message of an exception can hold customer data.
            log.error("console_deed_failed", deed=deed.name, kind=type(problem).__name__, place=place_of(problem))
            self.client.run_javascript("headgate.failed()")
        finally:
            if deed.form:
                self.client.run_javascript(f"headgate.settle({dumps(deed.form)}, {dumps(done)})")


def _deed(arguments: Any) -> Deed | None:
    """The browser's word is not to be trusted for types."""
    if not isinstance(arguments, dict) or not isinstance(arguments.get("deed"), str):
        return None
    given, chosen = arguments.get("fields"), arguments.get("chosen")
    given = given if isinstance(given, dict) else {}
    fields = {str(key): value for key, value in given.items() if isinstance(value, str)}
    boxes = tuple(one for one in chosen if isinstance(one, str)) if isinstance(chosen, list) else ()
    return Deed(arguments["deed"], str(arguments.get("value") or ""), fields, boxes, str(arguments.get("form") or ""))
