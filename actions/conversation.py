"""The border between a Rasa conversation and the pure code."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from scarwise.dialogue.message import Message, Said
from scarwise.understanding.reading import RECORD, Reading

FACETS = ("technique", "scar_type", "body_part")
# A message of at most so many words leans on what was said before it.
SHORT_MESSAGE_WORDS = 8


def reading_of(tracker: Tracker) -> Reading:
    """What was understood of the last message; a button names its topic itself."""
    found = tracker.latest_message.get("reading")
    if found:
        return Reading.from_json(found)
    return Reading("answer", topics=(tracker.latest_message["intent"]["name"],), confidence=1.0)


def text_of(tracker: Tracker) -> str:
    """The words of the last message."""
    return tracker.latest_message.get("text") or ""


def facets_of(tracker: Tracker) -> dict[str, str]:
    """Technique, kind of scar and place: named in the message, or running on from before."""
    entities = tracker.latest_message.get("entities") or []
    named = {one["entity"]: one["value"] for one in entities if one["entity"] in FACETS}
    words = text_of(tracker).split()
    if named or len(words) > SHORT_MESSAGE_WORDS:
        return named
    running = {name: tracker.get_slot(name) for name in FACETS}
    return {name: value for name, value in running.items() if isinstance(value, str)}


def said_before(tracker: Tracker) -> list[Said]:
    """The answers that were said last, as the `answered` slot keeps them."""
    kept = tracker.get_slot("answered")
    return [Said(**one) for one in kept] if isinstance(kept, list) else []


def last_message(tracker: Tracker) -> Message | None:
    """The last message that the assistant composed, None before the first."""
    for event in reversed(tracker.events):
        if event.get("event") == "bot":
            response = {
                "text": event.get("text"),
                "buttons": (event.get("data") or {}).get("buttons"),
                RECORD: (event.get("metadata") or {}).get(RECORD),
            }
            return Message.from_response(response)
    return None


def say(dispatcher: CollectingDispatcher, message: Message) -> list[dict[str, Any]]:
    """Utter `message`; returns the event that keeps what was answered."""
    response = message.as_response()
    dispatcher.utter_message(
        text=response["text"], buttons=response["buttons"], **{RECORD: response[RECORD]}
    )
    answered = [asdict(one) for one in message.said]
    return [SlotSet("answered", answered)] if answered else []
