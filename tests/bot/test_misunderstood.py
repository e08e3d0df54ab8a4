"""What was not understood is kept for review: masked, and only what is worth a look."""

from typing import Any

import pytest

from bot.engine import Engine
from bot.misunderstood import STREAM, masked_text
from bot.turns import answer_turn
from tests.bot.harness import Customer
from tests.bot.test_masking import said


async def kept(engine: Engine) -> list[dict[bytes, bytes]]:
    entries: Any = await engine.tracker_store._redis.xrange(STREAM)
    return [fields for _, fields in entries]


@pytest.fixture(autouse=True)
async def nothing_kept(engine: Engine) -> None:
    await engine.tracker_store._redis.delete(STREAM)


async def test_words_nobody_understood_wait_for_review(engine: Engine, customer: Customer) -> None:
    await answer_turn(engine, customer.turn("zq xkcd vbnm 44124412"))
    (entry,) = await kept(engine)
    assert entry[b"text"].decode() == "zq xkcd vbnm •••"
    assert entry[b"language"] == b"en"
    assert entry[b"at"].startswith(b"20")


async def test_what_was_understood_is_not_kept(engine: Engine, customer: Customer) -> None:
    await answer_turn(engine, customer.turn("hello"))
    await answer_turn(engine, customer.turn(kind="silence"))
    await answer_turn(engine, customer.turn(payload="/nonsense"))
    assert await kept(engine) == []


async def test_an_answer_in_a_form_may_be_anything(engine: Engine, customer: Customer) -> None:
    await answer_turn(engine, customer.turn("my account number"))
    await answer_turn(engine, customer.turn("zq xkcd vbnm"))
    assert await kept(engine) == []


async def test_a_turn_that_comes_twice_is_kept_once(engine: Engine, customer: Customer) -> None:
    turn = customer.turn("zq xkcd vbnm")
    await answer_turn(engine, turn)
    await answer_turn(engine, turn)
    assert len(await kept(engine)) == 1


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("call me at (951) 555-0142 please", "call me at ••• please"),
        ("write to ana@example.com", "write to •••"),
        ("it is four four one two okay", "it is ••• okay"),
        ("bring 20 pizzas", "bring ••• pizzas"),
    ],
)
def test_numbers_and_addresses_are_masked(text: str, masked: str) -> None:
    assert masked_text(said(text)["parse_data"]).replace("(•••", "•••") == masked
