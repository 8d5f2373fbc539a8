"""The database of the conversations: which one it is, and how long anybody waits for it."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from scarwise.storage import VAR, private_folder

DATABASE_URL = "SCARWISE_DATABASE_URL"
BUSY_SECONDS = 0.6  # how long SQLite waits for another writer; a reply within a second is the aim
CONNECT_SECONDS = 2  # how long PostgreSQL may take to take a connection
STATEMENT_MILLISECONDS = 3000


class DatabaseSettingError(ValueError):
    """The database cannot be used as set; the message names the setting and the mend."""


# What a command that only reads or changes the database may meet.
DATABASE_ERRORS = (DatabaseSettingError, sa.exc.SQLAlchemyError, OSError)


def database_url() -> sa.URL:
    """Where conversations are kept: `SCARWISE_DATABASE_URL`, else a file in `var/`."""
    setting = os.environ.get(DATABASE_URL, "").strip()
    if not setting:
        return sa.URL.create("sqlite", database=str(VAR / "conversations.db"))
    try:
        url = sa.make_url(setting)
    except sa.exc.ArgumentError:
        raise _unusable("is no database address") from None
    if url.drivername in ("postgres", "postgresql"):
        return url.set(drivername="postgresql+psycopg2")
    if url.get_backend_name() not in ("postgresql", "sqlite"):
        raise _unusable(f"names {url.get_backend_name()}, which is not supported")
    return url


def _unusable(why: str) -> DatabaseSettingError:
    form = "postgresql://user:password@host/name"
    return DatabaseSettingError(f"{DATABASE_URL} {why}: write it like {form}, or leave it out.")


def explained(error: Exception, what: str) -> str:
    """Why `what` could not be done, in one line for a terminal, with the mend."""
    if isinstance(error, DatabaseSettingError):
        return f"scarwise: {error}"
    why = type(error).__name__  # its text may hold what patients said
    return f"scarwise: {what} ({why}): mend the database, then try again"


def open_engine(url: sa.URL) -> sa.Engine:
    """An engine for `url` that gives up soon; no connection is made yet."""
    if url.get_backend_name() == "sqlite":
        return _open_sqlite(url)
    limits = f"-c statement_timeout={STATEMENT_MILLISECONDS} -c lock_timeout=1000"
    try:
        return sa.create_engine(
            url,
            pool_pre_ping=True,
            pool_size=4,
            max_overflow=4,
            pool_timeout=CONNECT_SECONDS,
            hide_parameters=True,
            connect_args={"connect_timeout": CONNECT_SECONDS, "options": limits},
        )
    except ImportError as error:  # Rasa would answer one by keeping nothing at all
        raise _unusable(f"needs a package that is not installed ({error.name})") from None


_making = threading.Lock()


def make_tables(engine: sa.Engine, tables: sa.MetaData) -> None:
    """Make those of `tables` that are missing; another process may do so at the same moment."""
    with _making:
        try:
            tables.create_all(engine)
        except (sa.exc.IntegrityError, sa.exc.OperationalError, sa.exc.ProgrammingError):
            tables.create_all(engine)  # those that another made are left out now


def without_nul(text: str) -> str:
    """`text` as PostgreSQL can keep it: it takes no NUL."""
    return text.replace("\0", "\ufffd")


def _open_sqlite(url: sa.URL) -> sa.Engine:
    if url.database:
        private_folder(Path(url.database).parent)
    # What patients said must not stand in the text of an error.
    engine = sa.create_engine(url, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS})

    @sa.event.listens_for(engine, "connect")
    def _write_ahead(connection: Any, _: Any) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA secure_delete=ON")  # what is deleted is overwritten

    return engine
