"""Deletes what patients said: one conversation when its patient asks, and all that is older than
the clinic keeps. With a conversation go its requests for a call back and its unanswered questions.

It knows Rasa's one table by its columns, so that `scarwise forget` and the start of `scarwise run`
need not load Rasa.
"""

from __future__ import annotations

import contextlib
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from scarwise.storage.database import EVENTS, database_url, open_engine
from scarwise.storage.requests import REQUESTS
from scarwise.storage.unanswered import UNANSWERED

DAY = 24 * 3600.0
_sender, _time = EVENTS.c.sender_id, EVENTS.c.timestamp


# What is kept beside Rasa's events: each has the columns `conversation` and `asked_at`.
BESIDE = (REQUESTS, UNANSWERED)


@dataclass(frozen=True)
class Gone:
    """How much was deleted."""

    chats: int = 0  # conversations that lost events
    requests: int = 0  # requests for a call back


def forget_conversation(engine: sa.Engine, sender: str) -> Gone:
    """Delete one conversation and all that came of it; returns after the commit."""
    events = sa.delete(EVENTS).where(_sender == sender)
    tables = sa.inspect(engine)
    gone = {}
    with engine.begin() as connection:
        had_events = connection.execute(events).rowcount
        for table in BESIDE:
            if tables.has_table(table.name):
                asked = sa.delete(table).where(table.c.conversation == sender)
                gone[table] = connection.execute(asked).rowcount
    _wipe(engine)
    return Gone(min(had_events, 1), gone.get(REQUESTS, 0))


def forget_expired(engine: sa.Engine, days: int, now: float | None = None) -> Gone:
    """Delete what was said longer than `days` ago.

    The session that a patient is in stays whole: it is at most two days long.
    """
    last = (now or time.time()) - days * DAY
    tables = sa.inspect(engine)
    gone = {}
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":  # it may take longer than a patient would wait
            connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
        chats = _forget_events(connection, last) if tables.has_table(EVENTS.name) else 0
        for table in BESIDE:
            if tables.has_table(table.name):
                old = sa.delete(table).where(table.c.asked_at < datetime.fromtimestamp(last, UTC))
                gone[table] = connection.execute(old).rowcount
    _wipe(engine)
    return Gone(chats, gone.get(REQUESTS, 0))


def _forget_events(connection: sa.Connection, last: float) -> int:
    """Delete the events before `last`; how many conversations lost some."""
    silent = sa.select(_sender).group_by(_sender).having(sa.func.max(_time) < last)
    other = EVENTS.alias()
    began = sa.select(sa.func.max(other.c.timestamp)).where(
        other.c.sender_id == _sender, other.c.type_name == "session_started"
    )
    old = sa.or_(_sender.in_(silent), sa.and_(_time < last, _time < began.scalar_subquery()))
    count = sa.select(sa.func.count(sa.distinct(_sender))).where(old)
    conversations = int(connection.execute(count).scalar_one())
    connection.execute(sa.delete(EVENTS).where(old))
    return conversations


def delete_expired(days: int) -> bool:
    """Delete what is older than `days` and say so; whether it could be done."""
    try:
        engine = open_engine(database_url())
        gone = forget_expired(engine, days)
        engine.dispose()
    except sa.exc.SQLAlchemyError as error:  # a server starts all the same
        print(
            f"Chats older than {days} days could not be deleted ({type(error).__name__}): mend the "
            "database, then run `scarwise forget --expired`.",
            file=sys.stderr, flush=True,
        )  # fmt: skip
        return False
    if gone.chats:
        print(f"Deleted from {gone.chats} chats what was older than {days} days.", flush=True)
    if gone.requests:
        print(
            f"Deleted {gone.requests} requests for a call back that were open for {days} days: see "
            "`scarwise requests` more often.",
            flush=True,
        )
    return True


def _wipe(engine: sa.Engine) -> None:
    """Let SQLite overwrite what was deleted now, not only when it needs the room.

    The rows are gone already: where another connection is in the way, the next time does it.
    """
    if engine.dialect.name == "sqlite":
        with contextlib.suppress(sa.exc.OperationalError), engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
