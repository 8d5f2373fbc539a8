"""What the form for a call back says. Pure: values in, a `Message` out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from scarwise import callback
from scarwise.dialogue.compose import (
    MOST_BUTTONS,
    Voice,
    answer,
    ask_back,
    decline,
    fixed,
    meaning,
    more_detail,
    note_text,
)
from scarwise.dialogue.message import Message, Said, paragraphs
from scarwise.understanding.reading import Reading
from scarwise.understanding.thresholds import Thresholds

GO_ON = ("Go on with the call back", f"/{callback.RESUME}")
# Said to the form's own question: the question, once more, is the reply.
NO_REPLY_OF_THEIR_OWN = frozenset({"affirm", "repeat", callback.ASK, callback.RESUME})


def ask(voice: Voice, slot: str, slots: Mapping[str, Any], intent: str | None) -> Message:
    """The form's question for `slot`, after what `slots` already hold."""
    before = None
    if slot == callback.NAME and intent in (callback.ASK, callback.RESUME):
        before = voice.texts.say("callback_start")
    request = callback.request_of(slots)
    if slot == callback.CONFIRMED and request:
        before = voice.texts.say(
            "callback_summary",
            given_name=request.name, given_phone=request.phone, given_time=request.time,
        )  # fmt: skip
    message = fixed(voice, f"ask_{slot}", "form")
    return replace(message, text=paragraphs(before, message.text), slot=slot)


def beside(
    voice: Voice, slot: str, text: str, reading: Reading,
    facets: Mapping[str, str], said: Sequence[Said],
) -> Message | None:  # fmt: skip
    """What is said to a message that is not what the form asked for, above its question."""
    explained = meaning(voice, text, reading)
    if explained:
        return replace(explained, buttons=())
    topic = reading.topics[0] if reading.outcome == "answer" else None
    if topic in NO_REPLY_OF_THEIR_OWN:
        return None
    if reading.outcome == "ask_back":
        return _short_of_buttons(ask_back(voice, reading))
    unsure = reading.confidence < Thresholds().answer
    if topic is None or unsure or topic in ("out_of_scope", callback.INFORM):
        return decline(voice, reading) if reading.language else _fault(voice, slot, text, reading)
    if topic == "more_detail":
        return replace(more_detail(voice, said), buttons=())
    if voice.topics[topic].answered:
        message = answer(voice, reading, facets)
        return replace(message, buttons=voice.buttons(message.offered))
    message = fixed(voice, topic, "conversation", [topic])
    note = note_text(voice, reading.danger)
    return _short_of_buttons(replace(
        message, text=paragraphs(note, message.text), note=reading.danger.kind if note else None
    ))  # fmt: skip


def _fault(voice: Voice, slot: str, text: str, reading: Reading) -> Message:
    """The reason why a value was not taken."""
    note = note_text(voice, reading.danger)
    return Message(
        paragraphs(note, voice.texts.say(callback.fault_of(slot, text))),
        "form",
        note=reading.danger.kind if note else None,
    )


def _short_of_buttons(message: Message) -> Message:
    """With room below it for the form's own buttons."""
    return replace(message, buttons=message.buttons[: MOST_BUTTONS - 1])


def saved(voice: Voice, number: str) -> Message:
    """Said by the code that has just committed the request, and by nothing else."""
    text = voice.texts.say("callback_saved", number=number)
    demo = voice.texts.say("demo") if voice.texts.clinic.demo else None
    return Message(paragraphs(text, demo), "form")


def not_saved(voice: Voice) -> Message:
    """The request could not be stored; nobody may wait for a call."""
    return fixed(voice, "callback_not_saved", "failed")


def left(voice: Voice, reading: Reading | None = None) -> Message:
    """The form was left, and nothing kept."""
    message = fixed(voice, "callback_left", "form")
    note = note_text(voice, reading.danger) if reading else None
    if not reading or not note:
        return message
    return replace(message, text=paragraphs(note, message.text), note=reading.danger.kind)
