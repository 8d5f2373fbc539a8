"""Answers the topics of a message with their vetted answers."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import facets_of, reading_of, say
from scarwise.dialogue.compose import answer, load_voice


class ActionAnswer(Action):
    """Says the answer for the topic and facets, and sets `answered`."""

    def name(self) -> str:
        return "action_answer"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        reading = reading_of(tracker)
        return say(dispatcher, answer(load_voice(), reading, facets_of(tracker)))
