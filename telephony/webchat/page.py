"""The demonstration page of the district, with the chat on it; English and Spanish from one template."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from telephony.backend_client import notices_from
from telephony.district import District, shown
from telephony.messages import Language
from telephony.settings import Settings
from telephony.webchat.page_words import DAYS, MONTHS, WORDS

STATIC = Path(__file__).parent / "static"


@lru_cache(maxsize=8)
def static_file(name: str) -> bytes:
    """A file of the page, read once."""
    return (STATIC / name).read_bytes()


@lru_cache(maxsize=1)
def _template() -> Template:
    return Template(static_file("page.html").decode("utf-8"))


def render_page(language: Language, district: District, settings: Settings) -> str:
    """The whole page. What the backend has not told yet is left out."""
    words = WORDS[language]
    facts = district.facts
    other: Language = "en" if language == "es" else "es"
    values = {name: escape(text) for name, text in words.items()}
    values |= {
        "language": language,
        "other_language": other,
        "other_path": "/es" if other == "es" else "/",
        "other_name": WORDS[other]["language_name"],
        "district": escape(district.name or "Headgate"),
        "phone": escape(shown(district.phone)),
        "phone_link": escape(district.phone or ""),
        "emergency": escape(shown(district.emergency_phone)),
        "emergency_link": escape(district.emergency_phone or ""),
        "text_number": escape(shown(settings.twilio_number)),
        "text_link": escape(settings.twilio_number),
        "open_line": escape(open_line(facts, language)),
        "open_state": "open" if facts.get("open_now") else "closed",
        "hours": _hours(facts, language),
        "closures": _closures(facts, language),
        "locations": _locations(facts, language),
        "demonstration": _demonstration(words, settings),
        "notices": _notices(language, facts),
        "widget": _widget(language, district, settings),
    }
    return _template().substitute(values)


def _demonstration(words: Mapping[str, str], settings: Settings) -> str:
    if not settings.demo:
        return ""
    links = f'<a href="/simulator">{escape(words["simulator"])}</a> '
    links += f'<a href="{escape(settings.backend_url)}/console">{escape(words["console"])}</a>'
    return (
        f'<aside class="demonstration" aria-label="{escape(words["demonstration_label"])}"><div class="wide">'
        f"<p>{escape(words['demonstration_note'])}</p><p>{links}</p></div></aside>"
    )


def _notices(language: Language, facts: Mapping[str, Any]) -> str:
    """What holds now: an emergency with its zones, the billing system down."""
    lines = []
    for raw, notice in zip(facts.get("notices") or (), notices_from(facts.get("notices")), strict=False):
        zones = ", ".join(str(zone) for zone in raw.get("zones") or ())
        where = f"<strong>{escape(zones)}</strong>: " if zones else ""
        lines.append(f"<p>{where}{escape(notice.text[language])}</p>")
    if not lines:
        return ""
    label = escape(WORDS[language]["notices_label"])
    return f'<aside class="notices" aria-label="{label}"><div class="wide">{"".join(lines)}</div></aside>'


def _widget(language: Language, district: District, settings: Settings) -> str:
    demo = " demonstration" if settings.demo else ""
    name, phone = escape(district.name, quote=True), escape(shown(district.phone), quote=True)
    return f'<headgate-chat lang="{language}" district="{name}" phone="{phone}"{demo}></headgate-chat>'


def open_line(facts: Mapping[str, Any], language: Language) -> str:
    """ "Open now until 5:30 p.m." or when it opens next; empty when nobody knows."""
    words = WORDS[language]
    if facts.get("open_now"):
        closes = _moment(facts.get("closes_at"))
        return words["open_until"].format(time=clock(closes, language)) if closes else words["open"]
    opens = _moment(facts.get("opens_at"))
    if opens is None:
        return words["closed"] if facts else ""
    return words["opens"].format(day=DAYS[language][opens.weekday()], time=clock(opens, language))


def clock(moment: datetime, language: Language) -> str:
    """A time of day as people here write it: `5:30 p.m.`."""
    half = {"en": ("a.m.", "p.m."), "es": ("a. m.", "p. m.")}[language][moment.hour >= 12]
    return f"{(moment.hour - 1) % 12 + 1}:{moment.minute:02d} {half}"


def _moment(raw: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(raw)) if raw else None
    except ValueError:
        return None


def _hours(facts: Mapping[str, Any], language: Language) -> str:
    rows = []
    for part in facts.get("hours") or ():
        days = [DAY_NUMBERS[day] for day in part.get("days", ()) if day in DAY_NUMBERS]
        opens, closes = (_moment(f"2000-01-01T{part.get(end)}") for end in ("opens", "closes"))
        if not days or opens is None or closes is None:
            continue
        names = DAYS[language]
        span = names[days[0]] if len(days) == 1 else f"{names[days[0]]} – {names[days[-1]]}"
        every = f" ({WORDS[language]['every_other']})" if part.get("every_other_week") else ""
        times = f"{clock(opens, language)} – {clock(closes, language)}"
        rows.append(f"<div><dt>{escape(span[0].upper() + span[1:] + every)}</dt><dd>{escape(times)}</dd></div>")
    return "".join(rows)


def _closures(facts: Mapping[str, Any], language: Language) -> str:
    items = []
    for closure in (facts.get("next_closures") or ())[:3]:
        day, name = _moment(closure.get("date")), (closure.get("name") or {}).get(language)
        if day is None or not name:
            continue
        month = MONTHS[language][day.month - 1]
        written = f"{month} {day.day}" if language == "en" else f"{day.day} de {month}"
        items.append(f"<li>{escape(written)}: {escape(str(name))}</li>")
    if not items:
        return ""
    return f"<p>{escape(WORDS[language]['closed_on'])}</p><ul>{''.join(items)}</ul>"


def _locations(facts: Mapping[str, Any], language: Language) -> str:
    rows = []
    for place in facts.get("locations") or ():
        name, hours = (_in(place.get(key), language) for key in ("name", "hours"))
        address = escape(str(place.get("address") or ""))
        rows.append(f"<li><h3>{escape(name)}</h3><p>{address}</p><p>{escape(hours)}</p></li>")
    return "".join(rows)


def _in(text: object, language: Language) -> str:
    return str(text.get(language) or "") if isinstance(text, dict) else str(text or "")


DAY_NUMBERS = {
    day: number
    for number, day in enumerate(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"))
}
