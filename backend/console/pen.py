"""Writes HTML for a `Sheet`. Every text and every attribute is escaped here, so nothing that is shown is markup."""

from collections.abc import Iterator
from contextlib import contextmanager
from html import escape

_VOID = frozenset({"input", "br", "hr", "img"})


class Pen:
    """Elements one after another, in the names of `tags.tag`: `for_="…"` is `for`, `aria_label="…"` is `aria-label`.

        pen = Pen()
        with pen.within("ul", "lines"):
            pen("li", "words", "css classes", data_id=7)
        pen.html

    An attribute that is None or False is left out; True is written without a value.
    """

    def __init__(self) -> None:
        self._parts: list[str] = []

    @property
    def html(self) -> str:
        return "".join(self._parts)

    def __call__(self, kind: str, text: str = "", css: str = "", /, **attributes: object) -> None:
        """One whole element with words in it."""
        self._open(kind, css, attributes)
        if kind not in _VOID:
            self._parts.append(f"{escape(text, quote=False)}</{kind}>")

    @contextmanager
    def within(self, kind: str, css: str = "", /, **attributes: object) -> Iterator[None]:
        """An element around what is written inside the block."""
        self._open(kind, css, attributes)
        yield
        self._parts.append(f"</{kind}>")

    def text(self, text: str) -> None:
        """Words without an element of their own."""
        self._parts.append(escape(text, quote=False))

    def link(self, text: str, href: str, css: str = "", **attributes: object) -> None:
        self("a", text, css, href=href, **attributes)

    def button(self, text: str, deed: str, value: object = "", css: str = "button", **attributes: object) -> None:
        """A button that asks its sheet's page for `deed` with `value`."""
        named = {"id": f"{deed}-{value}" if value != "" else deed} | attributes
        self("button", text, css, type="button", data_deed=deed, data_value=value, **named)

    def _open(self, kind: str, css: str, attributes: dict[str, object]) -> None:
        add = self._parts.append
        add(f'<{kind} class="{escape(css)}"' if css else f"<{kind}")
        for key, value in attributes.items():
            if value is None or value is False:
                continue
            name = key.rstrip("_").replace("_", "-")
            add(f" {name}" if value is True else f' {name}="{escape(str(value))}"')
        add(">")
