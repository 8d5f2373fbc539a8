"""Fault: Rasa has no place that every message and every reply of every channel passes.

So text that begins with "/" acts as a command on every channel, and a turn whose action failed
ends in silence. Here `Agent.handle_message`, which all channels call, gives each turn to
`scarwise.dialogue.turn`.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any


def mend(agent: ModuleType) -> None:
    """Lead every message through the project's own turn."""
    handle_message = agent.Agent.handle_message

    async def take_turn(self: Any, message: Any) -> list[dict[str, Any]] | None:
        from scarwise.dialogue import turn
        from scarwise.storage import tracker_store

        async def handle(guarded: Any) -> Any:
            return await handle_message(self, guarded)

        async def forget(sender_id: str) -> Any:
            # Under the lock: a turn under way would write again what it had read before.
            async with self.lock_store.lock(sender_id):
                return await tracker_store.forget(self.tracker_store, sender_id)

        keep = tracker_store.keeper_of_unanswered(self.tracker_store)
        sent = await turn.take(handle, self.tracker_store.retrieve, message, forget, keep)
        return [reply.as_response() for reply in sent]

    agent.Agent.handle_message = take_turn
