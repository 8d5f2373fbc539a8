"""Requests for a call back in a database: each once, with a number of its own, or not at all."""

from __future__ import annotations

import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from scarwise.callback import Request
from scarwise.storage import requests
from scarwise.storage.database import open_engine
from scarwise.storage.requests import REQUESTS, RequestStore

ANA = Request("Ana Lee", "212 555 0142", "Morning")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "conversations.db"


@pytest.fixture
def store(database: Path) -> RequestStore:
    return RequestStore(open_engine(sa.URL.create("sqlite", database=str(database))))


def numbers(database: Path) -> list[str]:
    """What another process finds in the file."""
    with closing(sqlite3.connect(database)) as other:
        return [number for (number,) in other.execute("SELECT number FROM callback_requests")]


def test_another_process_finds_it_under_its_number(store: RequestStore, database: Path) -> None:
    number = store.save("webchat:a", ANA)
    assert re.fullmatch(r"\d{4}-\d{4}", number)
    assert numbers(database) == [number]


def test_the_same_request_is_kept_once(store: RequestStore, database: Path) -> None:
    number = store.save("webchat:a", ANA)
    again = RequestStore(open_engine(store.engine.url))
    assert again.save("webchat:a", ANA) == number
    assert numbers(database) == [number]


@pytest.mark.parametrize(
    ("conversation", "request_"),
    [
        ("webchat:b", ANA),
        ("webchat:a", Request("Ana Li", ANA.phone, ANA.time)),
        ("webchat:a", Request(ANA.name, "212 555 0143", ANA.time)),
        ("webchat:a", Request(ANA.name, ANA.phone, "Any time")),
    ],
)
def test_another_request_is_another(
    store: RequestStore, database: Path, conversation: str, request_: Request
) -> None:
    assert len({store.save("webchat:a", ANA), store.save(conversation, request_)}) == 2
    assert len(numbers(database)) == 2


def test_sent_many_times_at_once_it_is_kept_once(store: RequestStore, database: Path) -> None:
    store.save("webchat:other", ANA)
    with ThreadPoolExecutor(8) as pool:
        given = set(pool.map(lambda _: store.save("webchat:a", ANA), range(24)))
    assert len(given) == 1
    assert len(numbers(database)) == 2


def test_a_number_that_is_taken_is_not_given_again(store: RequestStore, monkeypatch) -> None:
    drawn = iter(["1111-1111", "1111-1111", "2222-2222"])
    monkeypatch.setattr(requests, "new_number", lambda: next(drawn))
    assert store.save("webchat:a", ANA) == "1111-1111"
    assert store.save("webchat:b", ANA) == "2222-2222"


def test_numbers_differ_and_do_not_count_up() -> None:
    drawn = [requests.new_number() for _ in range(200)]
    assert len(set(drawn)) > 195
    assert drawn != sorted(drawn)


def test_a_locked_database_gives_no_number_and_takes_no_row(
    store: RequestStore, database: Path
) -> None:
    first = store.save("webchat:a", ANA)
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(sa.exc.OperationalError):
            store.save("webchat:b", ANA)
        other.execute("ROLLBACK")
    assert numbers(database) == [first]
    assert store.save("webchat:b", ANA) != first


def test_a_commit_that_fails_gives_no_number(store: RequestStore, database: Path) -> None:
    first = store.save("webchat:a", ANA)

    @sa.event.listens_for(store.engine, "commit")
    def fail(_: object) -> None:
        raise sa.exc.OperationalError("COMMIT", {}, Exception("disk I/O error"))

    with pytest.raises(sa.exc.OperationalError):
        store.save("webchat:b", ANA)
    assert numbers(database) == [first]


def test_an_error_does_not_tell_who_asked(store: RequestStore) -> None:
    store.save("webchat:a", ANA)
    with store.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON callback_requests "
            "BEGIN SELECT RAISE(ABORT, 'disk full'); END"
        )
    with pytest.raises(sa.exc.SQLAlchemyError) as failed:
        store.save("webchat:b", ANA)
    assert "disk full" in str(failed.value)
    assert "Ana" not in str(failed.value) and "555" not in str(failed.value)


def test_a_store_in_memory_keeps_nothing(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("SCARWISE_DATABASE_URL", f"sqlite:///{tmp_path}/x.db")
    requests.in_memory().save("replay:1", ANA)
    assert list(tmp_path.iterdir()) == []


def test_the_table_is_the_clinics_to_read() -> None:
    assert [column.name for column in REQUESTS.columns] == [
        "number", "fingerprint", "conversation", "name", "phone", "best_time", "asked_at",
    ]  # fmt: skip
