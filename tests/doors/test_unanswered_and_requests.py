"""What a running assistant keeps for the clinic to read: unanswered questions, and requests for a
call back; and that both go when their patient or their time says so."""

from __future__ import annotations

import json
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from .running import Chat, Home, Serving, until

SAVED = re.compile(r"Its number is (\d{4}-\d{4})\.")
NAME, PHONE = "Zebulon Quartermain", "+1 911 555 0142"
SCANNER = (
    "will my scar set off the airport scanner",
    "my name is Zebulon Quartermain, will my scar set off the airport scanner in june 2031?",
    "will my scar set off the airport scanner? mail zeb@example.org",
)
DELETED = (
    "This chat is deleted. What you still see on your screen goes away when you close the page.\n\n"
    "If you write again, a new chat begins. For other records that the clinic has of you, call "
    "Willow Lane Scar Clinic at +1 212 555 0142."
)


@pytest.fixture(scope="module")
def serving(home: Home) -> Iterator[Serving]:
    serving = Serving(home)
    yield serving
    serving.stop()


def kept(home: Home, chat: Chat | None = None) -> list[tuple[str, str]]:
    """The questions and reasons that are kept, of one chat or of all."""
    with closing(sqlite3.connect(home.database)) as database:
        table = "SELECT name FROM sqlite_master WHERE name = 'unanswered_questions'"
        if not database.execute(table).fetchall():
            return []
        rows = database.execute("SELECT conversation, question, reason FROM unanswered_questions")
        return [row[1:] for row in rows if chat is None or row[0] == chat.sender]


def age(home: Home, table: str, days: int) -> None:
    with closing(sqlite3.connect(home.database)) as database, database:
        database.execute(f"UPDATE {table} SET asked_at = datetime(asked_at, '-{days} days')")


def with_request(serving: Serving) -> tuple[Chat, str]:
    """A chat that asked for a call back, and the number of its request."""
    chat = Chat(serving.port)
    chat.say("I want to book an appointment")
    chat.press("Ask for a call back")
    for one in (NAME, PHONE, "Morning"):
        chat.say(one)
    saved = SAVED.search(chat.press("Send it").text)
    assert saved
    return chat, saved[1]


def test_unanswered_questions(serving: Serving, home: Home) -> None:
    chats = [Chat(serving.port) for _ in SCANNER]
    for chat, question in zip(chats, SCANNER, strict=True):
        assert chat.say(question).text.startswith("I can only help with scars and scar surgery.")
    until(lambda: len(kept(home)) == 3, 5, "the questions")
    assert sorted(kept(home)) == [
        ("my name is ___, will my scar set off the airport scanner in ___?", "declined"),
        ("will my scar set off the airport scanner", "declined"),
        ("will my scar set off the airport scanner? mail ___", "declined"),
    ]
    shown = home.scarwise("gaps")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout.startswith("3 chats, 3 questions (3 declined)\n")
    assert "Zebulon" not in shown.stdout
    found = json.loads(home.scarwise("gaps", "--json", "--at-least", "4").stdout)
    assert found == {
        "shown": [],
        "held_back_groups": 1,
        "held_back_questions": 3,
        "held_back_conversations": 3,
    }
    assert home.scarwise("gaps", "--at-least", "1").returncode == 2

    assert chats[0].say("forget me").text == DELETED
    assert kept(home, chats[0]) == []
    assert len(kept(home)) == 2
    age(home, "unanswered_questions", 31)
    assert home.scarwise("forget", "--expired").returncode == 0
    assert kept(home) == []


def test_none_of_these_and_what_did_not_help(serving: Serving, home: Home) -> None:
    asked = Chat(serving.port)
    assert asked.say("scar for a movie costume").text.startswith("I want to be sure")
    asked.press("None of these")
    helped = Chat(serving.port)
    helped.say("Are there any risks?")
    helped.say("that did not help")
    until(lambda: len(kept(home)) == 2, 5, "the questions")
    assert kept(home, asked) == [("scar for a movie costume", "none_of_these")]
    assert kept(home, helped) == [("Are there any risks?", "not_helpful")]


def test_neither_danger_nor_the_form_nor_other_subjects(serving: Serving, home: Home) -> None:
    before = kept(home)
    chat = Chat(serving.port)
    chat.say("my scar bleeds and it does not stop")
    chat.say("which football team won on sunday")
    chat.say("ayuda con mi cicatriz por favor, no hablo nada de inglés")
    chat.say("I want to book an appointment")
    chat.press("Ask for a call back")
    assert chat.say(SCANNER[0]).text.endswith("What is your name?")
    time.sleep(0.5)
    assert kept(home) == before


def test_requests_for_a_call_back(serving: Serving, home: Home) -> None:
    assert home.scarwise("requests").stdout == "No request for a call back is open.\n"
    _, number = with_request(serving)
    listed = home.scarwise("requests")
    assert re.fullmatch(
        rf"{number}  {NAME}, \+1 911 555 0142, Morning, asked \d{{4}}-\d\d-\d\d \d\d:\d\d UTC\n"
        r"1 open\. When one is done: scarwise requests done NUMBER\n",
        listed.stdout,
    )
    (row,) = json.loads(home.scarwise("requests", "--json").stdout)
    assert [row[one] for one in ("number", "name", "phone", "time")] == [
        number, NAME, PHONE, "Morning",
    ]  # fmt: skip
    other = home.scarwise("requests", "done", "0000-0000")
    assert (other.returncode, other.stdout) == (1, "")
    assert other.stderr == ("scarwise: there is no open request 0000-0000; see scarwise requests\n")
    done = home.scarwise("requests", "done", number)
    assert (done.returncode, done.stdout) == (0, f"Request {number} is done; it is deleted.\n")
    assert home.scarwise("requests").stdout == "No request for a call back is open.\n"


def test_forget_me_takes_the_request_along_and_says_so(serving: Serving, home: Home) -> None:
    chat, _ = with_request(serving)
    other, number = with_request(serving)
    assert chat.say("forget me").text == DELETED.replace(
        "This chat is deleted.",
        "This chat is deleted, and so is the call back that you asked for: nobody will call you.",
    )
    assert [one["number"] for one in json.loads(home.scarwise("requests", "--json").stdout)] == [
        number
    ]
    assert chat.say("forget me").text == DELETED
    home.scarwise("requests", "done", number)


def test_a_request_that_nobody_does_is_deleted_in_the_end(serving: Serving, home: Home) -> None:
    _, number = with_request(serving)
    age(home, "callback_requests", 25)
    assert re.search(
        rf"{number}.*; deleted on \d{{4}}-\d\d-\d\d\n", home.scarwise("requests").stdout
    )
    assert "requests" not in home.scarwise("forget", "--expired").stdout
    age(home, "callback_requests", 6)
    ran = home.scarwise("forget", "--expired")
    assert (ran.returncode, ran.stdout) == (
        0,
        "Deleted 1 requests for a call back that were open for 30 days: see `scarwise requests` "
        "more often.\n",
    )
    assert home.scarwise("requests").stdout == "No request for a call back is open.\n"


@pytest.mark.parametrize("command", ["requests", "gaps"])
def test_a_database_that_cannot_be_read(home: Home, command: str) -> None:
    ran = home.scarwise(command, SCARWISE_DATABASE_URL="sqlite:////proc/none/x.db")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "mend the database, then try again" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_clinic_that_keeps_none(home: Home, serving: Serving) -> None:
    serving.stop()
    clinic = home.folder / "clinic.yml"
    before = clinic.read_text(encoding="utf-8")
    clinic.write_text(before.replace("keep_unanswered: true", "keep_unanswered: false"))
    off = Serving(home)
    try:
        rows = kept(home)
        assert Chat(off.port).say(SCANNER[0]).status == 200
        time.sleep(0.5)
        assert kept(home) == rows
    finally:
        off.stop()
        clinic.write_text(before, encoding="utf-8")
