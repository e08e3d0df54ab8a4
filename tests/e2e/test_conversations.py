"""Whole conversations by text, phone and chat, in both languages, as written in `conversations/`.

They are held several at once, as customers do; each test waits for its own and shows all of it when it went wrong.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.e2e.people import People
from tests.e2e.stage import Stage
from tests.e2e.talks import Talk, read_talks

AT_ONCE = 4
TALKS = read_talks()


@pytest.fixture(scope="module")
def hold(people: People, request: pytest.FixtureRequest) -> Iterator[Callable[[Talk], int]]:
    """Begins every conversation of this run at once, as far as hands go; then waits for the one that is asked for, and
    gives how much of what is written of it was found so."""
    chosen = [item.callspec.params["talk"] for item in request.session.items if _is_conversation(item)]  # type: ignore[attr-defined]
    stage = Stage(people)
    stage.wait_until_answering()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        begun = {talk.id: pool.submit(stage.hold, talk) for talk in chosen}
        yield lambda talk: begun[talk.id].result()


def _is_conversation(item: pytest.Item) -> bool:
    return "talk" in getattr(getattr(item, "callspec", None), "params", {})


@pytest.mark.parametrize("talk", TALKS, ids=lambda talk: talk.id)
def test_a_conversation(hold: Callable[[Talk], int], talk: Talk) -> None:
    written = sum(len(move.expected) for move in talk.moves)
    assert hold(talk) == written > 0
