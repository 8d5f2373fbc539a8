"""The journal of turns in SQLite and PostgreSQL: each message once, in order, until forgotten."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from scarwise.storage.feedback import FEEDBACK, FeedbackStore
from scarwise.storage.forgetting import forget_conversation, forget_expired
from scarwise.storage.journal import TURNS, Journal
from scarwise.storage.tracker_store import ConversationStore

REPLIES = [{"text": "Scar revision has risks.", "buttons": [{"title": "a", "payload": "/a"}]}]


@pytest.fixture
def journal(engine: sa.Engine) -> Journal:
    return Journal(engine)


def take(journal: Journal, mark: str, said: str = "hello", conversation: str = "webchat:a") -> int:
    return journal.take(conversation, mark, "digest", said, said)[0].number


def test_a_message_is_one_entry(journal: Journal) -> None:
    entry, new = journal.take("webchat:a", "m1", "d1", "Risks", "/risks", "my-1")
    assert new
    assert (entry.number, entry.said, entry.text, entry.client_id) == (1, "Risks", "/risks", "my-1")
    assert entry.replies is None
    assert abs(entry.arrived_at - datetime.now(UTC)) < timedelta(seconds=5)
    again, new = journal.take("webchat:a", "m1", "d2", "other", "other")
    assert (again, new) == (entry, False)
    assert journal.find("webchat:a", "m1") == entry
    assert journal.find("webchat:b", "m1") is None


def test_what_was_replied_is_found_by_another_process(journal: Journal, engine) -> None:
    take(journal, "m1")
    journal.finish("webchat:a", "m1", REPLIES)
    (kept,) = Journal(engine).entries("webchat:a")
    assert kept.replies == REPLIES
    assert Journal(engine).unfinished("webchat:") == []


def test_numbers_count_from_one_in_each_conversation(journal: Journal) -> None:
    assert [take(journal, mark) for mark in ("m1", "m2", "m3")] == [1, 2, 3]
    assert take(journal, "m1", conversation="webchat:b") == 1
    assert [one.mark for one in journal.entries("webchat:a", after=1)] == ["m2", "m3"]
    assert journal.entries("webchat:a", after=3) == []


def test_the_unfinished_are_those_of_the_prefix_to_the_letter(journal: Journal) -> None:
    for conversation in ("webchat:a", "webchat:A", "webchat:_", "sms:a"):
        take(journal, "m1", conversation=conversation)
        take(journal, "m2", conversation=conversation)
        journal.finish(conversation, "m1", REPLIES)

    def found(prefix: str) -> set[tuple[str, str]]:
        return {(one.conversation, one.mark) for one in journal.unfinished(prefix)}

    assert found("webchat:a") == {("webchat:a", "m2")}
    assert found("webchat:_") == {("webchat:_", "m2")}
    assert found("sms:") == {("sms:a", "m2")}
    assert len(found("webchat:")) == 3


def test_the_same_message_at_the_same_moment(journal: Journal) -> None:
    with ThreadPoolExecutor(8) as pool:
        taken = list(
            pool.map(lambda _: journal.take("webchat:a", "m", "d", "hello", "hello"), range(24))
        )
    assert [new for _, new in taken].count(True) == 1
    assert {entry.number for entry, _ in taken} == {1}


def test_many_messages_at_the_same_moment(journal: Journal) -> None:
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda one: take(journal, f"m{one}"), range(24)))
    assert sorted(numbers) == list(range(1, 25))


@pytest.mark.parametrize(
    "said", ["", "a\0b", "\u00e9\u4f60\U0001f9d1\u200d", "'; DROP TABLE turns; --", "x" * 16_000]
)
def test_odd_text_is_kept(journal: Journal, said: str) -> None:
    take(journal, "m1", said)
    (kept,) = journal.entries("webchat:a")
    assert kept.said == kept.text == said.replace("\0", "\ufffd")


def test_forgetting_takes_all_of_one_conversation(journal: Journal, engine) -> None:
    for conversation in ("webchat:a", "webchat:ab"):
        take(journal, "m1", conversation=conversation)
    forget_conversation(engine, "webchat:a")
    assert journal.entries("webchat:a") == []
    assert len(journal.entries("webchat:ab")) == 1
    journal.finish("webchat:a", "m1", REPLIES)  # of the turn that was under way
    assert journal.entries("webchat:a") == []


def test_a_conversation_in_both_tables_counts_once(journal: Journal, engine, run) -> None:
    from rasa.shared.core.domain import Domain
    from rasa.shared.core.events import SessionStarted, UserUttered
    from rasa.shared.core.trackers import DialogueStateTracker

    long_ago = time.time() - 31 * 24 * 3600
    for sender, at in (("webchat:a", long_ago), ("webchat:b", time.time())):
        take(journal, "m1", conversation=sender)
        events = [SessionStarted(timestamp=at), UserUttered("numbat", timestamp=at + 1)]
        run(
            ConversationStore(Domain.empty()).save(DialogueStateTracker.from_events(sender, events))
        )
    take(journal, "m1", conversation="webchat:c")
    with engine.begin() as connection:
        old = TURNS.c.conversation.in_(("webchat:a", "webchat:c"))
        past = datetime.fromtimestamp(long_ago, UTC)
        connection.execute(sa.update(TURNS).where(old).values(arrived_at=past))
    assert forget_expired(engine, days=30).chats == 2
    assert [len(journal.entries(f"webchat:{one}")) for one in "abc"] == [0, 1, 0]
    assert run(ConversationStore(Domain.empty()).keys()) == ["webchat:b"]
    assert forget_expired(engine, days=30).chats == 0


def test_expiry_knows_databases_without_tables(engine) -> None:
    assert forget_expired(engine, days=30).chats == 0
    forget_conversation(engine, "webchat:a")


# Feedback lies beside the turns, and goes with them.


def given(engine: sa.Engine) -> list[tuple]:
    columns = (FEEDBACK.c.conversation, FEEDBACK.c.number, FEEDBACK.c.answers,
               FEEDBACK.c.helped, FEEDBACK.c.reason)  # fmt: skip
    with engine.connect() as connection:
        return [
            tuple(row) for row in connection.execute(sa.select(*columns).order_by(*columns[:2]))
        ]


ANSWERS = [{"topic": "risks", "answer": "risks", "revision": "0123456789ab"}]


def test_feedback_is_kept_once_a_turn(engine: sa.Engine) -> None:
    store = FeedbackStore(engine)
    store.give("webchat:a", 1, ANSWERS, False, "a\0b")
    assert given(engine) == [("webchat:a", 1, ANSWERS, False, "a\ufffdb")]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: store.give("webchat:a", 1, ANSWERS, True, None), range(4)))
    store.give("webchat:a", 2, [], True, "")
    assert given(engine) == [
        ("webchat:a", 1, ANSWERS, True, None), ("webchat:a", 2, [], True, None),
    ]  # fmt: skip


def test_feedback_is_forgotten_and_expires(engine: sa.Engine) -> None:
    store = FeedbackStore(engine)
    for conversation in ("webchat:a", "webchat:b", "webchat:c"):
        store.give(conversation, 1, ANSWERS, True, "numbat")
    forget_conversation(engine, "webchat:a")
    past = datetime.now(UTC) - timedelta(days=31)
    with engine.begin() as connection:
        old = FEEDBACK.c.conversation == "webchat:b"
        connection.execute(sa.update(FEEDBACK).where(old).values(given_at=past))
    assert forget_expired(engine, days=30).chats == 1
    assert [row[0] for row in given(engine)] == ["webchat:c"]
