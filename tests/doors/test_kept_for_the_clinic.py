"""Unanswered questions and requests for a call back in SQLite and PostgreSQL."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from scarwise.callback import Request
from scarwise.storage import unanswered
from scarwise.storage.forgetting import Gone, forget_conversation, forget_expired
from scarwise.storage.journal import EVENTS
from scarwise.storage.requests import REQUESTS, RequestStore
from scarwise.storage.tracker_store import ConversationStore, keeper_of_unanswered
from scarwise.storage.unanswered import UNANSWERED, Unanswered, keep, newest

REQUEST = Request("Ana Lee", "+1 911 555 0142", "Morning")


@pytest.fixture
def talks(engine: sa.Engine, run) -> ConversationStore:
    """A store in which the chats `a` and `b` have begun."""
    store = ConversationStore(Domain.empty())
    for sender in ("a", "b"):
        said = DialogueStateTracker.from_events(sender, [UserUttered("is it red")])
        run(store.save(said))
    return store


def test_questions_go_with_their_chat(talks: ConversationStore, engine: sa.Engine) -> None:
    save = keeper_of_unanswered(talks)
    assert save is not None
    for sender in ("a", "a", "b"):
        save(sender, f"does {sender} fade", "declined")
    assert newest(engine, 2)[0] == Unanswered("b", "does b fade", "declined")
    assert len(newest(engine, 2)) == 2
    assert forget_conversation(engine, "a") == Gone(chats=1)
    assert newest(engine, 9) == [Unanswered("b", "does b fade", "declined")]
    keep(engine, "a", "does a fade", "declined")  # of a turn that was under way
    assert len(newest(engine, 9)) == 1
    assert forget_expired(engine, 1, now=time.time() + 2 * 86400) == Gone(chats=1)
    assert newest(engine, 9) == []


def test_nothing_is_there_yet(engine: sa.Engine) -> None:
    assert newest(engine, 9) == []
    assert RequestStore(engine).open_requests() == []
    assert forget_conversation(engine, "a") == Gone()
    assert forget_expired(engine, 1) == Gone()


def test_what_ends_with_the_process_keeps_none() -> None:
    assert keeper_of_unanswered(InMemoryTrackerStore(Domain.empty())) is None


def test_requests(talks: ConversationStore, engine: sa.Engine) -> None:
    store = RequestStore(engine)
    first, second = store.save("a", REQUEST), store.save("b", REQUEST)
    asked = {one.number: one for one in store.open_requests()}
    assert asked.keys() == {first, second}
    assert asked[first].request == REQUEST
    assert abs(asked[first].asked_at - datetime.now(UTC)) < timedelta(minutes=1)
    assert store.done(first)
    assert not store.done(first)
    assert store.save("a", REQUEST) != first  # asked for anew
    assert forget_conversation(engine, "b") == Gone(chats=1, requests=1)
    assert [one.number for one in store.open_requests()] == [store.save("a", REQUEST)]
    assert forget_expired(engine, 30, now=time.time() + 29 * 86400).requests == 0
    assert forget_expired(engine, 30, now=time.time() + 31 * 86400).requests == 1
    with engine.connect() as connection:
        assert connection.execute(sa.select(REQUESTS)).all() == []


def test_a_question_kept_while_its_chat_is_being_forgotten(
    talks: ConversationStore, engine: sa.Engine
) -> None:
    """The other transaction has deleted the chat and not committed yet."""
    keep(engine, "b", "makes the table", "declined")
    failed: list[Exception] = []

    def keep_one() -> None:
        try:
            unanswered.keep(engine, "a", "does it fade", "declined")
        except sa.exc.SQLAlchemyError as error:  # SQLite waits for the other's end, but not long
            failed.append(error)

    thread = threading.Thread(target=keep_one)
    with engine.begin() as connection:
        connection.execute(sa.delete(EVENTS).where(EVENTS.c.sender_id == "a"))
        connection.execute(sa.delete(UNANSWERED).where(UNANSWERED.c.conversation == "a"))
        thread.start()
        time.sleep(0.3)
    thread.join()
    assert not failed
    assert [one.conversation for one in newest(engine, 9)] == ["b"]
