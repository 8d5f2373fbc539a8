"""Takes a yes: to the topic that was offered, or to going on."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import last_message, say
from scarwise.dialogue.compose import affirm, load_voice


class ActionAffirm(Action):
    """Takes a yes: to the topic that was offered, or to going on."""

    def name(self) -> str:
        return "action_affirm"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        return say(dispatcher, affirm(load_voice(), last_message(tracker)))
