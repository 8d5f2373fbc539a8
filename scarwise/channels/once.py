"""A message that arrives twice is one message: the same id gives the same reply, once worked out.

Clients send again after a cut connection. The replies are kept in memory, the last few of each
conversation. Messages of one conversation are taken in the order in which they came.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

MOST_CONVERSATIONS = 2_000
MOST_TURNS = 10


@dataclass(frozen=True)
class Turn:
    """A turn under way or over: what was said, by its hash, and the task that replies."""

    said: int
    reply: asyncio.Task[Any]


class Turns:
    """The last turns of each conversation by message id."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, OrderedDict[str, Turn]] = OrderedDict()
        self._running: set[asyncio.Task[Any]] = set()

    def find(self, sender: str, message_id: str) -> Turn | None:
        """The turn that this message began, None when it is new or long ago."""
        return self._kept.get(sender, {}).get(message_id)

    def forget(self, sender: str) -> None:
        """Let go of all replies of `sender` but the one under way, which says so."""
        turns = self._kept.get(sender, OrderedDict())
        for message_id in [one for one, turn in turns.items() if turn.reply.done()]:
            del turns[message_id]

    def begin(
        self, sender: str, message_id: str, said: int, reply: Coroutine[Any, Any, Any]
    ) -> Turn:
        """Work out `reply` in a task of its own, after the turn before it, and keep it."""
        turns = self._kept.setdefault(sender, OrderedDict())
        before = next(reversed(turns.values())).reply if turns else None
        task = asyncio.create_task(_after(before, reply))
        self._running.add(task)  # asyncio itself holds tasks weakly
        task.add_done_callback(self._running.discard)
        turns[message_id] = turn = Turn(said, task)
        self._kept.move_to_end(sender)
        if len(turns) > MOST_TURNS:
            turns.popitem(last=False)
        if len(self._kept) > MOST_CONVERSATIONS:
            self._kept.popitem(last=False)
        return turn


async def _after(before: asyncio.Task[Any] | None, reply: Coroutine[Any, Any, Any]) -> Any:
    """Rasa's own lock keeps the order too, but looks only once a second whose turn it is."""
    if before is not None:
        await asyncio.wait([before])
    return await reply
