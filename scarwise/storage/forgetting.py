"""Deletes what patients said: one conversation when its patient asks, and all that is older than
the clinic keeps. With a conversation go its requests for a call back and its unanswered questions.

It knows Rasa's table by its columns and not by Rasa's classes, so that `scarwise forget` and the
start of `scarwise run` need not load Rasa.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from scarwise.storage.database import database_url, open_engine
from scarwise.storage.feedback import FEEDBACK
from scarwise.storage.journal import EVENTS, TURNS
from scarwise.storage.requests import REQUESTS
from scarwise.storage.unanswered import UNANSWERED

DAY = 24 * 3600.0
# What else is kept of conversations: of each table, the columns of the conversation and the time.
KEPT = (
    (TURNS.c.conversation, TURNS.c.arrived_at),
    (FEEDBACK.c.conversation, FEEDBACK.c.given_at),
    (REQUESTS.c.conversation, REQUESTS.c.asked_at),
    (UNANSWERED.c.conversation, UNANSWERED.c.asked_at),
)
_sender, _time = EVENTS.c.sender_id, EVENTS.c.timestamp


@dataclass(frozen=True)
class Gone:
    """How much was deleted."""

    chats: int = 0  # conversations that lost something of what was said
    requests: int = 0  # requests for a call back


def forget_conversation(engine: sa.Engine, sender: str) -> Gone:
    """Delete all that is kept of one conversation; it is gone when this returns."""
    mine = [(of, of == sender) for of in (_sender, *(of for of, _ in KEPT))]
    return _delete(engine, mine)


def forget_expired(engine: sa.Engine, days: int, now: float | None = None) -> Gone:
    """Delete what was said longer than `days` ago.

    The session that a patient is in stays whole in Rasa's tracker: it is at most two days long.
    """
    last = (now or time.time()) - days * DAY
    old = [(of, when < datetime.fromtimestamp(last, UTC)) for of, when in KEPT]
    return _delete(engine, [(_sender, _outlived(last)), *old], patient=False)


def _delete(
    engine: sa.Engine,
    chosen: Sequence[tuple[sa.ColumnClause[str], sa.ColumnElement[bool]]],
    patient: bool = True,
) -> Gone:
    """Delete the chosen rows of each table that is there, given by its column of conversations.

    It may take longer than a patient would wait when no `patient` does.
    """
    there = sa.inspect(engine).get_table_names()
    chosen = [one for one in chosen if one[0].table.name in there]
    said = [
        sa.select(of.label("of")).where(which) for of, which in chosen if of.table is not REQUESTS
    ]
    chats = requests = 0
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql" and not patient:
            connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
        if said:
            count = sa.func.count(sa.distinct(sa.union_all(*said).subquery().c.of))
            chats = int(connection.execute(sa.select(count)).scalar_one())
        for of, which in chosen:
            gone = connection.execute(sa.delete(of.table).where(which)).rowcount
            requests += gone if of.table is REQUESTS else 0
    _wipe(engine)
    return Gone(chats, requests)


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
