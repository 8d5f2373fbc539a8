"""Says the fixed texts (`utter_...`) with the clinic's own details, from `data/texts/`.

Named in `endpoints.yml`. It needs no action server, so greetings and danger replies reach the
patient even when that server is down.
"""

from __future__ import annotations

from typing import Any

from rasa.core.nlg.generator import NaturalLanguageGenerator
from rasa.shared.constants import UTTER_PREFIX
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from scarwise.dialogue import compose
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
        message = compose.fixed(self._voice, name, outcome_of(name), [name])
        latest = tracker.latest_message
        found = latest.parse_data.get(READING) if latest else None
        if found and message.outcome == "conversation":
            message = self._noted(message, Reading.from_json(found))
        if found and message.outcome == "safety":
            message = compose.with_question(self._voice, message, Reading.from_json(found))
        return message.as_response()

    def _noted(self, message: Message, reading: Reading) -> Message:
        note = compose.note_text(self._voice, reading.danger)
        if not note:
            return message
        return Message(
            paragraphs(note, message.text), message.outcome, message.topics,
            buttons=message.buttons, note=reading.danger.kind,
        )  # fmt: skip
