"""Tells more about what was answered last."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import said_before, say
from scarwise.dialogue.compose import load_voice, more_detail


class ActionMoreDetail(Action):
    """Tells more about what was answered last."""

    def name(self) -> str:
        return "action_more_detail"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        return say(dispatcher, more_detail(load_voice(), said_before(tracker)))
