"""Asks which of two or three topics was meant."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import reading_of, say
from scarwise.dialogue.compose import ask_back, load_voice


class ActionAskBack(Action):
    """Asks which of two or three topics was meant."""

    def name(self) -> str:
        return "action_ask_back"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        return say(dispatcher, ask_back(load_voice(), reading_of(tracker)))
