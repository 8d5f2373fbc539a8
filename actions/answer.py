"""Answers the topics of a message with their vetted answers."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import facets_of, reading_of, say, text_of
from scarwise.dialogue.compose import answer, load_voice, meaning


class ActionAnswer(Action):
    """Says the answer for the topic and facets, and sets `answered`."""

    def name(self) -> str:
        return "action_answer"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        reading, voice = reading_of(tracker), load_voice()
        explained = meaning(voice, text_of(tracker), reading)
        return say(dispatcher, explained or answer(voice, reading, facets_of(tracker)))
