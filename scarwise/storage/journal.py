"""The durable record of turns: each message once, in order, with the replies that it got.

Clients send again after a cut, and servers die in mid-turn. What is written here before and after
each turn lets no message count twice and no reply be lost.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from scarwise.storage.database import make_tables, without_nul

MOST_TRIES = 50  # at a number of one conversation that others take at the same time

_METADATA = sa.MetaData()
TURNS = sa.Table(
    "turns",
    _METADATA,
    sa.Column("conversation", sa.String(255), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("mark", sa.String(64), nullable=False),
    sa.Column("client_id", sa.String(64), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("said", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("replies", sa.JSON(none_as_null=True)),
    sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False, index=True),
    sa.UniqueConstraint("conversation", "mark"),
)
_of, _number, _mark = TURNS.c.conversation, TURNS.c.number, TURNS.c.mark
_WAITING = TURNS.c.replies.is_(None)
sa.Index("turns_waiting", _of, _number, sqlite_where=_WAITING, postgresql_where=_WAITING)

# Rasa's own table, as far as it is read here.
EVENTS = sa.table(
    "events",
    *(sa.column(name) for name in ("id", "sender_id", "type_name", "timestamp", "data")),
)


@dataclass(frozen=True)
class Entry:
    """One turn. `number` counts from 1 in its conversation; 0 says that it could not be kept."""

    conversation: str
    mark: str  # stands for the client's message id
    number: int
    said: str  # what the patient sees as their own words
    digest: str  # of the whole input, so that one id with two contents is told apart
    replies: list[dict[str, Any]] | None  # None: not yet worked out
    arrived_at: datetime
    text: str = ""  # what goes to the assistant; for a button its payload
    client_id: str = ""  # the client's own name of the message, given back to it


class Journal:
    """The table of turns in one database; every method may raise `SQLAlchemyError`."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self._has_table = False

    def take(
        self, conversation: str, mark: str, digest: str, said: str, text: str, client_id: str = ""
    ) -> tuple[Entry, bool]:
        """The turn of `mark`, and whether it is new; who comes first decides what was said."""
        row = {
            "conversation": conversation,
            "mark": mark,
            "client_id": client_id,
            "digest": digest,
            "said": without_nul(said),
            "text": without_nul(text),
            "arrived_at": datetime.now(UTC),
        }
        for tries_left in reversed(range(MOST_TRIES)):
            found = self.find(conversation, mark)
            if found:
                return found, False
            try:
                return self._add(row), True
            except sa.exc.IntegrityError:  # another was quicker
                if not tries_left:
                    raise
        raise AssertionError("the last try returns or raises")

    def _add(self, row: dict[str, Any]) -> Entry:
        others = TURNS.alias()
        last = sa.select(sa.func.coalesce(sa.func.max(others.c.number), 0) + 1)
        number = last.where(others.c.conversation == row["conversation"]).scalar_subquery()
        with self.engine.begin() as connection:
            connection.execute(sa.insert(TURNS).values(number=number, **row))
            mine = sa.select(TURNS).where(_of == row["conversation"], _mark == row["mark"])
            return _entry(connection.execute(mine).one())

    def find(self, conversation: str, mark: str) -> Entry | None:
        """The turn of `mark`, None when there is none."""
        found = self._entries(_of == conversation, _mark == mark)
        return found[0] if found else None

    def entries(self, conversation: str, after: int = 0) -> list[Entry]:
        """The turns of a conversation whose number is higher than `after`, in order."""
        return self._entries(_of == conversation, _number > after)

    def unfinished(self, prefix: str) -> list[Entry]:
        """The turns without replies, in order, where the conversation's id begins with `prefix`."""
        return self._entries(_WAITING, sa.func.substr(_of, 1, len(prefix)) == prefix)

    def finish(self, conversation: str, mark: str, replies: list[dict[str, Any]]) -> bool:
        """Keep the replies of a turn; False when it was forgotten meanwhile, and stays so."""
        self._make_table()
        mine = sa.update(TURNS).where(_of == conversation, _mark == mark)
        with self.engine.begin() as connection:
            return connection.execute(mine.values(replies=replies)).rowcount > 0

    def replies_in_tracker(self, conversation: str, mark: str) -> list[dict[str, Any]] | None:
        """What Rasa's tracker holds as said after the message `mark`; None without the message.

        Rasa saves a tracker once, at the end of a turn: a message that stands there has had its
        whole effect. The replies are bot events as Rasa stores them.
        """
        if not sa.inspect(self.engine).has_table(EVENTS.name):
            return None
        events = sa.select(EVENTS.c.data).where(
            EVENTS.c.sender_id == conversation, EVENTS.c.type_name.in_(("user", "bot"))
        )
        with self.engine.connect() as connection:
            found = connection.execute(events.order_by(EVENTS.c.id)).scalars()
            return _said_after([json.loads(data) for data in found], mark)

    def _entries(self, *wanted: sa.ColumnElement[bool]) -> list[Entry]:
        self._make_table()
        rows = sa.select(TURNS).where(*wanted).order_by(_of, _number)
        with self.engine.connect() as connection:
            return [_entry(row) for row in connection.execute(rows)]

    def _make_table(self) -> None:
        if not self._has_table:  # made on first use, so that a late database mends itself
            make_tables(self.engine, _METADATA)
            self._has_table = True


def _entry(row: sa.Row[Any]) -> Entry:
    fields = row._asdict()
    if fields["arrived_at"].tzinfo is None:  # SQLite keeps no zone
        fields["arrived_at"] = fields["arrived_at"].replace(tzinfo=UTC)
    return Entry(**fields)


def _said_after(events: Sequence[dict[str, Any]], mark: str) -> list[dict[str, Any]] | None:
    """The bot events between the user event `mark` and the next user event."""
    said: list[dict[str, Any]] | None = None
    for event in events:
        if event["event"] == "user":
            if said is not None:
                break
            said = [] if event.get("message_id") == mark else None
        elif said is not None:
            said.append(event)
    return said
