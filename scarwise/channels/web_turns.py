"""Turns as clients of the web know them: numbered, with rich replies, and opaque ids for buttons.

A client never learns what a button sends. It gives back the id, and that counts only in the
conversation in which the button was offered. Pure.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Sequence

from scarwise.channels.bodies import Turn
from scarwise.channels.identity import Tokens
from scarwise.channels.rich_reply import RichReplies
from scarwise.dialogue.message import Message
from scarwise.storage.journal import Entry

MOST_DIGITS = 9  # of a turn's number


def messages_of(entry: Entry) -> list[Message]:
    """The replies of a turn that is done."""
    found = map(Message.from_response, entry.replies or ())
    return [one for one in found if one]


def turn_of(button: str) -> int | None:
    """The number of the turn below which a button with this id would stand."""
    number = button.partition("-")[0]
    if not (number.isascii() and number.isdecimal() and len(number) <= MOST_DIGITS):
        return None
    return int(number) or None


class WebTurns:
    """Sets turns for the web, and finds the buttons that were pressed there."""

    def __init__(self, tokens: Tokens, rich: RichReplies) -> None:
        self._tokens = tokens
        self._rich = rich

    def turn(self, entry: Entry) -> Turn:
        """The turn as the client gets it; its buttons are counted through all replies."""
        replies, before = [], 0
        for message in messages_of(entry):
            first = before
            replies.append(
                self._rich.reply(message, lambda place, first=first: self._id(entry, first + place))
            )
            before += len(message.buttons)
        return Turn(number=entry.number, id=entry.client_id, said=entry.said, replies=replies)

    def pressed(self, entries: Sequence[Entry], button: str) -> tuple[str, str] | None:
        """Title and payload of the button, None when the first of `entries` has no such button.

        Where more turns follow it, what the button led to is no longer on offer: it is its title,
        typed.
        """
        for place, (title, payload) in enumerate(_buttons(entries[0]) if entries else ()):
            if hmac.compare_digest(self._id(entries[0], place).encode(), button.encode()):
                return title, payload if len(entries) == 1 else title
        return None

    def _id(self, entry: Entry, place: int) -> str:
        seal = self._tokens.mark(entry.conversation, f"button:{entry.mark}:{place}")
        return f"{entry.number}-{seal}"


def _buttons(entry: Entry) -> Iterator[tuple[str, str]]:
    for message in messages_of(entry):
        yield from message.buttons
