"""Deletes conversations: one when its patient asks, and all that are older than the clinic keeps.

It knows the one table by its columns and not by Rasa's classes, so that `scarwise forget` and the
start of `scarwise run` need not load Rasa.
"""

from __future__ import annotations

import contextlib
import sys
import time

import sqlalchemy as sa

from scarwise.storage.database import database_url, open_engine

DAY = 24 * 3600.0
EVENTS = sa.table("events", sa.column("sender_id"), sa.column("type_name"), sa.column("timestamp"))
_sender, _time = EVENTS.c.sender_id, EVENTS.c.timestamp


def forget_conversation(engine: sa.Engine, sender: str) -> int:
    """Delete one conversation; returns, after the commit, how many events it had."""
    with engine.begin() as connection:
        gone = connection.execute(sa.delete(EVENTS).where(_sender == sender)).rowcount
    _wipe(engine)
    return gone


def forget_expired(engine: sa.Engine, days: int, now: float | None = None) -> int:
    """Delete what was said longer than `days` ago; returns how many conversations lost events.

    The session that a patient is in stays whole: it is at most two days long.
    """
    if not sa.inspect(engine).has_table(EVENTS.name):
        return 0
    last = (now or time.time()) - days * DAY
    silent = sa.select(_sender).group_by(_sender).having(sa.func.max(_time) < last)
    other = EVENTS.alias()
    began = sa.select(sa.func.max(other.c.timestamp)).where(
        other.c.sender_id == _sender, other.c.type_name == "session_started"
    )
    old = sa.or_(_sender.in_(silent), sa.and_(_time < last, _time < began.scalar_subquery()))
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":  # it may take longer than a patient would wait
            connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
        count = sa.select(sa.func.count(sa.distinct(_sender))).where(old)
        conversations = connection.execute(count).scalar_one()
        connection.execute(sa.delete(EVENTS).where(old))
    _wipe(engine)
    return int(conversations)


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
    if gone:
        print(f"Deleted from {gone} chats what was older than {days} days.", flush=True)
    return True


def _wipe(engine: sa.Engine) -> None:
    """Let SQLite overwrite what was deleted now, not only when it needs the room.

    The rows are gone already: where another connection is in the way, the next time does it.
    """
    if engine.dialect.name == "sqlite":
        with contextlib.suppress(sa.exc.OperationalError), engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
