"""Stores requests for a call back, each once, and gives the number that proves it.

The number comes from the row that was committed. Who cannot be given one must not be told that
anything was saved.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import astuple
from datetime import UTC, datetime

import sqlalchemy as sa

from scarwise.callback import Request
from scarwise.storage.database import database_url, make_tables, open_engine

MOST_TRIES = 5  # at a number that nobody has; 1 in 100 million is taken by each request

_METADATA = sa.MetaData()
REQUESTS = sa.Table(
    "callback_requests",
    _METADATA,
    sa.Column("number", sa.String(9), primary_key=True),
    sa.Column("fingerprint", sa.String(64), nullable=False, unique=True),
    sa.Column("conversation", sa.String(255), nullable=False, index=True),
    sa.Column("name", sa.String(60), nullable=False),
    sa.Column("phone", sa.String(64), nullable=False),
    sa.Column("best_time", sa.String(16), nullable=False),
    sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
)


def new_number() -> str:
    """A random number that can be read out on the phone."""
    digits = f"{secrets.randbelow(10**8):08d}"
    return f"{digits[:4]}-{digits[4:]}"


class RequestStore:
    """The table of requests in one database."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self._has_table = False

    def save(self, conversation: str, request: Request) -> str:
        """Commit `request` and return its number; raises `sqlalchemy.exc.SQLAlchemyError`.

        The same request of the same conversation keeps the number that it has.
        """
        if not self._has_table:  # made on first use, so that a late database mends itself
            make_tables(self.engine, _METADATA)
            self._has_table = True
        fingerprint = _fingerprint(conversation, request)
        for tries_left in reversed(range(MOST_TRIES)):
            try:
                return self._number_of(fingerprint) or self._add(fingerprint, conversation, request)
            except sa.exc.IntegrityError:  # the number is taken, or another was quicker
                if not tries_left:
                    raise
        raise AssertionError("the last try returns or raises")

    def _number_of(self, fingerprint: str) -> str | None:
        found = sa.select(REQUESTS.c.number).where(REQUESTS.c.fingerprint == fingerprint)
        with self.engine.connect() as connection:
            return connection.execute(found).scalar_one_or_none()

    def _add(self, fingerprint: str, conversation: str, request: Request) -> str:
        number = new_number()
        row = {
            "number": number,
            "fingerprint": fingerprint,
            "conversation": conversation,
            "name": request.name,
            "phone": request.phone,
            "best_time": request.time,
            "asked_at": datetime.now(UTC),
        }
        with self.engine.begin() as connection:
            connection.execute(sa.insert(REQUESTS), row)
        return number  # after the commit


def _fingerprint(conversation: str, request: Request) -> str:
    content = json.dumps([conversation, *astuple(request)])
    return hashlib.sha256(content.encode()).hexdigest()


def in_memory() -> RequestStore:
    """A store that ends with this process: what is replayed or tried out is no request."""
    engine = sa.create_engine(
        "sqlite://", poolclass=sa.StaticPool, connect_args={"check_same_thread": False}
    )
    return RequestStore(engine)


_in_use: RequestStore | None = None


def store() -> RequestStore:
    """The store of this process, opened on first use; raises `DatabaseSettingError`."""
    global _in_use
    if _in_use is None:
        _in_use = RequestStore(open_engine(database_url()))
    return _in_use


def use(chosen: RequestStore | None) -> None:
    """Let this process keep its requests in `chosen`; None: where the settings say."""
    global _in_use
    _in_use = chosen
