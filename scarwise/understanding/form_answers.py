"""Reads a message as an answer to the form for a call back, while that form asks for something.

A name can sound like a topic ("Will Burn") and a number hold "911"; a message that is nothing but
the value asked for is one. Danger goes first wherever a message could be both: a value is believed
against the danger check only when it cannot be more than a value.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import REQUESTED_SLOT
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import (
    INTENT,
    INTENT_NAME_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message

from scarwise import callback
from scarwise.understanding.reading import Danger, Reading

READING = "reading"
MOST_WORDS = 6
SURE = 0.6  # from here on a message that might be a name is taken for the question it sounds like
# Words that stand in sentences and hardly ever in names.
SENTENCE_WORDS = frozenset(
    "a about after and anonymous another any are at be been before but call can can't cannot cant "
    "could did do does doesn't don't dont for from get got had has have he hello help her hey hi "
    "him his how i i'd i'll i'm i've if im in is isn't it it's its just know many me more my "
    "myself name need never next no nobody none not nothing now of off ok okay on or our out over "
    "please private restart say scar scars she should skip some sorry start stop surgery than "
    "thank thanks that that's the their them then there they this to too unknown until up us want "
    "was we were what what's when where which while who who's whom whose why with without wont "
    "would yeah yes yet you your".split()
)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class FormAnswers(GraphComponent):
    """Sets the intent of a message that answers the form or leaves it; others stay as read."""

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource,
        execution_context: ExecutionContext,
    ) -> FormAnswers:  # fmt: skip
        return cls()

    def process(self, messages: list[Message], tracker: DialogueStateTracker) -> list[Message]:
        """Set intent and `reading` anew where the form asks for something."""
        if tracker.active_loop_name != callback.FORM:
            return messages
        slot = tracker.get_slot(REQUESTED_SLOT)
        for message in messages:
            reading = Reading.from_json(message.get(READING))
            reading = as_form_answer(slot, message.get(TEXT), reading)
            intent = {INTENT_NAME_KEY: reading.intent, PREDICTED_CONFIDENCE_KEY: reading.confidence}
            message.set(INTENT, intent, add_to_output=True)
            message.set(READING, reading.as_json(), add_to_output=True)
        return messages


def as_form_answer(slot: object, text: str, reading: Reading) -> Reading:
    """The reading of `text` when the form asks for `slot`; as it was when it is no answer."""
    if slot == callback.NAME and is_only_name(text, reading):
        return _answer(callback.INFORM, _danger_of_name(text, reading.danger))
    if slot == callback.PHONE and callback.read_phone(text):
        return _answer(callback.INFORM, Danger())
    if reading.danger.level == "interrupt":
        return reading
    if slot == callback.TIME and callback.read_time(text):
        return _answer(callback.INFORM, reading.danger)
    if callback.wants_to_stop(text):
        return _answer(callback.STOP, reading.danger)
    if callback.tries(slot, text):  # "late" is no question about booking, "night" no goodbye
        return Reading("decline", danger=reading.danger)
    consent = callback.read_consent(text) if slot == callback.CONFIRMED else None
    return reading if consent is None else _answer("affirm" if consent else "deny", reading.danger)


def _answer(intent: str, danger: Danger) -> Reading:
    return Reading("answer", topics=(intent,), confidence=1.0, danger=danger)


def is_only_name(text: str, reading: Reading) -> bool:
    """Whether a message that was understood as `reading` is nothing but a name."""
    name = callback.read_name(text)
    words = name.split() if name else []
    if not words or len(words) > MOST_WORDS or callback.wants_to_stop(text):
        return False
    introduced = callback.says_name(text)
    doubtful = [word for word in words if not (introduced and _has_capital(word))]
    if any(word.lower().strip(".") in SENTENCE_WORDS for word in doubtful):
        return False
    if reading.danger.signs or (reading.danger.level == "interrupt" and not _is_plain(words)):
        return False
    if introduced or _is_given(words[0]):
        return True
    led = len(name or "") < len(text.strip(" .!,"))  # "I'm ..." may go on with anything
    sounds_like_question = reading.outcome == "answer" and reading.confidence >= SURE
    return not (led or sounds_like_question or reading.language)


def _danger_of_name(text: str, danger: Danger) -> Danger:
    """None for what is plainly a name; else the note stays, above the next question."""
    words = (callback.read_name(text) or "").split()
    return Danger() if _is_plain(words) else danger


def _is_plain(words: list[str]) -> bool:
    """Whether it is written as names are, given name first, or is made of given names alone."""
    as_names = all(_has_capital(word) for word in words)
    return _is_given(words[0]) and (as_names or all(_is_given(word) for word in words))


def _has_capital(word: str) -> bool:
    return word[0].isupper() and not (len(word) > 1 and word.isupper())


def _is_given(word: str) -> bool:
    return word.lower().strip(".") in callback.given_names()
