"""Forms in a sheet: fields with their labels, and what was typed read back into amounts, days and words."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from backend.console.pen import Pen
from backend.console.seat import Refusal
from backend.console.words import Wording

WORDS_LENGTH_MAX = 2_000
_AMOUNT = re.compile(r"\$?\s*([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,15})(?:\.([0-9]{1,2}))?")


class Form:
    """One form that is being written; its fields have ids of their own and keep what is typed."""

    def __init__(self, pen: Pen, t: Wording, form_id: str) -> None:
        self._pen, self._t, self._id = pen, t, form_id

    def field(self, name: str, label: str, kind: str = "text", *, help: str = "", **attributes: object) -> None:
        """A one-line field. `kind` is of an <input>; `amount` is money."""
        given: dict[str, object] = {"autocomplete": "off", **attributes}
        if kind == "amount":
            kind = "text"
            given |= {"inputmode": "decimal", "placeholder": "0.00"}
        with self._labelled(name, label, help, given):
            self._pen("input", id=self._field_id(name), name=name, type=kind, **given)

    @property
    def t(self) -> Wording:
        """The language of the form."""
        return self._t

    def words(
        self, name: str, label: str, *, help: str = "", rows: int = 2, filled: str = "", **attributes: object
    ) -> None:
        """A field for sentences; `filled` stands in it at first."""
        given: dict[str, object] = {"maxlength": WORDS_LENGTH_MAX, "rows": rows, **attributes}
        with self._labelled(name, label, help, given):
            self._pen("textarea", filled, id=self._field_id(name), name=name, **given)

    def choice(
        self, name: str, label: str, options: Sequence[tuple[str, str]], *, chosen: str = "", help: str = ""
    ) -> None:
        """One of several: (value, words)."""
        given: dict[str, object] = {}
        with (
            self._labelled(name, label, help, given),
            self._pen.within("select", id=self._field_id(name), name=name, **given),
        ):
            for value, words in options:
                self._pen("option", words, value=value, selected=value == chosen)

    def radios(self, name: str, legend: str, options: Sequence[tuple[str, str]], *, chosen: str = "") -> None:
        """One of a few, all of them seen: (value, words)."""
        with self._pen.within("fieldset", "radios"):
            self._pen("legend", legend)
            for value, words in options:
                with self._pen.within("label", "radio"):
                    self._pen("input", type="radio", name=name, value=value, checked=value == chosen)
                    self._pen("span", words)

    def send(self, words: str, css: str = "button main", **attributes: object) -> None:
        self._pen("button", words, css, type="submit", **attributes)

    def cancel(self) -> None:
        """Closes the dialog that the form is in."""
        self._pen("button", self._t("cancel"), "button", type="button", data_close=True)

    def _field_id(self, name: str) -> str:
        return f"{self._id}-{name}"

    @contextmanager
    def _labelled(self, name: str, label: str, help: str, given: dict[str, object]) -> Iterator[None]:
        field_id = self._field_id(name)
        with self._pen.within("div", "field"):
            self._pen("label", label, for_=field_id)
            if help:
                given["aria_describedby"] = f"{field_id}-help"
            yield
            if help:
                self._pen("p", help, "help", id=f"{field_id}-help")


@contextmanager
def form(
    pen: Pen, t: Wording, deed: str, *, key: str = "", value: object = "", css: str = "form", **attributes: object
) -> Iterator[Form]:
    """A form that asks for `deed`; `key` makes that its work is done once however often it arrives."""
    form_id = f"form-{deed}"
    with pen.within("form", css, id=form_id, data_deed=deed, data_value=value, novalidate=True, **attributes):
        if key:
            pen("input", type="hidden", name="key", value=key)
        yield Form(pen, t, form_id)


@contextmanager
def feet(pen: Pen) -> Iterator[None]:
    """The buttons at the end of a form."""
    with pen.within("div", "feet"):
        yield


def cents_in(fields: Mapping[str, str], name: str, *, least: int = 1) -> int:
    """The amount that was typed: `45`, `45.5`, `$1,234.50`.

    :raises Refusal: `amount_needed`; `amount_unreadable`, also for more digits than money has, or less than `least`.
    """
    typed = fields.get(name, "").strip()
    if not typed:
        raise Refusal("amount_needed", field=name)
    found = _AMOUNT.fullmatch(typed)
    if found is None:
        raise Refusal("amount_unreadable", field=name)
    cents = int(found[1].replace(",", "")) * 100 + int((found[2] or "0").ljust(2, "0"))
    if cents < least:
        raise Refusal("amount_unreadable", field=name)
    return cents


def day_in(fields: Mapping[str, str], name: str) -> date | None:
    """The day that was chosen; None for none.

    :raises Refusal: `day_unreadable`.
    """
    typed = fields.get(name, "").strip()
    if not typed:
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError as unreadable:
        raise Refusal("day_unreadable", field=name) from unreadable


def moment_in(fields: Mapping[str, str], name: str, zone: ZoneInfo) -> datetime | None:
    """The day and hour that were chosen, by the clock of `zone`; None for none.

    :raises Refusal: `time_unreadable`.
    """
    typed = fields.get(name, "").strip()
    if not typed:
        return None
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=zone).astimezone(UTC)
    except ValueError as unreadable:
        raise Refusal("time_unreadable", field=name) from unreadable


def words_in(fields: Mapping[str, str], name: str, *, needed: bool = True) -> str:
    """The words that were typed.

    :raises Refusal: `words_needed`.
    """
    typed = fields.get(name, "").replace("\x00", "").strip()[:WORDS_LENGTH_MAX]
    if needed and not typed:
        raise Refusal("words_needed", field=name)
    return typed


def needed_day(given: Mapping[str, str], name: str) -> date:
    """:raises Refusal: `day_needed`, `day_unreadable`."""
    day = day_in(given, name)
    if day is None:
        raise Refusal("day_needed", field=name)
    return day
