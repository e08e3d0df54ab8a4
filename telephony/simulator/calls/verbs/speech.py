"""`<Say>`, `<Play>`, `<Pause>`: what the caller hears."""

import io
import wave
from collections.abc import Collection
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

from telephony.simulator.calls.events import Kind, speaking_seconds
from telephony.simulator.calls.execution import Execution, repeats, seconds_of, text_of
from telephony.simulator.calls.line import Heard, Mode
from telephony.simulator.calls.verbs.registry import verb
from telephony.simulator.requester import FetchFailed
from telephony.simulator.twiml import is_audio

DEFAULT_LANGUAGE = "en-US"
DEFAULT_VOICE = "man"
SAY_CHARACTERS_MAX = 4096
PLAY_SECONDS = 3.0
TONE_SECONDS = 0.5


async def say(execution: Execution, element: Element, accepts: Collection[Mode] = ()) -> Heard | None:
    """Speak the words; return what interrupted them."""
    words = text_of(element)
    if not words or len(words) > SAY_CHARACTERS_MAX:
        execution.warn(13520, "no words to say" if not words else "too many words for one <Say>")
        return None
    language, voice = element.get("language", DEFAULT_LANGUAGE), element.get("voice", DEFAULT_VOICE)
    for _ in repeats(element):
        heard = await _sound(execution, "say", words, speaking_seconds(words), accepts, language=language, voice=voice)
        if heard is not None:
            return heard
    return None


async def play(execution: Execution, element: Element, accepts: Collection[Mode] = ()) -> Heard | None:
    """Play a file, which must be there and be audio, or touch tones."""
    digits = element.get("digits")
    if digits:
        return await _sound(execution, "play", f"tones {digits}", len(digits) * TONE_SECONDS, accepts)
    assert execution.document is not None
    url = urljoin(execution.document.url, text_of(element))
    try:
        seconds = await audio_seconds(execution, url)
    except FetchFailed as failure:
        execution.fail(failure)
        return None
    for _ in repeats(element):
        heard = await _sound(execution, "play", url, seconds, accepts)
        if heard is not None:
            return heard
    return None


async def pause(execution: Execution, element: Element, accepts: Collection[Mode] = ()) -> Heard | None:
    """Nothing is heard for `length` seconds."""
    seconds = seconds_of(execution, element, "length", 1.0, 13910)
    return await _sound(execution, "pause", "", seconds, accepts)


async def _sound(
    execution: Execution,
    kind: Kind,
    text: str,
    seconds: float,
    accepts: Collection[Mode],
    *,
    language: str | None = None,
    voice: str | None = None,
) -> Heard | None:
    execution.emit(kind, text, language=language, seconds=round(seconds, 2), voice=voice)
    return await execution.line.play(seconds, accepts)


async def audio_seconds(execution: Execution, url: str) -> float:
    fetched = await execution.facilities.requester.fetch(url, "GET", {}, execution.jar)
    if not is_audio(fetched.content_type):
        code = 13420 if fetched.content_type else 12300
        raise FetchFailed(code, url, fetched.content_type or "no content type")
    try:
        with wave.open(io.BytesIO(fetched.body)) as sound:
            return float(sound.getnframes() / sound.getframerate())
    except (wave.Error, EOFError):
        return PLAY_SECONDS


async def _say(execution: Execution, element: Element) -> None:
    await say(execution, element)


async def _play(execution: Execution, element: Element) -> None:
    await play(execution, element)


async def _pause(execution: Execution, element: Element) -> None:
    await pause(execution, element)


NESTED = {"Say": say, "Play": play, "Pause": pause}
"""What may stand inside `<Gather>`."""

VERBS = {
    "Say": verb(_say, "voice language loop"),
    "Play": verb(_play, "loop digits"),
    "Pause": verb(_pause, "length"),
}
