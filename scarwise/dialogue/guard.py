"""What comes in from a patient is text, whatever it looks like.

Rasa takes a message that begins with "/" for a command: it would set slots, skip steps or restart
the conversation. Here such a message counts as a command only when it is, to the letter, a button
that the assistant offered in its last turn.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import dropwhile
from typing import Literal

from scarwise.understanding.normalize import normalize

MOST_CHARACTERS = 1000


@dataclass(frozen=True)
class Inbound:
    """A message as it may go on: a button that was offered, text, or nothing usable."""

    kind: Literal["button", "text", "too_long", "no_text"]
    text: str = ""


def looks_like_command(text: str) -> bool:
    """Whether Rasa would take `text` for a command.

    It looks at the normalized text, in which a full-width slash has become "/" and white space,
    invisible characters and emoji before it are gone.
    """
    return text.strip().startswith("/") or normalize(text).startswith("/")


def _is_mark(character: str) -> bool:
    return not normalize(character).strip("/")


def _without_command_marks(text: str) -> str:
    """`text` without what Rasa would read as the start of a command."""
    while looks_like_command(text):
        rest = "".join(dropwhile(_is_mark, text))
        text = rest if len(rest) < len(text) else text[1:]
    return text.strip()


def inbound(text: object, offered: Collection[str]) -> Inbound:
    """What the message `text` may be, when the payloads `offered` stood below the last turn."""
    if not isinstance(text, str):
        return Inbound("no_text")
    if text.strip() in offered and looks_like_command(text):
        return Inbound("button", text.strip())
    if len(text) > MOST_CHARACTERS:
        return Inbound("too_long", text)
    return Inbound("text", _without_command_marks(text) if looks_like_command(text) else text)
