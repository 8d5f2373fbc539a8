"""The whole assistant on PostgreSQL: a chat is kept, restored, judged, forgotten and expires."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from scarwise.storage.database import open_engine
from scarwise.storage.feedback import FEEDBACK
from scarwise.storage.journal import EVENTS, TURNS

from .running import Chat, Home, Serving

RISKS = "Scar revision has risks, as all surgery does."


@pytest.fixture(scope="module")
def address(postgresql: str) -> str:
    """A database of this module's own."""
    engine = sa.create_engine(postgresql.replace("postgresql", "postgresql+psycopg2", 1))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("CREATE DATABASE chats"))
    engine.dispose()
    return postgresql.rpartition("/")[0] + "/chats"


@pytest.fixture(scope="module")
def serving(home: Home, address: str) -> Iterator[Serving]:
    serving = Serving(home, SCARWISE_DATABASE_URL=address)
    yield serving
    assert serving.stop() == 0, serving.log.read_text()


@pytest.fixture
def engine(address: str) -> Iterator[sa.Engine]:
    engine = open_engine(sa.make_url(address).set(drivername="postgresql+psycopg2"))
    yield engine
    engine.dispose()


def conversations(engine: sa.Engine) -> list[set[str]]:
    """Whose events, turns and feedback are kept."""
    with engine.connect() as connection:
        return [
            set(connection.execute(sa.select(of).distinct()).scalars())
            for of in (EVENTS.c.sender_id, TURNS.c.conversation, FEEDBACK.c.conversation)
        ]


def test_a_chat_on_postgresql(serving: Serving, home: Home, engine: sa.Engine, address) -> None:
    kept, forgotten, old = (Chat(serving.port) for _ in range(3))
    for chat in (kept, forgotten, old):
        assert RISKS in chat.say("What are the risks? \0").text
        assert chat.press("Risk of infection").status == 200
        given = {"number": 1, "helped": True, "reason": "\0 clear"}
        assert chat.ask("POST", "feedback", given).status == 204
        assert [turn["number"] for turn in chat.turns()] == [1, 2]
    again = kept.post({"id": "m1", "text": "What are the risks? \0"})
    assert again.json == kept.turns()[0]
    assert forgotten.ask("DELETE", "conversation").status == 204
    assert forgotten.turns() == []
    assert conversations(engine) == [{kept.sender, old.sender}] * 3

    past = datetime.now(UTC) - timedelta(days=31)
    with engine.begin() as connection:
        for of, when, value in (
            (EVENTS.c.sender_id, "timestamp", past.timestamp()),
            (TURNS.c.conversation, "arrived_at", past),
            (FEEDBACK.c.conversation, "given_at", past),
        ):
            change = sa.update(of.table).where(of == old.sender)
            connection.execute(change.values({when: value}))
    ran = home.scarwise("forget", "--expired", SCARWISE_DATABASE_URL=address)
    assert (ran.returncode, ran.stdout) == (
        0, "Deleted from 1 chats what was older than 30 days.\n",
    )  # fmt: skip
    assert conversations(engine) == [{kept.sender}] * 3
    assert kept.say("forget me").text.startswith("This chat is deleted.")
    assert conversations(engine) == [set()] * 3
