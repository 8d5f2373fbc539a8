"""Turns on a journal in both databases: taken once, in order, and mended after a crash anywhere."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from rasa.core.actions.action import create_bot_utterance
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SessionStarted, UserUttered

from scarwise.channels.shared import Conversations
from scarwise.dialogue.message import Message
from scarwise.dialogue.turn import last_check
from scarwise.storage.database import database_url, open_engine
from scarwise.storage.forgetting import forget_conversation
from scarwise.storage.journal import TURNS, Entry, Journal
from scarwise.storage.tracker_store import ConversationStore

Run = Callable
SENDER = "webchat:a"


class Killed(BaseException):
    """Stands for a kill -9: nothing after it happens."""


class Rasa:
    """Stands for Rasa: keeps its tracker in the same database, and dies where a test wants."""

    def __init__(self, dies: str = "", seconds: float = 0.0) -> None:
        self.dies = dies
        self.seconds = seconds
        self.got: list[str] = []

    async def take(self, message: UserMessage) -> None:
        self.got.append(message.text)
        await asyncio.sleep(self.seconds)
        if self.dies == "before the tracker is saved":
            raise Killed
        store = ConversationStore(Domain.empty())
        tracker = await store.get_or_create_tracker(message.sender_id)
        reply = thanks()
        tracker.update_with_events(
            [ActionExecuted("action_session_start"), SessionStarted(),
             UserUttered(message.text, message_id=message.message_id),
             create_bot_utterance(reply.as_response()), ActionExecuted("action_listen")],
            Domain.empty(),
        )  # fmt: skip
        await store.save(tracker)
        await message.output_channel.send_response(message.sender_id, reply.as_response())
        if self.dies == "after the tracker is saved":
            raise Killed


def thanks() -> Message:
    text = last_check().voice.texts.say("thanks")
    return Message(text, "conversation", ("thanks",), buttons=(("Risks", "/risks"),))


def safe() -> list[dict[str, Any]]:
    return [last_check().safe_reply().as_response()]


def conversations(rasa: Rasa, engine: sa.Engine) -> Conversations:
    """As a server makes them when it starts."""
    return Conversations(rasa.take, Journal(engine), "webchat")


async def say(chats: Conversations, mark: str, text: str = "thanks", sender: str = SENDER) -> Entry:
    return await chats.turn(sender, mark, f"digest of {text}", text, text)


def killed(rasa: Rasa, engine: sa.Engine, run: Run, *marks: str) -> None:
    """Messages to a server that dies in mid-turn; nobody gets a reply."""

    async def play() -> None:
        chats = conversations(rasa, engine)
        turns = [asyncio.create_task(say(chats, mark)) for mark in marks]
        (done, *_) = await asyncio.gather(*turns, return_exceptions=True)
        assert isinstance(done, Killed)

    run(play())


def test_a_message_is_taken_once(engine: sa.Engine, run: Run) -> None:
    rasa = Rasa(seconds=0.05)

    async def play() -> list[Entry]:
        chats = conversations(rasa, engine)
        at_once = await asyncio.gather(*(say(chats, "m1") for _ in range(20)))
        later = await asyncio.gather(*(say(conversations(rasa, engine), "m1") for _ in range(5)))
        return [*at_once, *later]

    entries = run(play())
    assert rasa.got == ["thanks"]
    assert {entry.number for entry in entries} == {1}
    assert all(entry.replies == [thanks().as_response()] for entry in entries)


def test_only_what_is_new_is_held_back(engine: sa.Engine, run: Run) -> None:
    class HeldBackError(Exception):
        pass

    def refuse() -> None:
        raise HeldBackError

    rasa = Rasa()
    chats = conversations(rasa, engine)
    run(say(chats, "m1"))
    again = run(chats.turn(SENDER, "m1", "d", "thanks", "thanks", admit=refuse))
    assert again.number == 1
    with pytest.raises(HeldBackError):
        run(chats.turn(SENDER, "m2", "d", "thanks", "thanks", admit=refuse))
    assert rasa.got == ["thanks"]
    assert len(Journal(engine).entries(SENDER)) == 1


def test_one_id_with_two_contents_is_told_apart(engine: sa.Engine, run: Run) -> None:
    rasa = Rasa()
    chats = conversations(rasa, engine)
    run(say(chats, "m1"))
    other = run(say(chats, "m1", "hello"))
    assert (other.digest, other.said, rasa.got) == ("digest of thanks", "thanks", ["thanks"])


def test_messages_of_one_sender_keep_their_order(engine: sa.Engine, run: Run) -> None:
    rasa = Rasa(seconds=0.02)

    async def play() -> list[Entry]:
        chats = conversations(rasa, engine)
        wanted = [("m1", "a", SENDER), ("m2", "b", SENDER), ("m3", "c", SENDER)]
        turns = [asyncio.create_task(say(chats, *one)) for one in wanted]
        return await asyncio.gather(*turns)

    assert [entry.number for entry in run(play())] == [1, 2, 3]
    assert rasa.got == ["a", "b", "c"]


def test_nobody_waits_for_others(engine: sa.Engine, run: Run) -> None:
    async def play() -> None:
        slow = Rasa(seconds=30)
        chats = conversations(slow, engine)
        held = asyncio.create_task(say(chats, "m1"))
        while not slow.got:
            await asyncio.sleep(0.01)
        slow.seconds = 0.0
        await asyncio.wait_for(say(chats, "m1", sender="webchat:b"), 5)
        assert not held.done()
        for task in [held, *chats._under_way.values()]:
            task.cancel()

    run(play())


def test_who_stops_waiting_does_not_stop_the_turn(engine: sa.Engine, run: Run) -> None:
    async def play() -> None:
        rasa = Rasa(seconds=0.1)
        chats = conversations(rasa, engine)
        waiting = asyncio.create_task(say(chats, "m1"))
        await asyncio.sleep(0.05)
        waiting.cancel()
        entry = await say(chats, "m1")
        assert entry.replies == [thanks().as_response()]
        assert rasa.got == ["thanks"]

    run(play())


def test_a_kill_before_the_tracker_is_saved(engine: sa.Engine, run: Run) -> None:
    """The turn had no effect: it is taken again, by the server that starts next."""
    killed(Rasa("before the tracker is saved"), engine, run, "m1")
    rasa = Rasa()
    (mended,) = run(conversations(rasa, engine).resume())
    assert rasa.got == ["thanks"]
    assert (mended.number, mended.replies) == (1, [thanks().as_response()])
    assert Journal(engine).entries(SENDER) == [mended]
    assert run(conversations(rasa, engine).resume()) == []


def test_a_kill_after_the_tracker_is_saved(engine: sa.Engine, run: Run) -> None:
    """The turn was done: its replies are read from the tracker, buttons and record included."""
    killed(Rasa("after the tracker is saved"), engine, run, "m1")
    rasa = Rasa()
    (mended,) = run(conversations(rasa, engine).resume())
    assert rasa.got == []
    assert mended.replies == [thanks().as_response()]
    assert Journal(engine).entries(SENDER) == [mended]


@pytest.mark.parametrize("where", ["before the tracker is saved", "after the tracker is saved"])
def test_a_client_may_come_before_the_mending(engine: sa.Engine, run: Run, where: str) -> None:
    killed(Rasa(where), engine, run, "m1")
    rasa = Rasa()

    async def play() -> list[Entry]:
        chats = conversations(rasa, engine)
        return await asyncio.gather(say(chats, "m1"), chats.resume(), say(chats, "m2", "hello"))

    first, _, second = run(play())
    assert (first.number, second.number) == (1, 2)
    assert rasa.got == (["thanks", "hello"] if where.startswith("before") else ["hello"])
    texts = [one.replies for one in Journal(engine).entries(SENDER)]
    assert texts == [[thanks().as_response()]] * 2


def test_those_that_waited_are_taken_in_order_after_a_kill(engine: sa.Engine, run: Run) -> None:
    journal = Journal(engine)
    for number in range(1, 5):
        journal.take(SENDER, f"m{number}", "d", f"text {number}", f"text {number}")
    rasa = Rasa()
    run(conversations(rasa, engine).resume())
    assert rasa.got == ["text 1", "text 2", "text 3", "text 4"]
    assert journal.unfinished("") == []


def test_what_waited_for_long_is_not_taken_any_more(engine: sa.Engine, run: Run) -> None:
    journal = Journal(engine)
    journal.take(SENDER, "m1", "d", "yes", "yes")
    with engine.begin() as connection:
        past = datetime.now(UTC) - timedelta(minutes=61)
        connection.execute(sa.update(TURNS).values(arrived_at=past))
    rasa = Rasa()
    (late,) = run(conversations(rasa, engine).resume())
    assert rasa.got == []
    assert late.replies == safe()


def test_what_a_tracker_holds_is_checked_as_any_reply(engine: sa.Engine, run: Run) -> None:
    killed(Rasa("after the tracker is saved"), engine, run, "m1")
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE events SET data = replace(data, 'You are', 'Zebra')"))
    (mended,) = run(conversations(Rasa(), engine).resume())
    assert mended.replies == safe()


def test_another_channel_is_left_to_itself(engine: sa.Engine, run: Run) -> None:
    Journal(engine).take("sms:a", "m1", "d", "hello", "hello")
    assert run(conversations(Rasa(), engine).resume()) == []


def test_a_turn_that_raises_has_a_reply(engine: sa.Engine, run: Run) -> None:
    async def fails(_: UserMessage) -> None:
        raise RuntimeError("zebra")

    chats = Conversations(fails, Journal(engine), "webchat")
    assert run(say(chats, "m1")).replies == safe()
    assert Journal(engine).entries(SENDER)[0].replies == safe()


def test_forgetting_waits_for_the_turn_and_takes_all(engine: sa.Engine, run: Run) -> None:
    rasa = Rasa(seconds=0.1)

    async def play() -> None:
        chats = conversations(rasa, engine)
        turn = asyncio.create_task(say(chats, "m1"))
        await asyncio.sleep(0.05)
        await chats.forget(SENDER)
        assert rasa.got == ["thanks"]
        assert (await turn).replies == [thanks().as_response()]

    run(play())
    assert Journal(engine).entries(SENDER) == []
    assert run(ConversationStore(Domain.empty()).keys()) == []


def test_who_writes_while_being_forgotten_begins_anew(engine: sa.Engine, run: Run) -> None:
    """The second message waits in the journal while the first one deletes the conversation."""

    class Forgets(Rasa):
        async def take(self, message: UserMessage) -> None:
            await super().take(message)
            if message.text == "forget me":
                forget_conversation(engine, message.sender_id)

    rasa = Forgets(seconds=0.05)

    async def play() -> tuple[Entry, Entry]:
        chats = conversations(rasa, engine)
        first = asyncio.create_task(say(chats, "m1", "forget me"))
        await asyncio.sleep(0.03)
        return await asyncio.gather(first, say(chats, "m2", "hello"))

    forgotten, after = run(play())
    assert forgotten.replies == after.replies == [thanks().as_response()]
    assert rasa.got == ["forget me", "hello"]
    assert [one.said for one in Journal(engine).entries(SENDER)] == ["hello"]


def test_without_a_database_there_is_a_safe_reply(run: Run, tmp_path, monkeypatch) -> None:
    folder = tmp_path / "var"
    monkeypatch.setenv("SCARWISE_DATABASE_URL", f"sqlite:///{folder / 'conversations.db'}")
    engine = open_engine(database_url())
    folder.rmdir()
    rasa = Rasa()
    chats = conversations(rasa, engine)
    entry = run(say(chats, "m1"))
    assert (entry.number, entry.replies, rasa.got) == (0, safe(), [])
    assert run(chats.resume()) == []
    folder.mkdir()
    assert run(say(chats, "m1")).replies == [thanks().as_response()]


def test_replies_that_cannot_be_kept_are_still_given(engine, run: Run, monkeypatch) -> None:
    def down(*_: Any) -> None:
        raise sa.exc.OperationalError("finish", {}, Exception("down"))

    rasa = Rasa()
    with monkeypatch.context() as patch:
        patch.setattr(Journal, "finish", down)
        assert run(say(conversations(rasa, engine), "m1")).replies == [thanks().as_response()]
    assert run(say(conversations(rasa, engine), "m1")).replies == [thanks().as_response()]
    assert rasa.got == ["thanks"]
