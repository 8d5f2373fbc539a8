"""What all channels share: a message counts once, in its order, and nothing cuts its turn off.

Each message is written into the journal, then taken by Rasa, then its replies are written beside
it. What a crash left between is mended: Rasa's tracker tells whether the turn had been done.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import astuple, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from weakref import WeakValueDictionary

from rasa.core.channels.channel import OutputChannel, UserMessage
from sqlalchemy.exc import SQLAlchemyError

from scarwise.dialogue.message import Message, as_one
from scarwise.dialogue.turn import last_check
from scarwise.storage.forgetting import forget_conversation
from scarwise.storage.journal import Entry, Journal
from scarwise.understanding.reading import RECORD

# What waited longer is not taken any more: its patient was told so, or has gone, and a late "yes"
# would answer another question.
LATEST = timedelta(hours=1)
MOST_LAST_WORDS = 1_000  # turns in which a conversation was forgotten
logger = logging.getLogger(__name__)

OnNewMessage = Callable[[UserMessage], Awaitable[Any]]
Admit = Callable[[], None]


def _admit_all() -> None:
    """Where nobody is held back."""


class Replies(OutputChannel):
    """Collects the whole messages of one turn."""

    keeps_paragraphs = True

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self.messages: list[Message] = []

    def name(self) -> str:  # type: ignore[override]
        """The channel's name."""
        return self._channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keep one message; the last check has passed it."""
        known = Message.from_response(message)
        if known:
            self.messages.append(known)


@dataclass
class _Line:
    """Where the messages of one sender wait, first come, first served."""

    arriving: asyncio.Lock = field(default_factory=asyncio.Lock)
    taking: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(frozen=True)
class _Arrived:
    """One message as its channel hands it over."""

    sender: str
    mark: str
    digest: str
    said: str
    text: str
    client_id: str


class Conversations:
    """The conversations of one channel."""

    def __init__(self, on_new_message: OnNewMessage, journal: Journal, channel_name: str) -> None:
        self.journal = journal
        self._on_new_message = on_new_message
        self._channel = channel_name
        self._lines: WeakValueDictionary[str, _Line] = WeakValueDictionary()
        self._under_way: dict[tuple[str, str], asyncio.Task[Entry]] = {}
        self._last_words: OrderedDict[tuple[str, str], Entry] = OrderedDict()

    async def turn(
        self, sender: str, mark: str, digest: str, said: str, text: str, client_id: str = "",
        admit: Admit = _admit_all,
    ) -> Entry:  # fmt: skip
        """The turn of the message `mark`, with its replies; taken once, however often it comes.

        `admit` is called for a message that is new, and raises what this then raises. The entry
        tells by its digest whether it is about this content. Its number is 0 when the database is
        down: it then holds the safe reply, and the message may be sent again. Who stops waiting
        does not stop the turn: its action may have been done already.
        """
        last_words = self.last_words(sender, mark)
        if last_words:
            return last_words
        task = self._under_way.get((sender, mark))
        if task is None:
            arrived = _Arrived(sender, mark, digest, said, text, client_id)
            task = asyncio.create_task(self._turn(arrived, admit))
            self._under_way[sender, mark] = task
            task.add_done_callback(partial(self._over, (sender, mark)))
        return await asyncio.shield(task)

    def last_words(self, sender: str, mark: str) -> Entry | None:
        """The turn in which a conversation was forgotten, for a client that did not hear of it.

        It is remembered by this process alone, as nothing else of the conversation is kept.
        """
        return self._last_words.get((sender, mark))

    async def forget(self, sender: str) -> None:
        """Delete all that is kept of a conversation, after its turns; may raise
        `SQLAlchemyError`."""
        line = self._line(sender)
        async with line.arriving, line.taking:
            await asyncio.to_thread(forget_conversation, self.journal.engine, sender)

    async def resume(self) -> list[Entry]:
        """Finish what a crash cut off; to be called once, when the server has started."""
        try:
            waiting = await asyncio.to_thread(self.journal.unfinished, f"{self._channel}:")
        except SQLAlchemyError as error:
            logger.error("journal.failed error=%s", type(error).__name__)
            return []
        turns = (
            self.turn(one.conversation, one.mark, one.digest, one.said, one.text, one.client_id)
            for one in waiting
        )
        return list(await asyncio.gather(*turns))

    def _line(self, sender: str) -> _Line:
        return self._lines.setdefault(sender, _Line())

    def _over(self, key: tuple[str, str], task: asyncio.Task[Entry]) -> None:
        del self._under_way[key]
        if not task.cancelled():
            task.exception()  # nobody may be waiting for it any more

    async def _turn(self, arrived: _Arrived, admit: Admit) -> Entry:
        line = self._line(arrived.sender)
        try:
            async with line.arriving:
                if not await self._is_known(arrived):
                    admit()
                entry, new = await self._journaled(arrived)
            if entry.replies is not None:
                return entry
            async with line.taking:
                return await self._in_order(arrived, new)
        except SQLAlchemyError as error:
            logger.error("journal.failed error=%s", type(error).__name__)
            return unkept(*astuple(arrived))

    async def _is_known(self, arrived: _Arrived) -> bool:
        try:
            find = partial(self.journal.find, arrived.sender, arrived.mark)
            return await asyncio.to_thread(find) is not None
        except SQLAlchemyError:
            return False

    async def _journaled(self, arrived: _Arrived) -> tuple[Entry, bool]:
        return await asyncio.to_thread(
            self.journal.take, arrived.sender, arrived.mark, arrived.digest, arrived.said,
            arrived.text, arrived.client_id,
        )  # fmt: skip

    async def _in_order(self, arrived: _Arrived, new: bool) -> Entry:
        """Finish the turn, and before it what stayed unfinished in its conversation."""
        waiting = await asyncio.to_thread(self.journal.unfinished, arrived.sender)
        if all(one.mark != arrived.mark for one in waiting):
            # Its patient asked to be forgotten while it waited: it begins a new conversation.
            entry, new = await self._journaled(arrived)
            if entry.replies is not None:
                return entry
            waiting.append(entry)
        for one in waiting:
            mine = one.mark == arrived.mark
            finished = await self._finished(one, new and mine)
            if mine:
                return finished
        raise AssertionError("it is one of those that wait")

    async def _finished(self, entry: Entry, new: bool) -> Entry:
        """The entry with its replies, which are kept."""
        replies = None if new else await self._replies_in_tracker(entry)
        if replies is None and not new and datetime.now(UTC) - entry.arrived_at > LATEST:
            replies = _safe()
        if replies is None:
            replies = await self._taken(entry)
        finished = replace(entry, replies=replies)
        keep = partial(self.journal.finish, entry.conversation, entry.mark, replies)
        try:
            if not await asyncio.to_thread(keep):
                self._last_words[entry.conversation, entry.mark] = finished
                if len(self._last_words) > MOST_LAST_WORDS:
                    self._last_words.popitem(last=False)
        except SQLAlchemyError as error:  # the tracker has it, or the message is taken again
            logger.error("journal.failed error=%s", type(error).__name__)
        return finished

    async def _taken(self, entry: Entry) -> list[dict[str, Any]]:
        """One turn of Rasa; there is always a reply."""
        channel = Replies(self._channel)
        message = UserMessage(
            entry.text,
            channel,
            entry.conversation,
            input_channel=self._channel,
            message_id=entry.mark,
        )
        try:
            await self._on_new_message(message)
        except Exception as error:  # the patient must not meet what went wrong in here
            logger.error("turn.failed error=%s", type(error).__name__)
        return [one.as_response() for one in channel.messages if one.text] or _safe()

    async def _replies_in_tracker(self, entry: Entry) -> list[dict[str, Any]] | None:
        """The replies of a turn that was done before a crash, checked as any; else None."""
        find = partial(self.journal.replies_in_tracker, entry.conversation, entry.mark)
        said = await asyncio.to_thread(find)
        if said is None:
            return None
        messages = [Message.from_response(_response(one)) for one in said]
        passed, _ = last_check().passed(as_one([one for one in messages if one]))
        return [one.as_response() for one in passed]


def _response(said: dict[str, Any]) -> dict[str, Any]:
    """The response of which Rasa made the bot event `said`."""
    return {
        "text": said.get("text"),
        "buttons": (said.get("data") or {}).get("buttons"),
        RECORD: (said.get("metadata") or {}).get(RECORD),
    }


def unkept(
    sender: str, mark: str, digest: str, said: str, text: str = "", client_id: str = ""
) -> Entry:
    """A turn that the database cannot keep: the safe reply, and the number 0."""
    now = datetime.now(UTC)
    return Entry(sender, mark, 0, said, digest, _safe(), now, text, client_id)


def _safe() -> list[dict[str, Any]]:
    return [last_check().safe_reply().as_response()]
