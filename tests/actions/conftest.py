"""A short script an action test: what was understood and said before, one action, what is said."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from scarwise.dialogue.message import Message
from scarwise.understanding.reading import RECORD, Reading


@dataclass(frozen=True)
class Script:
    """What one action said, and the slots that it set."""

    text: str
    buttons: list[str]
    payloads: list[str]
    message: Message
    slots: dict[str, Any]


def bot_said(message: Message) -> dict[str, Any]:
    """The event that Rasa keeps of a message."""
    response = message.as_response()
    return {
        "event": "bot",
        "text": response["text"],
        "data": {"buttons": response["buttons"]},
        "metadata": {RECORD: response[RECORD]},
    }


def _tracker(
    text: str, intent: str, reading: Reading | None, entities: Mapping[str, str],
    slots: Mapping[str, Any], before: Sequence[Message],
) -> Tracker:  # fmt: skip
    latest = {
        "text": text,
        "intent": {"name": intent, "confidence": 1.0},
        "entities": [{"entity": name, "value": value} for name, value in entities.items()],
    }
    if reading:
        latest["reading"] = reading.as_json()
    known = dict.fromkeys(("technique", "scar_type", "body_part", "answered")) | dict(slots)
    events = [bot_said(message) for message in before]
    return Tracker("script", known, latest, events, False, None, {}, "action_listen")


@pytest.fixture
def act() -> Callable[..., Script]:
    """Run one action: `act(ActionAnswer(), reading=Reading(...))`."""

    def run(
        action: Action, text: str = "", intent: str = "", reading: Reading | None = None,
        entities: Mapping[str, str] = {}, slots: Mapping[str, Any] = {},
        before: Sequence[Message] = (),
    ) -> Script:  # fmt: skip
        dispatcher = CollectingDispatcher()
        tracker = _tracker(text, intent, reading, entities, slots, before)
        events = action.run(dispatcher, tracker, {})
        assert len(dispatcher.messages) == 1, "one turn is one message"
        message = Message.from_response(dispatcher.messages[0])
        assert message is not None
        return Script(
            message.text,
            [title for title, _ in message.buttons],
            [payload for _, payload in message.buttons],
            message,
            {event["name"]: event["value"] for event in events if event["event"] == "slot"},
        )

    return run
