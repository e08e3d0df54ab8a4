"""Plain HTML elements on a NiceGUI page. Text goes through Vue's text nodes, so nothing in it is markup."""

from collections.abc import Callable
from typing import Any

from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement

Handler = Callable[..., Any]
SUBMIT = "(e) => { e.preventDefault(); emit(Object.fromEntries(new FormData(e.target))); }"
ENTER_SENDS = (
    "(e) => { if (e.key === 'Enter' && !e.shiftKey && !e.isComposing)"
    " { e.preventDefault(); e.target.form.requestSubmit(); } }"
)
FOLLOW = "(e) => { if (!(e.ctrlKey || e.metaKey || e.shiftKey || e.button)) { e.preventDefault(); emit(); } }"


def tag(kind: str, /, text: str = "", css: str = "", **attributes: object) -> TextElement:
    """An element `kind`; `aria_label="…"` becomes `aria-label`, `for_` becomes `for`; True is an empty value."""
    element = TextElement(tag=kind, text=text)
    if css:
        element.classes(css)
    for key, value in attributes.items():
        set_attribute(element, key.rstrip("_").replace("_", "-"), value)
    return element


def set_attribute(element: Element, name: str, value: object) -> None:
    """Set, or with None or False take away, one attribute; the page hears of it only when it changes."""
    if value is None or value is False:
        if name in element.props:
            element.props.pop(name)
            element.update()
        return
    written = "" if value is True else str(value)
    if element.props.get(name) != written:
        element.props[name] = written
        element.update()


def set_text(element: TextElement, text: str) -> None:
    """Change the words only when they differ: every change travels to the browser."""
    if element.text != text:
        element.text = text


def button(text: str, on_click: Handler, css: str = "button", **attributes: object) -> TextElement:
    """A native button that calls `on_click()`."""
    made = tag("button", text, css, type="button", **attributes)
    made.on("click", on_click, js_handler="() => emit()")
    return made


def form(on_submit: Handler, css: str = "", **attributes: object) -> TextElement:
    """A native form; `on_submit` gets its fields as a dict of strings when it is sent."""
    made = tag("form", "", css, **attributes)
    made.on("submit", lambda event: on_submit(_fields(event.args)), js_handler=SUBMIT)
    return made


def _fields(arguments: Any) -> dict[str, str]:
    """The browser's word is not to be trusted for types."""
    if not isinstance(arguments, dict):
        return {}
    return {str(key): value for key, value in arguments.items() if isinstance(value, str)}
