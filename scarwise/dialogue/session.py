"""How long one session of a conversation lasts, and what goes on into the next.

A turn reads and hands on all events of its session, so a session that never ends makes every
message cost more than the one before. One that has grown long is cut: the patient talks on and
notices nothing. One that ended by time (`session_config` in `domain.yml`) hands nothing on: after
an hour "does it hurt?" must not be answered about something long forgotten.
"""

from __future__ import annotations

from rasa.shared.core.events import BotUttered, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

MOST_TURNS = 40
MOST_TURNS_IN_FORM = 80  # a form is finished first, unless somebody never finishes it
# The running subject; what a form asked for is not lent.
LENT_SLOTS = ("technique", "scar_type", "body_part", "answered")


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
