"""Plain words: what the assistant says can be read after eight years of school, and heard on the phone in one breath.

English by Flesch and Kincaid's grade; Spanish, which has no grades, by the perspicuity of Szigriszt-Pazos, where 55 is
an ordinary and 65 an easy text (Barrio-Cantalejo's INFLESZ scale). Short texts say little of themselves, so those are
measured together.
"""

import re
from pathlib import Path

import pytest
import yaml

from backend.knowledge.service import Knowledge

ROOT = Path(__file__).parents[2]
GRADE_MAX, EASE_MIN, EASE_MIN_TOGETHER = 8.0, 55.0, 65.0
WORDS_MEASURED, PHONE_WORDS_MAX = 20, 20
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_NAMES = re.compile(r"Medi-Cal|CalFresh|CalWORKs|SSI|WIC|\{\w+\}")
"""Programs and facts are called what they are called: counted as a short word."""


def sentences(text: str) -> list[str]:
    return [one for one in re.split(r"(?<=[.!?])\s+", text) if _WORD.search(one)]


def english_syllables(word: str) -> int:
    """Groups of vowels, without a silent e."""
    low = word.lower()
    count = len(re.findall(r"[aeiouy]+", low))
    silent = (low.endswith("e") and not low.endswith(("le", "ee"))) or re.search(r"[^td]ed$", low)
    return max(1, count - 1 if silent and count > 1 else count)


def spanish_syllables(word: str) -> int:
    """Strong vowels, each with the weak ones beside it."""
    return max(1, len(re.findall(r"[iuü]?[aeoáéíóú][iuy]?|[iuü]+", word.lower())))


def grade(text: str) -> float:
    words = _WORD.findall(text)
    return 0.39 * len(words) / len(sentences(text)) + 11.8 * sum(map(english_syllables, words)) / len(words) - 15.59


def ease(text: str) -> float:
    words = _WORD.findall(text)
    return 206.835 - 62.3 * sum(map(spanish_syllables, words)) / len(words) - len(words) / len(sentences(text))


def _said() -> list[tuple[str, str, str, str]]:
    """Name, language, channel and text of everything that is said: responses, and the district's answers."""
    found = []
    for path in sorted((ROOT / "bot/domain").glob("*.yml")):
        for name, variations in (yaml.safe_load(path.read_text()).get("responses") or {}).items():
            for one in variations:
                language = next(c["value"] for c in one["condition"] if c["name"] == "language")
                found.append((name, str(language), str(one.get("channel") or ""), _NAMES.sub("Ann", one["text"])))
    for language, articles in Knowledge.load(ROOT / "district").articles.items():
        found += [(slug, language, "", _NAMES.sub("Ann", article.text)) for slug, article in articles.items()]
    return found


SAID = _said()


def together(language: str) -> str:
    return " ".join(text if text[-1] in ".!?" else f"{text}." for _, one, _, text in SAID if one == language)


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_longer_text_is_easy(language: str) -> None:
    hard = []
    for name, one, _, text in SAID:
        if one == language and len(_WORD.findall(text)) >= WORDS_MEASURED:
            fits = grade(text) <= GRADE_MAX if language == "en" else ease(text) >= EASE_MIN
            hard += [] if fits else [(name, text)]
    assert hard == []


def test_all_of_it_together_is_easier_still() -> None:
    assert len(SAID) > 800
    assert grade(together("en")) <= GRADE_MAX - 2
    assert ease(together("es")) >= EASE_MIN_TOGETHER


def test_what_has_no_wording_of_its_own_for_the_phone_can_be_said_there() -> None:
    of_the_phone = {(name, language) for name, language, channel, _ in SAID if channel == "voice"}
    long = [
        (name, sentence)
        for name, language, channel, text in SAID
        if not channel and (name, language) not in of_the_phone
        for sentence in sentences(text)
        if len(sentence.split()) > PHONE_WORDS_MAX
    ]
    assert long == []


def test_the_measures_tell_hard_from_easy() -> None:
    hard = "Notwithstanding aforementioned considerations, discontinuation necessitates notification of residents."
    assert grade(hard) > 20 > GRADE_MAX > grade("You can pay by mail. Send us a check. We will note it.")
    dificil = "La descontinuación del abastecimiento residencial requiere notificaciones administrativas anticipadas."
    assert ease(dificil) < 0 < EASE_MIN < ease("Puede pagar por correo. Mande un cheque. Lo anotamos ese día.")
