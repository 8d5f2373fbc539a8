"""Says kindly that a message is not the assistant's subject."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import reading_of, say, text_of
from scarwise.dialogue.compose import decline, load_voice, meaning


class ActionDecline(Action):
    """Says kindly that a message is not the assistant's subject."""

    def name(self) -> str:
        return "action_decline"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        reading, voice = reading_of(tracker), load_voice()
        explained = meaning(voice, text_of(tracker), reading)
        return say(dispatcher, explained or decline(voice, reading))
