"""What comes in from a patient is text, whatever it looks like.

Rasa takes a message that begins with "/" for a command: it would set slots, skip steps or restart
the conversation. Here such a message counts as a command only when it is, to the letter, a button
that the assistant offered in its last turn.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

MOST_CHARACTERS = 1000


@dataclass(frozen=True)
class Inbound:
    """A message as it may go on: a button that was offered, text, or nothing usable."""

    kind: Literal["button", "text", "too_long", "no_text"]
    text: str = ""


def _without_command_marks(text: str) -> str:
    """`text` without what Rasa would read as the start of a command."""
    while text.strip().startswith("/"):
        text = text.strip()[1:]
    return text.strip()


def looks_like_command(text: str) -> bool:
    """Whether Rasa would take `text` for a command: "/" after any Unicode white space."""
    return text.strip().startswith("/")


def inbound(text: object, offered: Collection[str]) -> Inbound:
    """What the message `text` may be, when the payloads `offered` stood below the last turn."""
    if not isinstance(text, str):
        return Inbound("no_text")
    if looks_like_command(text):
        if text.strip() in offered:
            return Inbound("button", text.strip())
        text = _without_command_marks(text)
    if len(text) > MOST_CHARACTERS:
        return Inbound("too_long", text)
    return Inbound("text", text)
