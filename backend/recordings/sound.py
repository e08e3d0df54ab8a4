"""The sound itself: asked of telephony, which alone has the keys to Twilio. Nothing of it is kept here."""

import re
from dataclasses import dataclass

import aiohttp

from backend.errors import NotFoundError, UnavailableError
from backend.settings import Settings

BYTES_MAX = 64 * 1024 * 1024
"""Several hours as MP3."""
TIMEOUT = aiohttp.ClientTimeout(total=30, sock_connect=3)


class SoundAwayError(UnavailableError):
    """503 `sound_away`: telephony or Twilio does not give it now."""

    def __init__(self) -> None:
        super().__init__("sound_away", "The recording cannot be fetched now. Try again in a moment.")


class SoundGoneError(NotFoundError):
    """404 `sound_gone`: Twilio has no such recording any more."""

    def __init__(self) -> None:
        super().__init__("sound_gone", "The recording has been deleted at Twilio.")


@dataclass(frozen=True, slots=True)
class Sound:
    """A whole recording and its media type (`audio/mpeg`, `audio/x-wav`)."""

    content: bytes
    media_type: str


async def fetch(settings: Settings, recording_sid: str) -> Sound:
    """The sound of a recording.

    :raises SoundAwayError: not now. :raises SoundGoneError: not any more.
    """
    headers = {"Authorization": f"Bearer {settings.outbound_token.get_secret_value()}"}
    url = f"{settings.telephony_url}/outbound/recordings/{recording_sid}"
    try:
        async with aiohttp.ClientSession(timeout=TIMEOUT, headers=headers) as session, session.get(url) as answer:
            if answer.status == 404:
                raise SoundGoneError
            if answer.status != 200 or not answer.content_type.startswith("audio/"):
                raise SoundAwayError
            content = bytearray()
            async for chunk in answer.content.iter_chunked(65_536):
                content += chunk
                if len(content) > BYTES_MAX:
                    raise SoundAwayError
            return Sound(bytes(content), answer.content_type)
    except (aiohttp.ClientError, TimeoutError, OSError) as problem:
        raise SoundAwayError from problem


_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def part_of(length: int, asked: str | None) -> tuple[int, int] | None:
    """The first and last byte that a `Range` header asks for; None: everything (also when it makes no sense)."""
    found = _RANGE.fullmatch(asked or "")
    if found is None or found.group() == "bytes=-":
        return None
    begins, ends = found.groups()
    if not begins:
        first, last = max(0, length - int(ends)), length - 1
    else:
        first, last = int(begins), min(int(ends), length - 1) if ends else length - 1
    return (first, last) if first <= last else None
