"""Pages for whoever comes by a link: what happened and what to do, in both languages, readable by themselves."""

from collections.abc import Mapping
from html import escape
from string import Template

from telephony.district import District, shown
from telephony.messages import Language
from telephony.settings import Settings

Words = Mapping[Language, tuple[str, str]]
"""A heading and what to do, by language."""

HOW: dict[Language, tuple[str, str, str]] = {
    "en": ("Text “my bill” to", "Call", "Chat on our page"),
    "es": ("Envíe «mi factura» por texto al", "Llame al", "Use el chat de nuestra página"),
}
NOTE: dict[Language, str] = {
    "en": "This is a demonstration. The district and its telephone numbers are made up.",
    "es": "Esto es una demostración. El distrito y sus números de teléfono son ficticios.",
}

_PAGE = Template("""<!doctype html>
<html lang="$first">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<title>$title · $district</title>
<style>
body{margin:0;font:1.125rem/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
body{color:#12303b;background:#e8f3f6}
header,main{max-width:40rem;margin:0 auto;padding:1.25rem}
header p{margin:0;font-weight:650;color:#083a50}
section{background:#fff;border-top:4px solid #0b4f6c;border-radius:.75rem;padding:1.25rem 1.5rem;margin-bottom:1.25rem}
h1,h2{font-size:1.5rem;line-height:1.25;margin:0 0 .5rem}
p{margin:0 0 .5rem}
ul{margin:0;padding-left:1.25rem}
li{padding:.25rem 0}
a{color:#0b4f6c}
a:focus-visible{outline:3px solid #b4531a;outline-offset:3px;border-radius:4px}
.demonstration{background:#fff4e0;color:#5a3a06;padding:.5rem 1.25rem;margin:0;font-size:1rem}
</style>
</head>
<body>
$demonstration<header><p>$district</p></header>
<main>
$sections
</main>
</body>
</html>
""")


def render_page(words: Words, first: Language, district: District, settings: Settings) -> str:
    """The page that says these words, with the language of the browser first."""
    order: tuple[Language, Language] = ("es", "en") if first == "es" else ("en", "es")
    sections = [_section(words, language, place, district, settings) for place, language in enumerate(order)]
    notes = [f'<p class="demonstration" lang="{each}">{escape(NOTE[each])}</p>\n' for each in order]
    return _PAGE.substitute(
        first=first,
        title=escape(words[first][0]),
        district=escape(district.name or "Headgate"),
        demonstration=f"<aside>{''.join(notes)}</aside>\n" if settings.demo else "",
        sections="\n".join(sections),
    )


def _section(words: Words, language: Language, place: int, district: District, settings: Settings) -> str:
    heading, then = words[language]
    level = "h2" if place else "h1"
    ways = "".join(f"<li>{way}</li>" for way in _ways(language, district, settings))
    return (
        f'<section lang="{language}"><{level}>{escape(heading)}</{level}>\n'
        f"<p>{escape(then)}</p>\n<ul>{ways}</ul></section>"
    )


def _ways(language: Language, district: District, settings: Settings) -> list[str]:
    """Links to a text, a call and the chat."""
    text, call, chat = HOW[language]
    number = settings.twilio_number
    ways = [f'{escape(text)} <a href="sms:{escape(number)}">{escape(shown(number))}</a>']
    if district.phone:
        ways.append(f'{escape(call)} <a href="tel:{escape(district.phone)}">{escape(shown(district.phone))}</a>')
    home = f"{settings.public_url}{'/es' if language == 'es' else '/'}"
    ways.append(f'<a href="{escape(home)}">{escape(chat)}</a>')
    return ways


def prefers_spanish(accept_language: str) -> bool:
    """Which language the browser names first; the page says everything in both."""
    return accept_language.strip().lower().startswith("es")
