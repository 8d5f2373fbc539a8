"""Which question of a turn was not answered, and that it is kept, masked, for the clinic to read.

A clinic learns from such questions what to write next (`scarwise gaps`). Nothing is kept of a
message that shows danger, of one inside the form for a call back, or of one in another language.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from scarwise.dialogue.compose import NONE_OF_THESE
from scarwise.dialogue.masking import mask, says_something
from scarwise.dialogue.message import Message
from scarwise.storage.unanswered import Reason
from scarwise.understanding.reading import RECORD

FIND_SECONDS = 1.0
NOT_HELPFUL = "feedback_bad"
NOT_OURS = ("out_of_scope",)
SUBJECT = re.compile(r"scar|keloid|wound|stitch|sutur|incision|surg|operat|\bop\b", re.IGNORECASE)
SUBJECT_ENTITIES = {"technique", "scar_type"}

Keep = Callable[[str, str, Reason], None]  # conversation, masked question, reason; may raise
Retrieve = Callable[[str], Awaitable[DialogueStateTracker | None]]

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Turn:
    """A turn as far as it matters here: what was said, what was understood, what was replied."""

    text: object
    understood: dict[str, Any]
    replies: tuple[dict[str, Any], ...]  # the records of the replies

    @property
    def intent(self) -> str | None:
        """What the rules saw."""
        return (self.understood.get("intent") or {}).get("name")

    @property
    def outcome(self) -> str | None:
        """How the turn ended."""
        return self.replies[-1].get("outcome") if self.replies else None


def reason_of(turn: Turn) -> Reason | None:
    """Why the turn's own question counts as not answered; None when it does not."""
    reading = turn.understood.get("reading")
    if turn.outcome != "declined" or not _may_be_kept(turn) or not reading:
        return None
    if tuple(turn.replies[-1].get("topics", ())) != NOT_OURS:
        return "no_answer"
    return "declined" if _is_near(turn) else None


def reason_of_earlier(turn: Turn, earlier: Turn) -> Reason | None:
    """Why this turn says that the question of the `earlier` one was not answered."""
    if not _may_be_kept(earlier):
        return None
    if turn.intent == NONE_OF_THESE and earlier.outcome == "asked_back":
        return "none_of_these"
    if turn.intent == NOT_HELPFUL and turn.outcome == "conversation":
        return "not_helpful" if earlier.outcome == "answered" else None
    return None


def _is_near(turn: Turn) -> bool:
    """Whether a question that was declined is near the subject; of others nothing is learned."""
    named = {one["entity"] for one in turn.understood.get("entities") or []}
    return bool(named & SUBJECT_ENTITIES or SUBJECT.search(str(turn.text)))


def _may_be_kept(turn: Turn) -> bool:
    """Whether the words of the turn may be kept at all."""
    reading = turn.understood.get("reading")
    if not isinstance(turn.text, str) or not reading:  # a button has no reading
        return False
    in_form = any(one.get("slot") or one.get("outcome") == "form" for one in turn.replies)
    danger = reading["danger"]["level"] != "none" or any(one.get("note") for one in turn.replies)
    return not (in_form or danger or reading["language"] or reading["empty"])


def earlier_turn(tracker: DialogueStateTracker) -> Turn | None:
    """The turn before the last one in the tracker; None where there is none."""
    found: list[Turn] = []
    replies: list[dict[str, Any]] = []
    for event in reversed(tracker.events):
        if isinstance(event, BotUttered):
            replies.insert(0, event.metadata.get(RECORD) or {})
        elif isinstance(event, UserUttered):
            found.append(Turn(event.text, event.parse_data or {}, tuple(replies)))
            replies = []
            if len(found) == 2:
                return found[1]
    return None


_under_way: set[asyncio.Task[None]] = set()


async def note(
    keep: Keep | None, retrieve: Retrieve, sender: str, text: object,
    understood: dict[str, Any], sent: Sequence[Message],
) -> None:  # fmt: skip
    """Keep the question that this turn left unanswered, if any, while the patient reads on.

    Never raises, and does not wait for the storage: nobody's turn may suffer from it.
    """
    if keep is None:
        return
    try:
        turn = Turn(text, understood, tuple(one.record() for one in sent))
        found = await asyncio.wait_for(_unanswered(turn, retrieve, sender), FIND_SECONDS)
    except Exception as error:
        _not_kept(error)
        return
    if found:
        task = asyncio.create_task(_keep_masked(keep, sender, *found))
        _under_way.add(task)  # or Python may drop it half done
        task.add_done_callback(_under_way.discard)


async def _unanswered(turn: Turn, retrieve: Retrieve, sender: str) -> tuple[str, Reason] | None:
    """The question that `turn` shows to be unanswered, its own or the one before, and why."""
    question, reason = turn.text, reason_of(turn)
    if reason is None and turn.intent in (NONE_OF_THESE, NOT_HELPFUL):
        tracker = await retrieve(sender)
        earlier = earlier_turn(tracker) if tracker else None
        if earlier:
            question, reason = earlier.text, reason_of_earlier(turn, earlier)
    return (question, reason) if reason and isinstance(question, str) else None


async def _keep_masked(keep: Keep, sender: str, question: str, reason: Reason) -> None:
    def work() -> None:
        masked = mask(question)
        if says_something(masked):
            keep(sender, masked, reason)

    try:
        await asyncio.to_thread(work)
    except Exception as error:
        _not_kept(error)


def _not_kept(error: Exception) -> None:
    logger.error("unanswered.not_kept error=%s", type(error).__name__)
