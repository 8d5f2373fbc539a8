"""Stores requests for a call back, each once, and gives the number that proves it.

The number comes from the row that was committed. Who cannot be given one must not be told that
anything was saved. A request is kept until the clinic has done it, until its patient asks to be
forgotten, or for `keep_days`.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import astuple, dataclass
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


@dataclass(frozen=True)
class Kept:
    """A request as it is kept: its number, what was asked for, and when (UTC)."""

    number: str
    request: Request
    asked_at: datetime


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
        self._make_table()
        fingerprint = _fingerprint(conversation, request)
        for tries_left in reversed(range(MOST_TRIES)):
            try:
                return self._number_of(fingerprint) or self._add(fingerprint, conversation, request)
            except sa.exc.IntegrityError:  # the number is taken, or another was quicker
                if not tries_left:
                    raise
        raise AssertionError("the last try returns or raises")

    def open_requests(self) -> list[Kept]:
        """What the clinic has still to do, oldest first; raises `SQLAlchemyError`."""
        self._make_table()
        with self.engine.connect() as connection:
            rows = connection.execute(sa.select(REQUESTS).order_by(REQUESTS.c.asked_at)).all()
        return [
            Kept(row.number, Request(row.name, row.phone, row.best_time), _in_utc(row.asked_at))
            for row in rows
        ]

    def done(self, number: str) -> bool:
        """Delete the request `number`; whether there was one. Raises `SQLAlchemyError`."""
        self._make_table()
        with self.engine.begin() as connection:
            gone = connection.execute(sa.delete(REQUESTS).where(REQUESTS.c.number == number))
        return gone.rowcount == 1

    def _make_table(self) -> None:
        if not self._has_table:  # made on first use, so that a late database mends itself
            make_tables(self.engine, _METADATA)
            self._has_table = True

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


def _in_utc(moment: datetime) -> datetime:
    """SQLite keeps no time zone; what is written there is UTC."""
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


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
