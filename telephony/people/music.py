"""The music of the line: made here, so that nobody's rights are in it. A slow run of soft chords."""

import math
import struct
from functools import cache

RATE = 8_000
CHORDS_HZ = ((196.0, 246.9, 293.7), (164.8, 196.0, 246.9), (130.8, 164.8, 196.0), (146.8, 185.0, 220.0))
CHORD_SECONDS = 5.0
LOUDNESS = 5_000


@cache
def hold_music() -> bytes:
    """A WAV of 20 s, 8 kHz, 16 bit, mono, that ends as softly as it begins."""
    samples = [_sample(place / RATE) for place in range(int(CHORD_SECONDS * len(CHORDS_HZ) * RATE))]
    data = struct.pack(f"<{len(samples)}h", *samples)
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(data), b"WAVE", b"fmt ", 16, 1, 1, RATE, RATE * 2, 2, 16,
                       b"data", len(data))  # fmt: skip
    return head + data


def _sample(at: float) -> int:
    chord = CHORDS_HZ[int(at / CHORD_SECONDS) % len(CHORDS_HZ)]
    within = at % CHORD_SECONDS
    swell = math.sin(math.pi * within / CHORD_SECONDS)
    return int(LOUDNESS * swell * sum(math.sin(2 * math.pi * hertz * at) for hertz in chord) / len(chord))
