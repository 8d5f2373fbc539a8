"""Old conversations go, on a real SQLite file; what patients are in the middle of stays."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from scarwise.storage.database import database_url, open_engine
from scarwise.storage.forgetting import DAY, Gone, forget_conversation, forget_expired
from scarwise.storage.tracker_store import ConversationStore

from .running import Home

NOW = time.time()


@pytest.fixture
def store(home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[ConversationStore]:
    """The store of the home's own database file, which is empty."""
    monkeypatch.setenv("SCARWISE_DATABASE_URL", f"sqlite:///{home.database}")
    yield ConversationStore(Domain.empty())
    for file in home.database.parent.glob("conversations.db*"):
        file.unlink()


def keep(store: ConversationStore, sender: str, *sessions: tuple[float, str]) -> None:
    """Store one session for each age in days, with what was said in it."""
    events = []
    for days, text in sessions:
        at = NOW - days * DAY
        events += [
            ActionExecuted("action_session_start", timestamp=at),
            SessionStarted(timestamp=at + 0.01),
            UserUttered(text, timestamp=at + 0.02),
        ]
    asyncio.run(store.save(DialogueStateTracker.from_events(sender, events)))


def texts(home: Home) -> set[str]:
    """All that patients said, as the file has it."""
    with closing(sqlite3.connect(home.database)) as database:
        rows = database.execute("SELECT data FROM events WHERE type_name = 'user'").fetchall()
    return {json.loads(data)["text"] for (data,) in rows}


def on_disk(home: Home, words: str) -> bool:
    files = home.database.parent.glob("conversations.db*")
    return any(words.encode() in one.read_bytes() for one in files)


def test_the_command_deletes_what_is_older_than_30_days(
    home: Home, store: ConversationStore
) -> None:
    keep(store, "old", (31, "numbat"))
    keep(store, "young", (29, "quoll"))
    keep(store, "both", (45, "bilby"), (2, "dibbler"))
    assert on_disk(home, "numbat")
    ran = home.scarwise("forget", "--expired")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == "Deleted from 2 chats what was older than 30 days.\n"
    assert texts(home) == {"quoll", "dibbler"}
    assert not on_disk(home, "numbat")
    assert not on_disk(home, "bilby")
    again = home.scarwise("forget", "--expired")
    assert (again.returncode, again.stdout) == (0, "")


def test_the_clinic_sets_how_long(home: Home, store: ConversationStore, tmp_path: Path) -> None:
    keep(store, "old", (8, "numbat"))
    keep(store, "young", (6, "quoll"))
    clinic = home.folder / "clinic.yml"
    before = clinic.read_text(encoding="utf-8")
    try:
        clinic.write_text(before.replace("keep_days: 30", "keep_days: 7"), encoding="utf-8")
        assert home.scarwise("forget", "--expired").returncode == 0
        assert texts(home) == {"quoll"}
        clinic.write_text(before.replace("keep_days: 30", "keep_days: 0"), encoding="utf-8")
        ran = home.scarwise("forget", "--expired")
        assert ran.returncode == 1
        assert ran.stderr.startswith("clinic.yml: keep_days: ")
    finally:
        clinic.write_text(before, encoding="utf-8")
    assert texts(home) == {"quoll"}


def test_the_session_that_goes_on_stays_whole(store: ConversationStore, home: Home) -> None:
    """A session that began before the limit, and in which something was said after it."""
    at = NOW - 1.5 * DAY
    events = [
        ActionExecuted("action_session_start", timestamp=at - 0.01),
        SessionStarted(timestamp=at),
        UserUttered("first", timestamp=at + 1),
        UserUttered("last", timestamp=NOW),
    ]
    asyncio.run(store.save(DialogueStateTracker.from_events("a", events)))
    forget_expired(store.engine, days=1, now=NOW)
    assert texts(home) == {"first", "last"}
    found = asyncio.run(store.retrieve("a"))
    found.update(UserUttered("next", timestamp=NOW + 1))
    asyncio.run(store.save(found))
    assert texts(home) == {"first", "last", "next"}


def test_there_may_be_nothing_to_forget(home: Home) -> None:
    assert not home.database.exists()
    ran = home.scarwise("forget", "--expired")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    for file in home.database.parent.glob("conversations.db*"):
        file.unlink()


def test_a_database_that_is_in_use_is_told(home: Home, store: ConversationStore) -> None:
    keep(store, "old", (31, "numbat"))
    with closing(sqlite3.connect(home.database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        ran = home.scarwise("forget", "--expired")
        other.execute("ROLLBACK")
    assert ran.returncode == 1
    assert ran.stderr == (
        "Chats older than 30 days could not be deleted (OperationalError): mend the database, "
        "then run `scarwise forget --expired`.\n"
    )
    assert texts(home) == {"numbat"}


def test_forgetting_one_leaves_the_others(home: Home, store: ConversationStore) -> None:
    keep(store, "a", (1, "numbat"))
    keep(store, "ab", (1, "quoll"))
    assert forget_conversation(open_engine(database_url()), "a") == Gone(chats=1)
    assert forget_conversation(open_engine(database_url()), "a") == Gone()
    assert texts(home) == {"quoll"}
    assert not on_disk(home, "numbat")
