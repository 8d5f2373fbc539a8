"""Keeps the questions that were not answered, masked, so that a clinic sees what to write next.

A question belongs to its conversation and goes with it. One whose conversation was forgotten while
its turn went on is not kept at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import sqlalchemy as sa

from scarwise.storage.database import make_tables
from scarwise.storage.journal import EVENTS

Reason = Literal["declined", "no_answer", "none_of_these", "not_helpful"]

_METADATA = sa.MetaData()
UNANSWERED = sa.Table(
    "unanswered_questions",
    _METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("conversation", sa.String(255), nullable=False, index=True),
    sa.Column("question", sa.String(300), nullable=False),  # masked
    sa.Column("reason", sa.String(16), nullable=False),
    sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False, index=True),
)


@dataclass(frozen=True)
class Unanswered:
    """One masked question, and the conversation that it was asked in."""

    conversation: str
    question: str
    reason: str


def keep(engine: sa.Engine, conversation: str, question: str, reason: Reason) -> None:
    """Commit one masked question; raises `sqlalchemy.exc.SQLAlchemyError`."""
    make_tables(engine, _METADATA)
    # Locked, so that a conversation that is being forgotten is either there before or not at all.
    there = (
        sa.select(EVENTS.c.sender_id)
        .where(EVENTS.c.sender_id == conversation)
        .limit(1)
        .with_for_update(read=True)
        .subquery()
    )
    row = {
        "conversation": conversation,
        "question": question,
        "reason": reason,
        "asked_at": datetime.now(UTC),
    }
    values = [sa.literal(value, UNANSWERED.c[name].type) for name, value in row.items()]
    with engine.begin() as connection:
        connection.execute(
            sa.insert(UNANSWERED).from_select(list(row), sa.select(*values).select_from(there))
        )


def newest(engine: sa.Engine, most: int) -> list[Unanswered]:
    """The `most` newest questions, newest first; raises `sqlalchemy.exc.SQLAlchemyError`."""
    if not sa.inspect(engine).has_table(UNANSWERED.name):
        return []
    columns = UNANSWERED.c
    chosen = sa.select(columns.conversation, columns.question, columns.reason)
    with engine.connect() as connection:
        rows = connection.execute(chosen.order_by(columns.asked_at.desc()).limit(most))
        return [Unanswered(*row) for row in rows]
