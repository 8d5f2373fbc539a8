"""What patients thought of answers: whether a turn helped, beside the answers that it gave.

It names answers by id and revision, so that whoever keeps the content sees which words helped. It
belongs to its conversation: forgotten with it, and deleted after the same number of days.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from scarwise.storage.database import make_tables, without_nul

MOST_TRIES = 5

_METADATA = sa.MetaData()
FEEDBACK = sa.Table(
    "feedback",
    _METADATA,
    sa.Column("conversation", sa.String(255), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("answers", sa.JSON, nullable=False),  # of {"topic", "answer", "revision"}
    sa.Column("helped", sa.Boolean, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("given_at", sa.DateTime(timezone=True), nullable=False, index=True),
)


class FeedbackStore:
    """The table of feedback in one database; may raise `SQLAlchemyError`."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self._has_table = False

    def give(
        self,
        conversation: str,
        number: int,
        answers: Sequence[dict[str, Any]],
        helped: bool,
        reason: str | None,
    ) -> None:
        """Keep what a patient thought of the turn `number`, in place of what they said before."""
        if not self._has_table:
            make_tables(self.engine, _METADATA)
            self._has_table = True
        row = {
            "conversation": conversation,
            "number": number,
            "answers": list(answers),
            "helped": helped,
            "reason": without_nul(reason) if reason else None,
            "given_at": datetime.now(UTC),
        }
        mine = (FEEDBACK.c.conversation == conversation, FEEDBACK.c.number == number)
        for tries_left in reversed(range(MOST_TRIES)):
            try:
                with self.engine.begin() as connection:
                    connection.execute(sa.delete(FEEDBACK).where(*mine))
                    connection.execute(sa.insert(FEEDBACK).values(**row))
                return
            except sa.exc.IntegrityError:  # pressed twice at the same moment
                if not tries_left:
                    raise
