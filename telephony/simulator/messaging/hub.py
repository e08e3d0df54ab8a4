"""Tells the page, at once, of every text that reaches or leaves a phone."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from telephony.simulator.state.messages import Message


class Hub:
    """Followers of phones' threads. A slow follower loses the oldest news, never the newest."""

    def __init__(self) -> None:
        self._followers: defaultdict[str, set[asyncio.Queue[Message]]] = defaultdict(set)

    def publish(self, message: Message) -> None:
        """Tell the followers of both parties."""
        for phone in (message.sender, message.recipient):
            for follower in self._followers.get(phone, ()):
                if follower.full():
                    follower.get_nowait()
                follower.put_nowait(message)

    @contextmanager
    def follow(self, phone: str) -> Iterator[asyncio.Queue[Message]]:
        """A queue that receives the phone's texts from now on."""
        queue: asyncio.Queue[Message] = asyncio.Queue(1000)
        self._followers[phone].add(queue)
        try:
            yield queue
        finally:
            self._followers[phone].discard(queue)
            if not self._followers[phone]:
                del self._followers[phone]
