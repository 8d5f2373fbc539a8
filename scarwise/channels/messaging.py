"""What SMS, WhatsApp and Telegram share: a message is kept, acknowledged, and answered later.

    verify (each provider's own) -> once only -> opt-out words -> rate limit -> acknowledge
       -> a task of its own: turn -> render -> deliver

A crash between any two of these loses nothing: what is not delivered is taken up again at start.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Literal, TypeVar
from weakref import WeakValueDictionary

from sqlalchemy.exc import SQLAlchemyError
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_delay, wait_fixed

from scarwise.channels import opting_out
from scarwise.channels.addresses import Addresses, SealError
from scarwise.channels.background import Background
from scarwise.channels.delivery import (
    Delivery,
    Line,
    NotSentError,
    OptedOutError,
    Part,
    Provider,
)
from scarwise.channels.limits import RateLimit
from scarwise.channels.menu import Choice, asks_for_more, meant
from scarwise.channels.shared import Conversations
from scarwise.dialogue.message import Message, paragraphs
from scarwise.dialogue.turn import last_check
from scarwise.storage.journal import Entry
from scarwise.storage.opt_outs import OptOuts
from scarwise.storage.outbox import Due, Outbox

Attachment = Literal["photo", "voice", "file", "location", "contact", "sticker"]
Show = Callable[[Message], list[Part]]
Result = TypeVar("Result")

MOST_MESSAGES = 20  # of one sender in ten seconds
MOST_A_DAY = 300
DAY = 24 * 3600.0
MOST_REMEMBERED = 10_000
CLEAN_SECONDS = 3600.0
# Said once, and not where the provider has said it already.
CONFIRMATIONS = {"stop": "opted_out", "start": "opted_in", "help": "help_word"}
logger = logging.getLogger(__name__)


def _log_failure(error: BaseException) -> None:
    logger.error("messaging.failed error=%s", type(error).__name__)


@dataclass(frozen=True)
class Arrival:
    """One message as its provider handed it over; verified, not yet looked at."""

    channel: str
    address: str
    ours: str
    message_id: str
    text: str = ""  # of a pressed button its title
    payload: str | None = None  # of a pressed button
    attachments: tuple[Attachment, ...] = ()
    keyword: opting_out.Keyword | None = None  # that the provider found and has answered itself

    @property
    def line(self) -> Line:
        """Who writes to whom."""
        return Line(self.channel, self.address, self.ours)


def _arrival(content: dict[str, Any]) -> Arrival:
    return Arrival(**{**content, "attachments": tuple(content["attachments"])})


class Messaging:
    """The conversations of one provider."""

    def __init__(
        self,
        conversations: Mapping[str, Conversations],
        shows: Mapping[str, Show],
        provider: Provider,
        addresses: Addresses,
        outbox: Outbox,
        opt_outs: OptOuts,
    ) -> None:
        self._conversations = conversations
        self._shows = shows
        self._addresses = addresses
        self._outbox = outbox
        self._opt_outs = opt_outs
        self._began = datetime.now(UTC)
        self._delivery = Delivery(provider, outbox, asyncio.to_thread)
        self._limit = RateLimit(MOST_MESSAGES, seconds=10)
        self._a_day = RateLimit(MOST_A_DAY, seconds=DAY)
        self._told_to_wait = RateLimit(1, seconds=60)
        self._came: OrderedDict[str, None] = OrderedDict()
        self._lines: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._background = Background(_log_failure)

    async def arrive(self, arrival: Arrival) -> bool:
        """Keep a message and begin to work on it; False when it came before.

        Returns as soon as nothing can be lost any more, an opt-out in effect.
        """
        sender = self._addresses.sender(arrival.channel, arrival.address)
        mark = self._addresses.mark(arrival.channel, arrival.message_id)
        if mark in self._came:
            return False
        self._remember(mark)
        opted_out = await self._opted_out(sender)
        content = {"arrival": asdict(arrival), "opted_out": opted_out}
        due = Due(mark, sender, self._addresses.seal(content))
        word = arrival.keyword or opting_out.keyword(arrival.text, opted_out)
        if not await self._is_new(due, word):
            return False
        limited = word is None and self._too_many(sender)
        if word is None and (opted_out or (limited and self._told_to_wait.wait(sender))):
            await self._done(due)
        elif limited:
            self._background.begin(self._deliver(due, arrival, self._fixed("too_many_texts")))
        else:
            self._background.begin(self._work(due))
        return True

    def resume(self) -> None:
        """Take up what a crash left undelivered; to be called once, when the server has started."""
        self._background.begin(self._keep_clean())
        self._background.begin(self._take_up())

    async def _take_up(self) -> None:
        # The doors are open already: what has come in since then is being worked on.
        waiting = await self._keep_trying(partial(self._outbox.due, self._began))
        for due in waiting:
            if due.conversation.partition(":")[0] in self._conversations:
                self._background.begin(self._work(due))

    async def stop(self) -> None:
        """Let go of all tasks; what they had not done is taken up at the next start."""
        self._background.cancel()
        await self._background.ended()

    async def _opted_out(self, sender: str) -> bool:
        try:
            return bool(await asyncio.to_thread(self._opt_outs.has, sender))
        except SQLAlchemyError as error:  # who writes now may be told where to call
            logger.error("opt_outs.failed error=%s", type(error).__name__)
            return False

    async def _is_new(self, due: Due, word: opting_out.Keyword | None) -> bool:
        """Keep the message, and in the same transaction what its word changes; False: it came
        before, and changes nothing."""
        change = {"stop": True, "start": False}.get(word or "")
        try:
            new = bool(await asyncio.to_thread(self._kept, due, change))
        except SQLAlchemyError as error:  # answered all the same; memory knows it
            logger.error("outbox.failed error=%s", type(error).__name__)
            if change is not None:
                await self._set_opted_out(due.conversation, change)
            return True
        if new and change is not None:
            self._opt_outs.note(due.conversation, change)
        return new

    def _kept(self, due: Due, opted_out: bool | None) -> bool:
        also = None
        if opted_out is not None:
            self._opt_outs.make_table()
            also = partial(self._opt_outs.write, sender=due.conversation, opted_out=opted_out)
        return self._outbox.arrive(due.mark, due.conversation, due.content, also)

    async def _set_opted_out(self, sender: str, opted_out: bool) -> None:
        """Let an opt-out or its end take effect, and keep it as soon as that can be done."""
        try:
            await asyncio.to_thread(self._opt_outs.set, sender, opted_out)
        except SQLAlchemyError as error:
            logger.error("opt_outs.failed error=%s", type(error).__name__)
            self._background.begin(self._keep_trying(partial(self._opt_outs.keep, sender)))

    @staticmethod
    async def _keep_trying(call: Callable[[], Result]) -> Result:
        """The result of a call of the database, as soon as it is back."""
        retrying = AsyncRetrying(
            retry=retry_if_exception_type(SQLAlchemyError),
            wait=wait_fixed(2),
            stop=stop_after_delay(CLEAN_SECONDS),
            reraise=True,
        )
        return await retrying(asyncio.to_thread, call)

    def _too_many(self, sender: str) -> bool:
        return bool(self._limit.wait(sender) or self._a_day.wait(sender))

    def _remember(self, mark: str) -> None:
        self._came[mark] = None
        if len(self._came) > MOST_REMEMBERED:
            self._came.popitem(last=False)

    async def _keep_clean(self) -> None:
        """Delete what is older than two days, now and every hour."""
        while True:
            try:
                await asyncio.to_thread(self._outbox.delete_old)
            except SQLAlchemyError as error:
                logger.error("outbox.failed error=%s", type(error).__name__)
            await asyncio.sleep(CLEAN_SECONDS)

    async def _done(self, due: Due) -> None:
        try:
            await asyncio.to_thread(self._outbox.done, due)
        except SQLAlchemyError as error:
            logger.error("outbox.failed error=%s", type(error).__name__)

    async def _work(self, due: Due) -> None:
        """Work out the reply to a message that is kept, and deliver it."""
        try:
            content = self._addresses.open(due.content)
        except SealError:
            logger.error("outbox.unreadable: SCARWISE_SECRET is not the one that sealed it")
            await self._done(due)
            return
        arrival = _arrival(content["arrival"])
        word = arrival.keyword or opting_out.keyword(arrival.text, content["opted_out"])
        if word == "start" and not content["opted_out"] and not arrival.keyword:
            word, arrival = None, _arrival({**asdict(arrival), "text": "hello"})
        if word:  # at once, whatever is being worked out for the same patient
            again = word == "stop" and content["opted_out"]
            parts = [] if again or arrival.keyword else self._fixed(CONFIRMATIONS[word])
            await self._deliver(due, arrival, parts, always=True)
            return
        async with self._lines.setdefault(due.conversation, asyncio.Lock()):
            known = content.get("parts")
            parts = [Part.from_json(one) for one in known] if known else None
            await self._deliver(due, arrival, parts or await self._parts(due, arrival))

    async def _deliver(
        self, due: Due, arrival: Arrival, parts: list[Part], always: bool = False
    ) -> None:
        content = self._addresses.open(due.content)
        due.content = self._addresses.seal({**content, "parts": [one.as_json() for one in parts]})

        async def may_send() -> bool:
            return always or not await self._opted_out(due.conversation)

        try:
            await asyncio.to_thread(self._outbox.worked_out, due)
        except SQLAlchemyError as error:
            logger.error("outbox.failed error=%s", type(error).__name__)
        try:
            await self._delivery.send(due, arrival.line, parts, may_send)
        except NotSentError as error:
            logger.warning("message.not_sent conversation=%s error=%s", due.conversation, error)
            if isinstance(error, OptedOutError):
                await self._set_opted_out(due.conversation, True)
        await self._done(due)

    def _fixed(self, *names: str) -> list[Part]:
        texts = last_check().voice.texts
        return [Part(texts.say(name)) for name in names]

    async def _parts(self, due: Due, arrival: Arrival) -> list[Part]:
        """What the patient gets; there is always something."""
        try:
            return await self._reply(due, arrival)
        except Exception as error:  # the patient must not meet what went wrong in here
            logger.error("messaging.failed error=%s", type(error).__name__)
            return self._shows[arrival.channel](last_check().safe_reply())

    async def _reply(self, due: Due, arrival: Arrival) -> list[Part]:
        entry = await self._entry(due, arrival)
        replies = [one for one in map(Message.from_response, entry.replies or []) if one]
        page = (entry.replies or [{}])[-1].get("page", 0)
        show = self._shows[arrival.channel]
        if page:
            return [show(replies[-1])[page]]
        # The first page of each; the others come when they are asked for.
        answer = [show(one)[0] for one in replies]
        before = self._first_contact() if entry.number == 1 else []
        if arrival.text.strip():
            before += self._fixed(*(f"no_{one}" for one in dict.fromkeys(arrival.attachments)))
        danger = any(one.outcome == "safety" for one in replies)
        return [*answer, *before] if danger else [*before, *answer]

    def _first_contact(self) -> list[Part]:
        texts = last_check().voice.texts
        demo = texts.say("demo") if texts.clinic.demo else None
        return [Part(paragraphs(texts.say("first_contact"), demo))]

    async def _entry(self, due: Due, arrival: Arrival) -> Entry:
        """The turn of this message, taken once however often this is asked."""
        conversations = self._conversations[arrival.channel]
        digest = self._addresses.digest(asdict(arrival))
        before = await self._before(conversations, due)
        if arrival.attachments and not arrival.text.strip():
            replies = [{**self._cannot_look(arrival), "aside": True}]
            said = f"({arrival.attachments[0]})"
            return await self._without_rasa(conversations, due, digest, said, replies)
        following = self._following(arrival, before)
        if following:
            return await self._without_rasa(conversations, due, digest, arrival.text, following)
        text = _meant(arrival, before)
        return await conversations.turn(due.conversation, due.mark, digest, arrival.text, text)

    async def _before(self, conversations: Conversations, due: Due) -> list[dict[str, Any]]:
        """The replies of the turn before, photos and the like left out; none while the database
        is down."""
        try:
            read = partial(conversations.journal.entries, due.conversation)
            entries = await asyncio.to_thread(read)
        except SQLAlchemyError:
            return []
        mine = next((one.number for one in entries if one.mark == due.mark), None)
        earlier = [one for one in entries if mine is None or one.number < mine]
        for entry in reversed(earlier):
            if entry.replies and not entry.replies[0].get("aside"):
                return entry.replies
        return []

    def _cannot_look(self, arrival: Arrival) -> dict[str, Any]:
        names = [f"no_{one}" for one in dict.fromkeys(arrival.attachments)]
        text = paragraphs(*(last_check().voice.texts.say(name) for name in names))
        return Message(text, "declined", ("out_of_scope",)).as_response()

    def _following(self, arrival: Arrival, before: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The next page of what was said before, when that is asked for and there is one."""
        asked = bool(before) and asks_for_more(arrival.text)
        message = Message.from_response(before[-1]) if asked else None
        if message is None or last_check().objections([message]):
            return []
        page = before[-1].get("page", 0) + 1
        pages = self._shows[arrival.channel](message)
        return [{**before[-1], "page": page}] if page < len(pages) else []

    async def _without_rasa(
        self, conversations: Conversations, due: Due, digest: str, said: str,
        replies: list[dict[str, Any]],
    ) -> Entry:  # fmt: skip
        """A turn whose replies are known: kept as any other."""
        journal = conversations.journal
        take = partial(journal.take, due.conversation, due.mark, digest, said, said)
        entry, _ = await asyncio.to_thread(take)
        if entry.replies is None:
            await asyncio.to_thread(journal.finish, due.conversation, due.mark, replies)
            entry = Entry(**{**vars(entry), "replies": replies})
        return entry


def _meant(arrival: Arrival, before: list[dict[str, Any]]) -> str:
    """What goes to the assistant: the payload of a suggestion that was chosen, or the words."""
    choices: list[Choice] = [
        (one["title"], one["payload"]) for reply in before for one in reply.get("buttons") or []
    ]
    if arrival.payload is not None:
        offered = any(sent == arrival.payload for _, sent in choices)
        return arrival.payload if offered else arrival.text
    return meant(arrival.text, choices)
