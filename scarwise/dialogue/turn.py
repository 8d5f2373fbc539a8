"""One turn, for every channel: guard what comes in, let Rasa work, check what goes out.

Rasa has no place of its own that every message of every channel passes; `rasa_compat.rasa_agent`
makes `Agent.handle_message` call `take`. A turn always ends with a reply, and in time.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, OutputChannel, UserMessage
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from scarwise import private_logs
from scarwise.dialogue import compose, forgetting, unanswered
from scarwise.dialogue.forgetting import Forget
from scarwise.dialogue.guard import inbound
from scarwise.dialogue.last_check import LastCheck
from scarwise.dialogue.message import PARAGRAPH, Message, as_one
from scarwise.storage.forgetting import Gone
from scarwise.understanding.reading import RECORD

TURN_SECONDS = 20.0

Handle = Callable[[UserMessage], Awaitable[Any]]
Retrieve = Callable[[str], Awaitable[DialogueStateTracker | None]]


class Collected(CollectingOutputChannel):
    """Holds a turn's messages back until the last check has seen them."""

    def __init__(self, channel: str) -> None:
        super().__init__()
        self._channel = channel
        self.composed: list[Message] = []
        # What Rasa understood of the message; `rasa_compat.rasa_processor` sets it.
        self.understood: dict[str, Any] | None = None

    def name(self) -> str:  # type: ignore[override]
        """The name of the channel that the messages will leave by."""
        return self._channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keep one response; one without a record fails the last check by its text."""
        known = Message.from_response(message)
        self.composed.append(known or Message(message.get("text") or "", "failed"))


def last_check() -> LastCheck:
    """The last check of this process, which knows what may be said today."""
    return _last_check_of(compose.load_voice())


@lru_cache(maxsize=1)
def _last_check_of(voice: compose.Voice) -> LastCheck:
    return LastCheck(voice)


def offered_payloads(tracker: DialogueStateTracker | None) -> set[str]:
    """The buttons' payloads of the last turn in `tracker`."""
    offered: set[str] = set()
    for event in reversed(tracker.events if tracker else []):
        if isinstance(event, UserUttered):
            break
        if isinstance(event, BotUttered):
            offered |= {one["payload"] for one in event.data.get("buttons") or []}
    return offered


async def _forget_nothing(_: str) -> Gone:
    """Where nothing is kept."""
    return Gone()


async def take(
    handle: Handle,
    retrieve: Retrieve,
    message: UserMessage,
    forget: Forget = _forget_nothing,
    keep: unanswered.Keep | None = None,
) -> list[Message]:
    """Take one turn and send its reply on the message's channel; returns what was sent.

    `keep` stores a masked question that was not answered; without it none is kept.
    """
    started = time.monotonic()
    check = last_check()
    held_back = Collected(message.output_channel.name() if message.output_channel else "collector")
    problems: list[str] = []
    try:
        turn = _replies(handle, retrieve, message, held_back)
        replies = await asyncio.wait_for(turn, TURN_SECONDS)
    except Exception as error:  # the patient must not meet what went wrong in here
        problems.append(type(error).__name__)
        replies = [check.safe_reply()]
    understood = held_back.understood or {}
    if forgetting.is_asked(message.text, understood, replies):
        try:
            sender = message.sender_id
            replies = [await forgetting.forgotten(check.voice, forget, sender, understood)]
        except Exception as error:
            problems.append(type(error).__name__)
            replies = [forgetting.not_forgotten(check.voice, understood)]
    passed, objections = check.passed(replies)
    for reply in passed:
        await _send(message.output_channel, message.sender_id, reply)
    _log(message, held_back, passed, [*problems, *objections], time.monotonic() - started)
    await unanswered.note(keep, retrieve, message.sender_id, message.text, understood, passed)
    return passed


def _log(
    message: UserMessage, held_back: Collected, sent: list[Message], problems: list[str],
    seconds: float,
) -> None:  # fmt: skip
    understood = held_back.understood or {}
    intent = understood.get("intent") or {}
    private_logs.turn_line(
        conversation=message.sender_id,
        message=str(message.message_id),
        channel=held_back.name(),
        outcome=sent[-1].outcome,
        topics=dict.fromkeys(topic for one in sent for topic in one.topics),
        reading=understood.get("reading") or {"confidence": intent.get("confidence")},
        milliseconds=seconds * 1000,
        problems=problems,
    )


async def _replies(
    handle: Handle, retrieve: Retrieve, message: UserMessage, held_back: Collected
) -> list[Message]:
    """What Rasa answers to the guarded message."""
    text = message.text
    offered: set[str] = set()
    if isinstance(text, str) and text.strip().startswith("/"):
        offered = offered_payloads(await retrieve(message.sender_id))
    arrived = inbound(text, offered)
    voice = last_check().voice
    if arrived.kind == "no_text":
        return [compose.fixed(voice, "no_content", "declined", ["out_of_scope"])]
    if arrived.kind == "too_long":
        return [compose.fixed(voice, "too_long", "declined", ["out_of_scope"])]
    await handle(
        UserMessage(
            arrived.text,
            held_back,
            message.sender_id,
            input_channel=message.input_channel,
            message_id=message.message_id,
        )
    )
    return as_one(held_back.composed)


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
