"""What earlier turns lend to the next message, read from the conversation's events."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rasa.shared.core.events import BotUttered, SlotSet, UserUttered

from scarwise.knowledge.topics import load_topics
from scarwise.understanding.reading import RECORD, Context

MOST_TOPICS = 3


def context_of(events: Iterable[Any]) -> Context:
    """The running subject after `events`; empty at the start of a conversation."""
    topics: list[str] = []
    offered: list[str] = []
    slots: dict[str, str] = {}
    known = load_topics()
    for event in events:
        if isinstance(event, UserUttered):
            offered = []
        elif isinstance(event, SlotSet) and event.key in ("technique", "scar_type"):
            slots[event.key] = event.value
        elif isinstance(event, BotUttered):
            record = event.metadata.get(RECORD) or {}
            topics = [*(one for one in record.get("topics", []) if one in known), *topics]
            offered = list(record.get("offered", []))
    return Context(
        topics=tuple(dict.fromkeys(topics))[:MOST_TOPICS],
        offered=tuple(offered),
        technique=slots.get("technique"),
        scar_type=slots.get("scar_type"),
    )
