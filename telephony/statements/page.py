"""The page instead of a statement: what happened and what to do, in both languages, readable without anything else."""

from html import escape
from string import Template

from telephony.district import District, shown
from telephony.messages import Language
from telephony.settings import Settings

WORDS: dict[str, dict[Language, tuple[str, str]]] = {
    "gone": {
        "en": (
            "This link does not open a bill any more",
            "Links to bills end after some days to keep your account safe, or part of the address may be missing."
            " You can have a new one at once:",
        ),
        "es": (
            "Este enlace ya no abre una factura",
            "Los enlaces a facturas terminan después de unos días para proteger su cuenta, o quizás falta una parte"
            " de la dirección. Puede obtener uno nuevo enseguida:",
        ),
    },
    "away": {
        "en": (
            "We cannot open your bill just now",
            "Your link is kept. Please open it again in a few minutes. If it does not help:",
        ),
        "es": (
            "Ahora no podemos abrir su factura",
            "Su enlace se conserva. Ábralo otra vez en unos minutos, por favor. Si no ayuda:",
        ),
    },
}
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


def render_page(what: str, first: Language, district: District, settings: Settings) -> str:
    """The page for `what` (`gone` or `away`), with the language of the browser first."""
    order: tuple[Language, Language] = ("es", "en") if first == "es" else ("en", "es")
    sections = [_section(what, language, place, district, settings) for place, language in enumerate(order)]
    notes = [f'<p class="demonstration" lang="{each}">{escape(NOTE[each])}</p>\n' for each in order]
    return _PAGE.substitute(
        first=first,
        title=escape(WORDS[what][first][0]),
        district=escape(district.name or "Headgate"),
        demonstration=f"<aside>{''.join(notes)}</aside>\n" if settings.demo else "",
        sections="\n".join(sections),
    )


def _section(what: str, language: Language, place: int, district: District, settings: Settings) -> str:
    heading, words = WORDS[what][language]
    level = "h2" if place else "h1"
    ways = "".join(f"<li>{way}</li>" for way in _ways(language, district, settings))
    return (
        f'<section lang="{language}"><{level}>{escape(heading)}</{level}>\n'
        f"<p>{escape(words)}</p>\n<ul>{ways}</ul></section>"
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
