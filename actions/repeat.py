"""Says the last message again."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import last_message, say
from scarwise.dialogue.compose import load_voice, repeat


class ActionRepeat(Action):
    """Says the last message again."""

    def name(self) -> str:
        return "action_repeat"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        return say(dispatcher, repeat(load_voice(), last_message(tracker)))
