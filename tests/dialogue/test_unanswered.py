"""Which questions are kept as unanswered, and that keeping them never harms a turn."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from scarwise.dialogue import compose, turn
from scarwise.dialogue.message import Message
from scarwise.dialogue.unanswered import Turn, reason_of, reason_of_earlier
from scarwise.understanding.reading import RECORD, Danger, Reading

DECLINED = Reading("decline", confidence=0.05)
DANGER = Danger("note", "urgent_wound")
TEXT = "can a scar be seen by the airport scanner"


def understood(reading: Reading) -> dict[str, Any]:
    return {"intent": {"name": reading.intent}, "reading": reading.as_json(), "entities": []}


def declined(text: object = TEXT, reading: Reading = DECLINED, **changed: Any) -> Turn:
    reply = replace(compose.decline(compose.load_voice(), reading), **changed)
    return Turn(text, understood(reading), (reply.record(),))


def test_a_question_near_the_subject_is_kept() -> None:
    assert reason_of(declined()) == "declined"


@pytest.mark.parametrize(
    "other",
    [
        declined("which football team won on sunday"),
        declined(reading=replace(DECLINED, danger=DANGER)),
        declined(note="crisis"),
        declined(slot="callback_name"),
        declined(outcome="form"),
        declined(outcome="failed"),
        declined(outcome="safety"),
        declined(reading=Reading("decline", language="es")),
        declined(reading=Reading("decline", empty=True)),
        declined(None),
        Turn("/risks", {"intent": {"name": "risks"}}, ({"outcome": "declined"},)),
        Turn(TEXT, {}, ()),
    ],
)
def test_others_are_not(other: Turn) -> None:
    assert reason_of(other) is None


def test_a_topic_without_a_vetted_answer_is_kept() -> None:
    reading = Reading("answer", topics=("stretch_marks",), confidence=0.9)
    told = Message("I have no vetted answer", "declined", ("stretch_marks",))
    assert reason_of(Turn("do stretch marks go", understood(reading), (told.record(),))) == (
        "no_answer"
    )


NONE_OF_THESE = Turn("/none_of_these", {"intent": {"name": "none_of_these"}},
                     ({"outcome": "conversation"},))  # fmt: skip
USELESS = Turn("useless", understood(Reading("answer", topics=("feedback_bad",), confidence=0.9)),
               ({"outcome": "conversation"},))  # fmt: skip


def earlier(outcome: str, danger: Danger | None = None, **record: Any) -> Turn:
    reading = Reading("ask_back", offered=("risks",), danger=danger or Danger())
    return Turn(TEXT, understood(reading), ({"outcome": outcome, **record},))


def test_the_question_before_is_kept() -> None:
    assert reason_of_earlier(NONE_OF_THESE, earlier("asked_back")) == "none_of_these"
    assert reason_of_earlier(USELESS, earlier("answered")) == "not_helpful"


@pytest.mark.parametrize(
    ("now", "before"),
    [
        (NONE_OF_THESE, earlier("answered")),
        (NONE_OF_THESE, earlier("asked_back", DANGER)),
        (NONE_OF_THESE, earlier("asked_back", slot="callback_phone")),
        (USELESS, earlier("declined")),  # kept already, when it was declined
        (USELESS, earlier("answered", note="crisis")),
        (USELESS, earlier("safety")),
        (declined(), earlier("asked_back")),
    ],
)
def test_or_not(now: Turn, before: Turn) -> None:
    assert reason_of_earlier(now, before) is None


class Conversation:
    """A turn around a stand-in for Rasa, with what was kept of it."""

    def __init__(self, reading: Reading, reply: Message) -> None:
        self.reading, self.reply = reading, reply
        self.kept: list[tuple[str, str, str]] = []

    async def handle(self, message: UserMessage) -> None:
        message.output_channel.understood = understood(self.reading)
        await message.output_channel.send_response("", self.reply.as_response())

    async def retrieve(self, sender: str) -> DialogueStateTracker:
        said = compose.ask_back(compose.load_voice(), Reading("ask_back", offered=("risks",)))
        return DialogueStateTracker.from_events(sender, [
            UserUttered(TEXT, parse_data=understood(Reading("ask_back", offered=("risks",)))),
            BotUttered("x", metadata={RECORD: said.record()}),
            UserUttered("useless", parse_data=understood(self.reading)),
            BotUttered("y", metadata={RECORD: self.reply.record()}),
        ])  # fmt: skip

    def keep(self, *row: str) -> None:
        self.kept.append(row)

    def take(self, keep: Any, wait: float = 2.0) -> tuple[str, float]:
        """What the patient reads, and after how many seconds."""

        async def turned() -> tuple[str, float]:
            started = time.perf_counter()
            message = UserMessage(TEXT, None, "somebody")
            sent = await turn.take(self.handle, self.retrieve, message, keep=keep)
            seconds = time.perf_counter() - started
            end = started + wait
            while not self.kept and time.perf_counter() < end:
                await asyncio.sleep(0.01)
            return sent[0].text, seconds

        return asyncio.run(turned())


@pytest.fixture
def conversation() -> Conversation:
    return Conversation(DECLINED, compose.decline(compose.load_voice(), DECLINED))


def test_it_is_kept_masked(conversation: Conversation) -> None:
    conversation.take(conversation.keep)
    assert conversation.kept == [("somebody", TEXT, "declined")]


def test_none_of_these_keeps_the_question_before() -> None:
    reading = Reading("answer", topics=("none_of_these",))
    reply = compose.fixed(compose.load_voice(), "none_of_these", "conversation")
    conversation = Conversation(reading, reply)
    conversation.take(conversation.keep)
    assert conversation.kept == [("somebody", TEXT, "none_of_these")]


def test_a_storage_that_fails(conversation: Conversation, caplog) -> None:
    def fail(*_: str) -> None:
        conversation.kept.append(("tried", "", ""))
        raise OSError(TEXT)

    text, _ = conversation.take(fail)
    assert text == conversation.reply.text
    assert conversation.kept == [("tried", "", "")]
    assert TEXT not in caplog.text


def test_a_storage_that_hangs(conversation: Conversation) -> None:
    def hang(*_: str) -> None:
        time.sleep(1.5)

    text, seconds = conversation.take(hang, wait=0)
    assert text == conversation.reply.text
    assert seconds < 1


def test_an_understanding_that_is_not_what_it_should_be(conversation: Conversation) -> None:
    async def handle(message: UserMessage) -> None:
        message.output_channel.understood = {"reading": {}, "intent": {"name": "out_of_scope"}}
        await message.output_channel.send_response("", conversation.reply.as_response())

    conversation.handle = handle  # type: ignore[method-assign]
    text, _ = conversation.take(conversation.keep, wait=0.1)
    assert text == conversation.reply.text
    assert conversation.kept == []
