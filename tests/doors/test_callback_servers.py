"""The form for a call back through real processes: servers that die, a database that refuses."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from .running import Chat, Home, Serving, until

SAFE = "I cannot answer right now. Your question was not lost on your side"
SAVED = re.compile(r"Your request is saved\. Its number is (\d{4}-\d{4})\.")
NAME, PHONE = "Zebulon Quartermain", "+1 911 555 0142"


@pytest.fixture(scope="module")
def serving(home: Home) -> Iterator[Serving]:
    serving = Serving(home)
    yield serving
    serving.stop()


def rows(home: Home) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(home.database)) as database:
        found = "SELECT name FROM sqlite_master WHERE name = 'callback_requests'"
        if not database.execute(found).fetchall():
            return []
        return database.execute(
            "SELECT number, name, phone, best_time FROM callback_requests"
        ).fetchall()


def begun(serving: Serving) -> Chat:
    """A chat in which the form asks for the phone number."""
    chat = Chat(serving.port)
    chat.say("I want to book an appointment")
    assert chat.press("Ask for a call back").text.endswith("What is your name?")
    assert chat.say(NAME).text == "What is your phone number?"
    return chat


def test_the_action_server_dies_in_mid_form(serving: Serving, home: Home) -> None:
    chat = begun(serving)
    # Stopped and not killed: `scarwise run` would start another at once.
    os.kill(serving.action_server(), signal.SIGSTOP)
    started = time.monotonic()
    assert chat.say(PHONE).text.startswith(SAFE)
    assert time.monotonic() - started < 10
    assert chat.say("I can't breathe and my face is swelling").text.startswith(
        "This could be an emergency. Call 911 now"
    )
    os.kill(serving.action_server(), signal.SIGCONT)
    assert chat.say(PHONE).text == "When is the best time to call you?"
    assert "May I send it?" in chat.say("Morning").text

    os.kill(serving.action_server(), signal.SIGKILL)
    assert chat.press("Send it").text.startswith(SAFE)
    assert rows(home) == []
    until(serving.action_server, 10, "another action server")

    def saved() -> bool:
        time.sleep(0.7)  # slower than the limit of messages
        return bool(SAVED.match(chat.say("yes").text))

    until(saved, 30, "the request")
    ((_, name, phone, best),) = rows(home)
    assert (name, phone, best) == (NAME, PHONE, "Morning")


def test_a_database_that_refuses_the_request(serving: Serving, home: Home) -> None:
    chat = begun(serving)
    chat.say(PHONE)
    chat.say("Any time")
    before = rows(home)
    with closing(sqlite3.connect(home.database, isolation_level=None)) as database:
        database.execute(
            "CREATE TRIGGER full BEFORE INSERT ON callback_requests "
            "BEGIN SELECT RAISE(ABORT, 'disk full'); END"
        )
        refused = chat.press("Send it").text
        assert refused.startswith("Your request was NOT saved")
        assert "Please call Willow Lane Scar Clinic at +1 212 555 0142" in refused
        assert rows(home) == before
        database.execute("DROP TRIGGER full")
    number = SAVED.match(chat.press("Send it").text)[1]
    assert number in [row[0] for row in rows(home)]


def test_a_locked_database_keeps_the_form_at_its_slot(serving: Serving, home: Home) -> None:
    chat = begun(serving)
    with closing(sqlite3.connect(home.database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert chat.say(PHONE).text.startswith(SAFE)
        other.execute("ROLLBACK")
    assert chat.say(PHONE).text == "When is the best time to call you?"


def test_nobody_is_named_in_what_the_servers_write(serving: Serving, home: Home) -> None:
    written = serving.log.read_text()
    assert "callback.not_saved" in written
    for private in ("Zebulon", "Quartermain", "911 555"):
        assert private not in written
