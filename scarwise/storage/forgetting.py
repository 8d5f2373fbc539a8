"""Deletes conversations: one when its patient asks, and all that are older than the clinic keeps.

It knows Rasa's table by its columns and not by Rasa's classes, so that `scarwise forget` and the
start of `scarwise run` need not load Rasa.
"""

from __future__ import annotations

import contextlib
import sys
import time
from datetime import UTC, datetime

import sqlalchemy as sa

from scarwise.storage.database import database_url, open_engine
from scarwise.storage.journal import EVENTS, TURNS

DAY = 24 * 3600.0
# What else is kept of conversations: of each table, the columns of the conversation and the time.
KEPT = ((TURNS.c.conversation, TURNS.c.arrived_at),)
_sender, _time = EVENTS.c.sender_id, EVENTS.c.timestamp


def forget_conversation(engine: sa.Engine, sender: str) -> None:
    """Delete all that is kept of one conversation; it is gone when this returns."""
    there = sa.inspect(engine).get_table_names()
    with engine.begin() as connection:
        for of in (_sender, *(of for of, _ in KEPT)):
            if of.table.name in there:
                connection.execute(sa.delete(of.table).where(of == sender))
    _wipe(engine)


def forget_expired(engine: sa.Engine, days: int, now: float | None = None) -> int:
    """Delete what was said longer than `days` ago; returns how many conversations lost something.

    The session that a patient is in stays whole in Rasa's tracker: it is at most two days long.
    """
    last = (now or time.time()) - days * DAY
    there = sa.inspect(engine).get_table_names()
    old = [(of, when < datetime.fromtimestamp(last, UTC)) for of, when in KEPT]
    old = [one for one in [*old, (_sender, _outlived(last))] if one[0].table.name in there]
    if not old:
        return 0
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":  # it may take longer than a patient would wait
            connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
        losing = sa.union_all(*(sa.select(of.label("of")).where(which) for of, which in old))
        count = sa.select(sa.func.count(sa.distinct(losing.subquery().c.of)))
        conversations = connection.execute(count).scalar_one()
        for of, which in old:
            connection.execute(sa.delete(of.table).where(which))
    _wipe(engine)
    return int(conversations)


def _outlived(last: float) -> sa.ColumnElement[bool]:
    """Which of Rasa's events go: those before `last`, but for the session that goes on."""
    silent = sa.select(_sender).group_by(_sender).having(sa.func.max(_time) < last)
    other = EVENTS.alias()
    began = sa.select(sa.func.max(other.c.timestamp)).where(
        other.c.sender_id == _sender, other.c.type_name == "session_started"
    )
    return sa.or_(_sender.in_(silent), sa.and_(_time < last, _time < began.scalar_subquery()))


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
