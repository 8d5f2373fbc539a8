"""Text messages that a reply is due to: none is lost by a crash, and none is answered twice.

A row is written before the provider is told that its message has arrived. What it holds (the
patient's address among it) is sealed, and taken out once all is delivered; what stays for two days
is a hash that tells the same message when it comes again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from scarwise.storage.database import make_tables

KEPT = timedelta(days=2)

_METADATA = sa.MetaData()
MESSAGES = sa.Table(
    "messages_due",
    _METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("mark", sa.String(64), nullable=False, unique=True),
    sa.Column("conversation", sa.String(255), nullable=False, index=True),
    sa.Column("content", sa.Text),  # sealed; NULL: nothing is due any more
    sa.Column("sent", sa.Integer, nullable=False),
    sa.Column("trying_since", sa.DateTime(timezone=True)),
    sa.Column("provider_ids", sa.JSON, nullable=False),
    sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False, index=True),
)
_mark = MESSAGES.c.mark


@dataclass
class Due:
    """One message that arrived, and how far its reply has come."""

    mark: str
    conversation: str
    content: str  # sealed
    sent: int = 0  # parts of the reply that the provider has taken
    trying_since: datetime | None = None  # a part was handed over then, and nobody knows more
    provider_ids: list[str] = field(default_factory=list)  # of the parts that it has taken
    arrived_at: datetime = field(default_factory=lambda: datetime.now(UTC))


class Outbox:
    """The table of messages in one database; every method may raise `SQLAlchemyError`."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self._has_table = False

    def arrive(
        self, mark: str, conversation: str, content: str,
        also: Callable[[sa.Connection], None] | None = None,
    ) -> bool:  # fmt: skip
        """Keep a message that a reply is due to; False when it came before.

        `also` writes what takes effect with it, in the same transaction.
        """
        row = {
            "mark": mark,
            "conversation": conversation,
            "content": content,
            "sent": 0,
            "provider_ids": [],
            "arrived_at": datetime.now(UTC),
        }
        self._make_table()
        try:
            with self.engine.begin() as connection:
                connection.execute(sa.insert(MESSAGES), row)
                if also:
                    also(connection)
        except sa.exc.IntegrityError:
            return False
        return True

    def due(self, before: datetime) -> list[Due]:
        """The messages from `before` then whose reply is not all delivered, in their order."""
        self._make_table()
        waits = MESSAGES.c.content.is_not(None), MESSAGES.c.arrived_at < before
        rows = sa.select(MESSAGES).where(*waits)
        with self.engine.connect() as connection:
            return [_due(row) for row in connection.execute(rows.order_by(MESSAGES.c.number))]

    def worked_out(self, due: Due) -> None:
        """Keep the reply that `due.content` holds now."""
        self._set(due, content=due.content)

    def trying(self, due: Due) -> None:
        """Keep that a part is being handed over, or (None) that it surely was not taken."""
        self._set(due, trying_since=due.trying_since)

    def taken(self, due: Due) -> None:
        """Keep how many parts the provider has taken."""
        self._set(due, sent=due.sent, trying_since=None, provider_ids=due.provider_ids)

    def done(self, due: Due) -> None:
        """Nothing is due any more: take out the address and all that was said."""
        self._set(due, content=None, trying_since=None)

    def known_ids(self, conversation: str) -> set[str]:
        """The provider's ids of what was sent in `conversation` in the last two days."""
        found = sa.select(MESSAGES.c.provider_ids).where(MESSAGES.c.conversation == conversation)
        with self.engine.connect() as connection:
            return {one for ids in connection.execute(found).scalars() for one in ids}

    def delete_old(self, now: datetime | None = None) -> int:
        """Delete what came more than two days ago; returns how many rows."""
        self._make_table()
        old = MESSAGES.c.arrived_at < (now or datetime.now(UTC)) - KEPT
        with self.engine.begin() as connection:
            return int(connection.execute(sa.delete(MESSAGES).where(old)).rowcount)

    def _set(self, due: Due, **values: Any) -> None:
        with self.engine.begin() as connection:
            connection.execute(sa.update(MESSAGES).where(_mark == due.mark).values(**values))

    def _make_table(self) -> None:
        if not self._has_table:  # made on first use, so that a late database mends itself
            make_tables(self.engine, _METADATA)
            self._has_table = True


def _due(row: sa.Row[Any]) -> Due:
    since = row.trying_since
    return Due(
        row.mark, row.conversation, row.content, row.sent,
        _with_zone(since) if since else None, list(row.provider_ids), _with_zone(row.arrived_at),
    )  # fmt: skip


def _with_zone(time: datetime) -> datetime:
    return time if time.tzinfo else time.replace(tzinfo=UTC)  # SQLite keeps none
