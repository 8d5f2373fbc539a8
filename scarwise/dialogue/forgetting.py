"""A patient who asks to be forgotten is forgotten at once, and told so only when it is true.

Rasa has taken the turn already, danger check included. A request that is not sure is answered with
a button that makes it sure, as a deleted chat does not come back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from scarwise.dialogue.compose import Voice, fixed, note_text
from scarwise.dialogue.message import Message, paragraphs
from scarwise.storage.forgetting import Gone
from scarwise.understanding.reading import Reading

TOPIC = "forget_me"
PHRASES = frozenset(
    f"{before}{phrase}"
    for before in ("", "please ")
    for phrase in (
        "forget me", "delete me", "delete my chat", "delete this chat", "delete my data",
        "delete my messages", "erase my chat", "erase my data",
    )
)  # fmt: skip
# These often mean "never mind"; with the button that follows, they cannot delete by mistake.
UNCLEAR_ENDS = ("forget it", "forget that", "forget about it", "forget about that")
SURE = 0.9
FORGET_SECONDS = 5.0

Forget = Callable[[str], Awaitable[Gone]]


def is_asked(text: object, understood: dict[str, Any] | None, replies: Sequence[Message]) -> bool:
    """Whether this turn asks to be forgotten, for sure; danger and failures come first."""
    if not understood or any(one.outcome in ("safety", "failed") for one in replies):
        return False
    plain = " ".join("".join(c if c.isalnum() else " " for c in str(text).casefold()).split())
    if plain in PHRASES:
        return True
    if understood["intent"].get("name") != TOPIC:
        return False
    found = understood.get("reading")  # a button has none
    if found is None:
        return True
    sure = list(found["topics"]) == [TOPIC] and found["confidence"] >= SURE
    return sure and not plain.endswith(UNCLEAR_ENDS)


async def forgotten(
    voice: Voice, forget: Forget, sender: str, understood: dict[str, Any]
) -> Message:
    """Forget the conversation `sender`; the reply that says so, after the commit. May raise."""
    gone = await asyncio.wait_for(forget(sender), FORGET_SECONDS)
    name = "forgotten_with_request" if gone.requests else "forgotten"
    return _noted(voice, fixed(voice, name, "conversation", [TOPIC]), understood)


def not_forgotten(voice: Voice, understood: dict[str, Any]) -> Message:
    """The reply when it could not be done."""
    return _noted(voice, fixed(voice, "not_forgotten", "failed", [TOPIC]), understood)


def _noted(voice: Voice, message: Message, understood: dict[str, Any]) -> Message:
    """With the quiet note above it, when the request sounded of danger."""
    found = understood.get("reading")
    danger = Reading.from_json(found).danger if found else None
    note = note_text(voice, danger) if danger else None
    if not danger or not note:
        return message
    return Message(
        paragraphs(note, message.text), message.outcome, message.topics, note=danger.kind
    )
