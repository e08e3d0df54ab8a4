"""Text as a voice should read it: XML-safe, long numbers digit by digit, addresses without their protocol."""

import re

_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_URL = re.compile(r"https?://(?:www\.)?")
_PHONE = re.compile(r"(?<![\w.$])(?:\+?1[ .-]?)?\(?(\d{3})\)?[ .-](\d{3})[ .-](\d{4})(?![\w]|[.,]\d)")
_E164 = re.compile(r"(?<![\w.$])\+1?(\d{3})(\d{3})(\d{4})(?!\w)")
_LONG_NUMBER = re.compile(r"(?<![\w.,$/])\d{5,}(?![\w/]|[.,]\d)")
_REFERENCE = re.compile(r"\b([A-Z]{1,3})-(\d{2,})\b")
_MARKDOWN = re.compile(r"[*_`#]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}")
_EMOJI = re.compile(r"[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\u200d]")
SAY_CHARACTERS_MAX = 3_000


def xml_safe(text: str) -> str:
    """The text without characters that no XML document may hold. Escaping is the XML writer's."""
    return _NOT_XML.sub("", text)


def spoken(text: str) -> str:
    """`text` for `<Say>`. A run of five digits or more, a phone number and a reference are read digit by digit;
    amounts, dates and decimals stay whole."""
    said = _EMOJI.sub("", xml_safe(text))
    said = _URL.sub("", said)
    said = _REFERENCE.sub(lambda found: f"{' '.join(found[1])} {_digits(found[2])}", said)
    said = _PHONE.sub(_phone, said)
    said = _E164.sub(_phone, said)
    said = _LONG_NUMBER.sub(lambda found: _digits(found[0]), said)
    said = _MARKDOWN.sub("", said)
    return re.sub(r"\s+", " ", said).strip()[:SAY_CHARACTERS_MAX]


def _digits(run: str) -> str:
    return " ".join(run)


def _phone(found: "re.Match[str]") -> str:
    return ", ".join(_digits(group) for group in found.groups())
