"""A statement as a picture: pages with something on them, in both languages, and white paper around it."""

import struct
import zlib
from collections.abc import Iterator

import orjson
import pytest
import typst
from sqlalchemy.ext.asyncio import AsyncSession

from tests.backend.statements.test_documents import TEMPLATE, data_of

PPI = 36
EDGE = int(0.4 * PPI)
"""A printer's own margin, and less than the page's: nothing may come so near to the edge of the paper."""
LETTER = (round(8.5 * PPI), round(11 * PPI))
WHITE = b"\xff\xff\xff"


def picture(page: bytes) -> tuple[int, int, list[bytes]]:
    """Width, height and the rows of RGB of a PNG of eight bits a channel that is not interlaced."""
    assert page.startswith(b"\x89PNG\r\n\x1a\n")
    chunks: dict[bytes, bytes] = {}
    place = 8
    while place < len(page):
        (length,) = struct.unpack(">I", page[place : place + 4])
        kind = page[place + 4 : place + 8]
        chunks[kind] = chunks.get(kind, b"") + page[place + 8 : place + 8 + length]
        place += length + 12
    width, height, depth, colours, *_, interlaced = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert (depth, interlaced) == (8, 0)
    each = {2: 3, 6: 4}[colours]
    rows = list(_unfiltered(zlib.decompress(chunks[b"IDAT"]), width * each, each))
    assert len(rows) == height
    return width, height, [b"".join(row[x : x + 3] for x in range(0, len(row), each)) for row in rows]


def _unfiltered(data: bytes, stride: int, each: int) -> Iterator[bytes]:
    above = bytearray(stride)
    for start in range(0, len(data), stride + 1):
        how, row = data[start], bytearray(data[start + 1 : start + 1 + stride])
        for x in range(stride if how else 0):
            left = row[x - each] if x >= each else 0
            corner = above[x - each] if x >= each else 0
            row[x] = (row[x] + (0, left, above[x], (left + above[x]) // 2, _paeth(left, above[x], corner))[how]) & 255
        yield bytes(row)
        above = row


def _paeth(left: int, above: int, corner: int) -> int:
    guess = left + above - corner
    return min((left, above, corner), key=lambda one: abs(guess - one))


def test_the_reading_of_pictures_knows_every_filter() -> None:
    rows = [bytes([how, 10, 20, 30, 1, 2, 3]) for how in range(5)]
    header = struct.pack(">IIBBBBB", 2, 5, 8, 2, 0, 0, 0)

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + b"\0\0\0\0"

    page = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"".join(rows)))
    assert picture(page)[2] == [
        bytes([10, 20, 30, 1, 2, 3]),
        bytes([10, 20, 30, 11, 22, 33]),
        bytes([20, 40, 60, 12, 24, 36]),
        bytes([20, 40, 60, 17, 34, 51]),
        bytes([30, 60, 90, 31, 62, 93]),
    ]


def ink(rows: list[bytes]) -> list[tuple[int, int, int, int]]:
    """Where something is printed: (left, top, right, bottom) of it, or nothing."""
    printed = [(y, [x for x in range(0, len(row), 3) if row[x : x + 3] != WHITE]) for y, row in enumerate(rows)]
    found = [(y, xs[0] // 3, xs[-1] // 3) for y, xs in printed if xs]
    if not found:
        return []
    return [(min(left for _, left, _ in found), found[0][0], max(right for *_, right in found), found[-1][0])]


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("situation", ["past_due", "landlord"])
async def test_every_page_has_something_on_it_and_white_paper_around_it(
    seeded_session: AsyncSession, situation: str, language: str
) -> None:
    data = await data_of(seeded_session, situation, language)
    made = typst.compile(
        TEMPLATE,
        root=str(TEMPLATE.parent),
        sys_inputs={"data": orjson.dumps(data).decode()},
        ignore_system_fonts=True,
        format="png",
        ppi=PPI,
    )
    pages = made if isinstance(made, list) else [made]
    assert 1 <= len(pages) <= 2 * max(1, len(data["services"]))
    for page in pages:
        width, height, rows = picture(page)
        assert (width, height) == LETTER
        ((left, top, right, bottom),) = ink(rows)
        assert left >= EDGE and top >= EDGE and right < width - EDGE and bottom < height - EDGE
        # More than a heading: on paper of which most is white.
        share = sum(row[x : x + 3] != WHITE for row in rows for x in range(0, len(row), 3)) / (width * height)
        assert 0.01 < share < 0.6
