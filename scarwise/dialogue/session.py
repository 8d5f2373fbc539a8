"""How long one session of a conversation lasts, and what goes on into the next.

A turn reads and hands on all events of its session, so a session that never ends makes every
message cost more than the one before. One that has grown long is cut: the patient talks on and
notices nothing. One that ended by time (`session_config` in `domain.yml`) hands nothing on: after
an hour "does it hurt?" must not be answered about something long forgotten. In text messages, which
people answer when they find the time, a session lasts a day.
"""

from __future__ import annotations

import time

from rasa.shared.core.domain import SessionConfig
from rasa.shared.core.events import BotUttered, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

MOST_TURNS = 40
MOST_TURNS_IN_FORM = 80  # a form is finished first, unless somebody never finishes it
# Channels, by what stands before the colon in a conversation's id, whose sessions last longer.
MINUTES_OF_CHANNEL = dict.fromkeys(("sms", "whatsapp", "telegram"), 24 * 60.0)
# The running subject; what a form asked for is not lent.
LENT_SLOTS = ("technique", "scar_type", "body_part", "answered")


def has_expired(
    tracker: DialogueStateTracker, config: SessionConfig, now: float | None = None
) -> bool:
    """Whether the session ended by time."""
    last = tracker.get_last_event_for(UserUttered)
    if last is None or not config.are_sessions_enabled():
        return False
    channel = tracker.sender_id.partition(":")[0]
    minutes = max(config.session_expiration_time, MINUTES_OF_CHANNEL.get(channel, 0.0))
    return ((now or time.time()) - last.timestamp) / 60 > minutes


def is_long(tracker: DialogueStateTracker) -> bool:
    """Whether the session has had enough turns to be cut before the next."""
    turns = sum(isinstance(event, UserUttered) for event in tracker.events)
    return turns >= (MOST_TURNS_IN_FORM if tracker.active_loop_name else MOST_TURNS)


def running_on(tracker: DialogueStateTracker) -> list[Event]:
    """What a session that was cut lends to the next: its subject and what was said last."""
    known = {name: tracker.get_slot(name) for name in LENT_SLOTS if name in tracker.slots}
    slots: list[Event] = [SlotSet(name, value) for name, value in known.items() if value]
    said = next((one for one in reversed(tracker.events) if isinstance(one, BotUttered)), None)
    last = [BotUttered(said.text, said.data, said.metadata)] if said else []
    return [*slots, *last]
