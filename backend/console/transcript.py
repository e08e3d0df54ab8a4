"""The conversation as a log that grows, and the form for an answer."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from json import dumps

from nicegui.elements.mixins.text_element import TextElement

from backend.console.tags import ENTER_SENDS, button, form, set_text, tag
from backend.console.views import Case, Line
from backend.console.words import Wording

ANSWER_LENGTH_MAX = 1600


class Transcript:
    """The lines so far; `show` adds what is new, and renews a line whose words were masked afterwards."""

    def __init__(self, t: Wording, language: str) -> None:
        self._t = t
        self._texts: dict[int, TextElement] = {}
        attributes = {"aria_label": t("transcript"), "lang": language, "id": "transcript"}
        with tag("div", css="transcript", role="log", tabindex="0", **attributes):
            self._list = tag("ol", css="lines")
        self._empty = tag("p", t("transcript_empty"), "empty")

    def show(self, case: Case, now: datetime) -> None:
        for line in case.lines:
            shown = self._texts.get(line.seq)
            if shown is not None:
                set_text(shown, line.text)
                continue
            with self._list:
                self._texts[line.seq] = self._add(line, now)
        if case.lines:
            self._empty.classes("gone")

    def _add(self, line: Line, now: datetime) -> TextElement:
        who = self._t.known("said", line.sender, "said_system")
        with tag("li", css=f"line {line.sender}", data_seq=line.seq):
            with tag("p", css="by", lang=self._t.language):
                tag("strong", f"{line.name} ({who})" if line.name else who)
                tag("time", self._t.clock_time(line.at, now), datetime=line.at.isoformat())
            return tag("p", line.text, "text", dir="auto")


class Composer:
    """The box for an answer. What is typed stays in the browser until it is sent, across reloads too."""

    def __init__(self, t: Wording, case: Case, greeting: str, send: Callable[[str], Awaitable[None]]) -> None:
        label = t.known("answer_to", case.item.channel, "answer")
        with form(lambda fields: send(fields.get("answer", "")), "composer", data_composer=True):
            with tag("div", css="composer-head"):
                tag("label", label, for_="answer")
                insert = button(t("greeting"), lambda: None, "button quiet")
                insert.on("click", js_handler=f"() => headgate.insert({dumps(greeting)})")
            box = tag(
                "textarea",
                css="answer",
                id="answer",
                name="answer",
                rows="3",
                maxlength=ANSWER_LENGTH_MAX,
                lang=case.item.language,
                aria_describedby="answer-help",
                data_draft=case.item.id,
            )
            box.on("keydown", js_handler=ENTER_SENDS)
            with tag("div", css="composer-foot"):
                tag("p", t("answer_help"), "help", id="answer-help")
                tag("button", t("send"), "button main", type="submit")
