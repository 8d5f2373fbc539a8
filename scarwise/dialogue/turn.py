"""One turn, for every channel: guard what comes in, let Rasa work, check what goes out.

Rasa has no place of its own that every message of every channel passes; `rasa_compat.rasa_agent`
makes `Agent.handle_message` call `take`. A turn always ends with a reply, and in time.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, OutputChannel, UserMessage
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from scarwise.dialogue import compose
from scarwise.dialogue.guard import inbound, looks_like_command
from scarwise.dialogue.last_check import LastCheck
from scarwise.dialogue.message import PARAGRAPH, RECORD, Message

TURN_SECONDS = 20.0
logger = logging.getLogger(__name__)

Handle = Callable[[UserMessage], Awaitable[Any]]
Retrieve = Callable[[str], Awaitable[DialogueStateTracker | None]]


class Collected(CollectingOutputChannel):
    """Holds a turn's messages back until the last check has seen them."""

    def __init__(self, channel: str) -> None:
        super().__init__()
        self._channel = channel
        self.composed: list[Message] = []

    def name(self) -> str:  # type: ignore[override]
        """The name of the channel that the messages will leave by."""
        return self._channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keep one response; one without a record fails the last check by its text."""
        known = Message.from_response(message)
        self.composed.append(known or Message(message.get("text") or "", "failed"))


@lru_cache
def last_check() -> LastCheck:
    """The last check of this process."""
    return LastCheck(compose.load_voice())


def offered_payloads(tracker: DialogueStateTracker | None) -> set[str]:
    """The buttons' payloads of the last turn in `tracker`."""
    offered: set[str] = set()
    for event in reversed(tracker.events if tracker else []):
        if isinstance(event, UserUttered):
            break
        if isinstance(event, BotUttered):
            offered |= {one["payload"] for one in event.data.get("buttons") or []}
    return offered


async def take(handle: Handle, retrieve: Retrieve, message: UserMessage) -> list[Message]:
    """Take one turn and send its reply on the message's channel; returns what was sent."""
    check = last_check()
    try:
        replies = await asyncio.wait_for(_replies(handle, retrieve, message), TURN_SECONDS)
    except Exception as error:  # the patient must not meet what went wrong in here
        logger.error("turn.failed sender=%s error=%s", message.sender_id, type(error).__name__)
        replies = [check.safe_reply()]
    passed, objections = check.passed(replies)
    if objections:
        logger.error("turn.refused sender=%s why=%s", message.sender_id, "; ".join(objections))
    for reply in passed:
        await _send(message.output_channel, message.sender_id, reply)
    return passed


async def _replies(handle: Handle, retrieve: Retrieve, message: UserMessage) -> list[Message]:
    """What Rasa answers to the guarded message."""
    text = message.text
    offered: set[str] = set()
    if isinstance(text, str) and looks_like_command(text):
        offered = offered_payloads(await retrieve(message.sender_id))
    arrived = inbound(text, offered)
    voice = last_check().voice
    if arrived.kind == "no_text":
        return [compose.fixed(voice, "no_content", "declined", ["out_of_scope"])]
    if arrived.kind == "too_long":
        return [compose.fixed(voice, "too_long", "declined", ["out_of_scope"])]
    held_back = Collected(message.output_channel.name() if message.output_channel else "collector")
    await handle(
        UserMessage(
            arrived.text,
            held_back,
            message.sender_id,
            input_channel=message.input_channel,
            message_id=message.message_id,
        )
    )
    return held_back.composed


async def _send(channel: OutputChannel | None, recipient_id: str, reply: Message) -> None:
    if channel is None:
        return
    # Rasa's own channels cut a text into several messages at blank lines; a line that holds one
    # space looks the same and keeps answer, doctor prompt and source together.
    response = reply.as_response()
    if not getattr(channel, "keeps_paragraphs", False):
        response["text"] = response["text"].replace(PARAGRAPH, "\n \n")
        response.pop(RECORD)
    await channel.send_response(recipient_id, response)
