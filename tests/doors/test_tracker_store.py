"""Conversations in a database: kept, read one session at a time, and lost loudly."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy.exc
from rasa.core.agent import Agent
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig, read_endpoint_config

from scarwise import places
from scarwise.storage.database import DatabaseSettingError, database_url, open_engine
from scarwise.storage.tracker_store import ConversationStore

Run = Callable


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "var" / "conversations.db"
    monkeypatch.setenv("SCARWISE_DATABASE_URL", f"sqlite:///{path}")
    return path


def tracker(sender: str, *texts: str) -> DialogueStateTracker:
    """A conversation of one session in which `texts` were said."""
    events = [ActionExecuted("action_session_start"), SessionStarted()]
    return DialogueStateTracker.from_events(sender, [*events, *(UserUttered(t) for t in texts)])


def texts(found: DialogueStateTracker | None) -> list[str | None]:
    return [event.text for event in found.events if isinstance(event, UserUttered)]


def test_the_project_names_this_store() -> None:
    named = read_endpoint_config(str(places.ENDPOINTS), "tracker_store")
    assert named.type == f"{ConversationStore.__module__}.{ConversationStore.__name__}"
    assert isinstance(TrackerStore.create(named, Domain.empty()), ConversationStore)


def test_what_was_said_is_found_by_another_process(database: Path, run: Run) -> None:
    run(ConversationStore(Domain.empty()).save(tracker("a", "one", "two")))
    again = ConversationStore(Domain.empty())
    assert texts(run(again.retrieve("a"))) == ["one", "two"]
    assert run(again.retrieve("b")) is None
    assert run(again.keys()) == ["a"]
    assert database.stat().st_size > 0
    assert database.parent.stat().st_mode & 0o777 == 0o700


def test_only_the_current_session_is_read(database: Path, run: Run) -> None:
    store = ConversationStore(Domain.empty())
    run(store.save(tracker("a", "old")))
    found = run(store.retrieve("a"))
    for event in tracker("a", "new").events:
        found.update(event)
    run(store.save(found))
    assert texts(run(store.retrieve("a"))) == ["new"]
    assert texts(run(store.retrieve_full_tracker("a"))) == ["old", "new"]


def test_a_save_adds_only_what_is_new(database: Path, run: Run) -> None:
    store = ConversationStore(Domain.empty())
    run(store.save(tracker("a", "one")))
    found = run(store.retrieve("a"))
    found.update(UserUttered("two"))
    run(store.save(found))
    run(store.save(found))
    assert texts(run(store.retrieve("a"))) == ["one", "two"]


def test_errors_reach_the_turn_through_rasas_own_wrapper(database: Path, run: Run) -> None:
    """Rasa's agent wraps every store; as it comes, the wrapper makes a new conversation."""
    database.parent.mkdir()
    database.write_bytes(b"this is no database" * 100)
    wrapped = Agent._create_tracker_store(ConversationStore(Domain.empty()), Domain.empty())
    for failing in (wrapped.retrieve("a"), wrapped.retrieve_full_tracker("a"),
                    wrapped.save(tracker("a", "one")), wrapped.keys()):  # fmt: skip
        with pytest.raises(sqlalchemy.exc.DatabaseError):
            run(failing)


def test_a_locked_database_fails_within_seconds(database: Path, run: Run) -> None:
    store = ConversationStore(Domain.empty())
    run(store.save(tracker("a", "one")))
    found = run(store.retrieve("a"))
    found.update(UserUttered("two"))
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        started = time.monotonic()
        with pytest.raises(sqlalchemy.exc.OperationalError):
            run(store.save(found))
        assert 0.5 < time.monotonic() - started < 3
    run(store.save(found))
    assert texts(run(store.retrieve("a"))) == ["one", "two"]


def test_a_database_that_comes_late_is_used_when_it_comes(database: Path, run: Run) -> None:
    store = ConversationStore(Domain.empty())
    database.parent.rmdir()
    with pytest.raises(sqlalchemy.exc.OperationalError):
        run(store.retrieve("a"))
    database.parent.mkdir()
    run(store.save(tracker("a", "one")))
    assert texts(run(store.retrieve("a"))) == ["one"]


def test_several_can_write_at_once(database: Path) -> None:
    with open_engine(database_url()).connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg2"])
def test_postgresql_is_given_up_soon(scheme: str, monkeypatch, run: Run) -> None:
    monkeypatch.setenv("SCARWISE_DATABASE_URL", f"{scheme}://me:hidden@127.0.0.1:9/chats")
    store = ConversationStore(Domain.empty())
    assert store.engine.dialect.name == "postgresql"
    assert store.engine.pool._pre_ping is True
    assert store.engine.pool.size() + store.engine.pool._max_overflow <= 10
    started = time.monotonic()
    with pytest.raises(sqlalchemy.exc.OperationalError) as failed:
        run(store.retrieve("a"))
    assert time.monotonic() - started < 5
    assert "hidden" not in str(failed.value)


@pytest.mark.parametrize("wrong", ["", " "])
def test_without_a_setting_it_is_a_file(wrong: str, monkeypatch) -> None:
    monkeypatch.setenv("SCARWISE_DATABASE_URL", wrong)
    assert database_url().database.endswith("var/conversations.db")


@pytest.mark.parametrize("wrong", ["conversations.db", "mysql://host/name", "http//x"])
def test_a_wrong_setting_is_never_memory(wrong: str, monkeypatch) -> None:
    """Rasa answers a store that cannot be imported by keeping conversations in memory."""
    monkeypatch.setenv("SCARWISE_DATABASE_URL", wrong)
    endpoint = EndpointConfig(type="scarwise.storage.tracker_store.ConversationStore")
    with pytest.raises(DatabaseSettingError, match="SCARWISE_DATABASE_URL .* or leave it out"):
        TrackerStore.create(endpoint, Domain.empty())
