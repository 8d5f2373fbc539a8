"""Says the fixed texts (`utter_...`) with the clinic's own details, from `data/texts/`.

Named in `endpoints.yml`. It needs no action server, so greetings and danger replies reach the
patient even when that server is down.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rasa.core.nlg.generator import NaturalLanguageGenerator
from rasa.shared.constants import UTTER_PREFIX
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT_NAME_KEY
from rasa.utils.endpoints import EndpointConfig

from scarwise import callback
from scarwise.dialogue import compose
from scarwise.dialogue.callback import GO_ON, ask
from scarwise.dialogue.message import Message, Outcome, paragraphs
from scarwise.understanding.reading import Reading

READING = "reading"


def outcome_of(name: str) -> Outcome:
    """What saying the fixed text `name` means for the turn."""
    if name in compose.SAFETY_TOPICS:
        return "safety"
    return "failed" if name == "unavailable" else "conversation"


class FixedTextNLG(NaturalLanguageGenerator):
    """Rasa's generator of responses, reading the project's fixed texts."""

    def __init__(self, endpoint_config: EndpointConfig | None, domain: Domain) -> None:
        self._voice = compose.load_voice()

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any] | None:
        """The response of an `utter_` action; None when there is no such text."""
        name = utter_action.removeprefix(UTTER_PREFIX)
        if name not in self._voice.texts:
            return None
        latest = tracker.latest_message
        found = latest.parse_data.get(READING) if latest else None
        slot = name.removeprefix("ask_")
        if slot in callback.SLOTS:
            return self._asked(slot, tracker, found).as_response()
        message = compose.fixed(self._voice, name, outcome_of(name), [name])
        if found and message.outcome == "conversation":
            message = self._noted(message, Reading.from_json(found))
        if tracker.active_loop_name == callback.FORM:
            return replace(message, buttons=(GO_ON,)).as_response()
        if found and message.outcome == "safety":
            message = compose.with_question(self._voice, message, Reading.from_json(found))
        return message.as_response()

    def _asked(
        self, slot: str, tracker: DialogueStateTracker, found: dict[str, Any] | None
    ) -> Message:
        """The question of the form for a call back."""
        latest = tracker.latest_message
        intent = latest.intent.get(INTENT_NAME_KEY) if latest else None
        message = ask(self._voice, slot, tracker.current_slot_values(), intent)
        if found and intent == callback.INFORM:  # else it stands above what was said before
            return self._noted(message, Reading.from_json(found))
        return message

    def _noted(self, message: Message, reading: Reading) -> Message:
        note = compose.note_text(self._voice, reading.danger)
        if not note:
            return message
        return replace(message, text=paragraphs(note, message.text), note=reading.danger.kind)
