"""Who wants no more text messages. Kept until they write START; no other deletion touches it.

It holds hashes alone, so it needs no end: a list of who must not be written to is no chat.
"""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa

from scarwise.storage.database import make_tables

_METADATA = sa.MetaData()
OPT_OUTS = sa.Table(
    "opt_outs",
    _METADATA,
    sa.Column("sender", sa.String(255), primary_key=True),
    sa.Column("since", sa.DateTime(timezone=True), nullable=False),
)


class OptOuts:
    """The table of opt-outs in one database, and in memory as far as this server knows them.

    An opt-out counts here from the moment it is said, also while the database is down.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._known: dict[str, bool] = {}
        self._has_table = False

    def has(self, sender: str) -> bool:
        """Whether `sender` has opted out; may raise `SQLAlchemyError`."""
        if sender in self._known:
            return self._known[sender]
        self.make_table()
        found = sa.select(OPT_OUTS.c.sender).where(OPT_OUTS.c.sender == sender)
        with self._engine.connect() as connection:
            return connection.execute(found).scalar_one_or_none() is not None

    def set(self, sender: str, opted_out: bool) -> None:
        """Keep whether `sender` has opted out; raises `SQLAlchemyError` when it could not be kept.

        It is in effect here also when it raises.
        """
        self.note(sender, opted_out)
        self.keep(sender)

    def keep(self, sender: str) -> None:
        """Write what is in effect for `sender` here; may raise `SQLAlchemyError`."""
        self.make_table()
        with self._engine.begin() as connection:
            self.write(connection, sender, self._known[sender])

    def note(self, sender: str, opted_out: bool) -> None:
        """Let it take effect in this server."""
        self._known[sender] = opted_out

    @staticmethod
    def write(connection: sa.Connection, sender: str, opted_out: bool) -> None:
        """Write it in a transaction that is under way; the table must be there."""
        connection.execute(sa.delete(OPT_OUTS).where(OPT_OUTS.c.sender == sender))
        if opted_out:
            row = {"sender": sender, "since": datetime.now(UTC)}
            connection.execute(sa.insert(OPT_OUTS), row)

    def make_table(self) -> None:
        """Make the table where it is missing."""
        if not self._has_table:  # made on first use, so that a late database mends itself
            make_tables(self._engine, _METADATA)
            self._has_table = True
