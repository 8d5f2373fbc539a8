"""Fault: Rasa ends a session by time alone, and then drags its events through one more turn.

A conversation that goes on makes each message cost more than the last, and the first message after
an hour still sees what was said before it. Here a long session is cut, a new one begins with an
empty tracker, and each channel has its own length. What was understood of a message is also handed
to the turn, which logs it.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any


def mend(processor: ModuleType) -> None:
    """End sessions as `scarwise.dialogue.session` says; show the turn what was understood."""
    processor.MessageProcessor.fetch_tracker_and_update_session = fetch_current_session
    processor.MessageProcessor._has_session_expired = has_session_expired
    parse = processor.MessageProcessor.parse_message

    async def parse_message(self: Any, message: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        parsed = await parse(self, message, *args, **kwargs)
        if hasattr(message.output_channel, "understood"):
            message.output_channel.understood = parsed
        return parsed

    processor.MessageProcessor.parse_message = parse_message


def has_session_expired(self: Any, tracker: Any) -> bool:
    """Whether the session in `tracker` ended by time."""
    from scarwise.dialogue.session import has_expired

    return has_expired(tracker, self.domain.session_config)


async def fetch_current_session(
    self: Any, sender_id: str, output_channel: Any = None, metadata: Any = None
) -> Any:
    """The tracker of the current session, which is begun when the last one is over."""
    from scarwise.dialogue.session import is_long, running_on

    tracker = await self.get_tracker(sender_id)
    lent: list[Any] = []
    if self._has_session_expired(tracker) or is_long(tracker):
        lent = [] if self._has_session_expired(tracker) else running_on(tracker)
        before, tracker = tracker, self.tracker_store.init_tracker(sender_id)
        tracker.model_id, tracker.assistant_id = before.model_id, before.assistant_id
    await self._update_tracker_session(tracker, output_channel, metadata)
    tracker.update_with_events(lent, self.domain)
    return tracker
