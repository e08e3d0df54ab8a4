"""The sound of a recording: nobody speaks here, so each word is a short tone, and a player has something to play."""

import io
import math
import wave
from functools import cache

RATE_HZ = 8000
SECONDS_MAX = 300
_SILENCE = 128
_LOUDNESS = 40
_TONE_SECONDS = 0.18
_PITCHES_HZ = (196, 220, 247, 262, 294)
_WORDS_UNKNOWN_EVERY_SECONDS = 0.5


def wav_of(words: str, seconds: int) -> bytes:
    """A WAV, 8 bit mono, as long as the recording: a tone for each word, evenly spread; the same words sound alike.

    Without words (a conference, or after a restart) two tones a second.
    """
    length = max(1, min(seconds, SECONDS_MAX)) * RATE_HZ
    spoken = words.split() or ["."] * round(length / RATE_HZ / _WORDS_UNKNOWN_EVERY_SECONDS)
    samples = bytearray([_SILENCE]) * length
    for place, word in enumerate(spoken):
        tone = _tone(_PITCHES_HZ[sum(word.encode()) % len(_PITCHES_HZ)])
        start = place * length // len(spoken)
        cut = min(len(tone), length - start, length // len(spoken))
        samples[start : start + cut] = tone[:cut]
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(1)
        wav.setframerate(RATE_HZ)
        wav.writeframes(bytes(samples))
    return buffer.getvalue()


@cache
def _tone(pitch_hz: int) -> bytes:
    """A tone that swells and fades, so that it does not click."""
    count = round(_TONE_SECONDS * RATE_HZ)
    return bytes(
        round(_SILENCE + _LOUDNESS * math.sin(math.pi * n / count) * math.sin(2 * math.pi * pitch_hz * n / RATE_HZ))
        for n in range(count)
    )
