"""Hands replies over to a provider, and tries again with growing pauses where that may help.

Before each try it is written down that a part is under way. Where a cut leaves open whether the
provider took it (a time-out, a kill), the provider is asked before the part is sent again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol, Self

from sqlalchemy.exc import SQLAlchemyError
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception_type,
    stop_after_delay,
    wait_exponential_jitter,
)

from scarwise.channels.menu import Choice
from scarwise.dialogue.message import PARAGRAPH
from scarwise.storage.outbox import Due, Outbox

GIVE_UP_SECONDS = 3600.0  # after it arrived: a reply that comes later answers nobody
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
logger = logging.getLogger(__name__)


class NotSentError(Exception):
    """A part was not taken, for good. `code` is the provider's own."""

    def __init__(self, code: object = "") -> None:
        super().__init__(f"{type(self).__name__} {code}".strip())
        self.code = code


class OptedOutError(NotSentError):
    """The patient has told the provider or carrier that they want no messages."""


class TooLongError(NotSentError):
    """The text is longer than the provider takes."""


class BadAddressError(NotSentError):
    """Nobody can be reached at the address."""


class RefusedError(NotSentError):
    """The provider does not send this, for another reason."""


class LaterError(NotSentError):
    """It may be sent later; `wait`: seconds that the provider asks for. Surely not taken."""

    def __init__(self, code: object = "", wait: float = 0.0) -> None:
        super().__init__(code)
        self.wait = wait


class ThrottledError(LaterError):
    """Too many messages at once."""


class DownError(LaterError):
    """The provider cannot be reached or refuses everything: down, or its settings are wrong."""


class OpenError(LaterError):
    """The line was cut: nobody here knows whether the provider has taken the part."""


@dataclass(frozen=True)
class Part:
    """One message to hand over; `choices` where the channel has buttons."""

    text: str
    choices: tuple[Choice, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The part as it is sealed."""
        return {"text": self.text, "choices": [list(one) for one in self.choices]}

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Self:
        """The part that was sealed."""
        return cls(content["text"], tuple((title, sent) for title, sent in content["choices"]))


@dataclass(frozen=True)
class Line:
    """Who writes to whom: the patient's address, and the clinic's."""

    channel: str
    address: str
    ours: str


class Provider(Protocol):
    """Whoever carries messages to patients."""

    async def send(self, line: Line, part: Part) -> str:
        """Hand over one part; returns the provider's id of it. Raises `NotSentError`."""

    async def find(self, line: Line, part: Part, since: datetime, known: set[str]) -> str | None:
        """The id of a part that was taken after `since` and is none of `known`, else None.

        Raises `LaterError` when it cannot be told now.
        """


def halves(part: Part) -> list[Part]:
    """The part as two, cut between paragraphs; empty when it has but one."""
    blocks = part.text.split(PARAGRAPH)
    if len(blocks) < 2:
        return []
    middle = (len(blocks) + 1) // 2
    first, second = (PARAGRAPH.join(some) for some in (blocks[:middle], blocks[middle:]))
    return [Part(first), Part(second, part.choices)]


def _pause(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    grown = wait_exponential_jitter(FIRST_PAUSE, LONGEST_PAUSE)(state)
    return max(grown, error.wait) if isinstance(error, LaterError) else grown


class Delivery:
    """Delivers the parts of one reply after the other."""

    def __init__(
        self, provider: Provider, outbox: Outbox, in_thread: Callable[..., Awaitable[Any]]
    ) -> None:
        self._provider = provider
        self._outbox = outbox
        self._in_thread = in_thread
        self._finding = asyncio.Lock()
        self._found: set[str] = set()

    async def send(
        self, due: Due, line: Line, parts: list[Part], may_send: Callable[[], Awaitable[bool]]
    ) -> None:
        """Hand over all of `parts` that were not taken before; raises `NotSentError`."""
        age = (datetime.now(UTC) - due.arrived_at).total_seconds()
        while due.sent < len(parts):
            retrying = AsyncRetrying(
                retry=retry_if_exception_type(LaterError),
                wait=_pause,
                stop=stop_after_delay(max(0.0, GIVE_UP_SECONDS - age)),
                before_sleep=lambda state: self._tell(due, state),
                reraise=True,
            )
            try:
                async for attempt in retrying:
                    with attempt:
                        if not await may_send():
                            return
                        await self._once(due, line, parts[due.sent])
            except TooLongError:
                pieces = halves(parts[due.sent])
                if not pieces:
                    raise
                parts[due.sent : due.sent + 1] = pieces

    async def _once(self, due: Due, line: Line, part: Part) -> None:
        """One try; whether the part was taken is kept as soon as it is known."""
        taken = await self._taken_before(due, line, part) if due.trying_since else None
        if taken is None:
            due.trying_since = datetime.now(UTC)
            await self._keep(self._outbox.trying, due)
            try:
                taken = await self._provider.send(line, part)
            except OpenError:
                raise
            except NotSentError:
                due.trying_since = None
                await self._keep(self._outbox.trying, due)
                raise
        due.sent, due.trying_since = due.sent + 1, None
        due.provider_ids = [*due.provider_ids, taken]
        await self._keep(self._outbox.taken, due)

    async def _taken_before(self, due: Due, line: Line, part: Part) -> str | None:
        assert due.trying_since is not None
        # One after the other: two open parts of the same words must not be taken for one.
        async with self._finding:
            try:
                known = await self._in_thread(self._outbox.known_ids, due.conversation)
            except SQLAlchemyError as error:
                raise DownError(type(error).__name__) from None
            known |= {*due.provider_ids, *self._found}
            found = await self._provider.find(line, part, due.trying_since, known)
            if found is not None:
                self._found.add(found)
            return found

    async def _keep(self, write: Callable[[Due], None], due: Due) -> None:
        """A patient gets the reply also while the database is down."""
        try:
            await self._in_thread(write, due)
        except SQLAlchemyError as error:
            logger.error("outbox.failed error=%s", type(error).__name__)

    @staticmethod
    def _tell(due: Due, state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        if state.attempt_number in (1, 5) or state.attempt_number % 20 == 0:
            logger.warning("message.later conversation=%s error=%s", due.conversation, error)
