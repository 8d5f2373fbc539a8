"""The validator of the form for a call back: what fills a slot, what does not, what is said."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.validate_callback_form import ValidateCallbackForm
from scarwise.callback import CONFIRMED, FORM, NAME, PHONE, SLOTS, TIME
from scarwise.dialogue.message import Message
from scarwise.storage import requests
from scarwise.storage.requests import REQUESTS, RequestStore
from scarwise.understanding.reading import Danger, Reading

FILLED = {NAME: "Will Burn", PHONE: "+1 212 555 0142", TIME: "Morning"}
INFORM = Reading("answer", topics=("inform",), confidence=1.0)
DECLINED = Reading("decline")
SAVED = re.compile(
    r"Your request is saved\. Its number is (\d{4}-\d{4})\. The clinic calls when it is open: "
    r"Monday to Friday, 9 am to 5 pm\. In an emergency, do not wait for the call: call 911\."
    r"\n\nThis is a demo\. The clinic and its numbers are not real\."
)
NOT_SAVED = (
    "Your request was NOT saved, as something is wrong on our side. Please call Willow Lane Scar "
    "Clinic at +1 212 555 0142, or try again in a few minutes."
)
LEFT = (
    "All right, no call back. No request was saved or sent. To reach the clinic, call Willow "
    "Lane Scar Clinic at +1 212 555 0142."
)
ENDED = dict.fromkeys([*SLOTS, "requested_slot"])


@dataclass(frozen=True)
class Turn:
    """What the validator said and which slots it set."""

    messages: list[Message]
    slots: dict[str, Any]

    @property
    def text(self) -> str:
        assert len(self.messages) == 1
        return self.messages[0].text


def hear(
    asked: str | None, text: Any, reading: Reading | None = None, intent: str | None = None,
    sender: str = "webchat:somebody", **slots: Any,
) -> Turn:  # fmt: skip
    """One turn of the form that asks for `asked`."""
    latest = {"text": text, "intent": {"name": intent or (reading.intent if reading else None)},
              "entities": []}  # fmt: skip
    if reading:
        latest["reading"] = reading.as_json()
    known = {**dict.fromkeys([*SLOTS, "answered"]), **slots, "requested_slot": asked}
    tracker = Tracker(sender, known, latest, [], False, None, {"name": FORM}, "action_listen")
    dispatcher = CollectingDispatcher()
    domain = {"forms": {FORM: {"required_slots": list(SLOTS)}}}
    events = asyncio.run(ValidateCallbackForm().run(dispatcher, tracker, domain))
    messages = [Message.from_response(one) for one in dispatcher.messages]
    return Turn(
        [one for one in messages if one],
        {event["name"]: event["value"] for event in events if event["event"] == "slot"},
    )


@pytest.fixture(autouse=True)
def stored() -> Iterator[RequestStore]:
    """A database of its own for each test."""
    store = requests.in_memory()
    requests.use(store)
    yield store
    requests.use(requests.in_memory())  # never the clinic's own


def rows(store: RequestStore) -> list[Any]:
    with store.engine.connect() as connection:
        if not sa.inspect(connection).has_table(REQUESTS.name):
            return []
        return list(connection.execute(sa.select(REQUESTS)))


# Values


@pytest.mark.parametrize(
    ("slot", "text", "value"),
    [
        (NAME, "my name is Will Burn", "Will Burn"),
        (PHONE, "+1 911 555 0142", "+1 911 555 0142"),
        (TIME, "in the afternoon", "Afternoon"),
    ],
)
def test_a_value_fills_its_slot_and_nothing_is_said(slot: str, text: str, value: str) -> None:
    assert hear(slot, text, INFORM) == Turn([], {slot: value})


@pytest.mark.parametrize(
    ("slot", "text", "reads"),
    [
        (NAME, "R2D2", "I could not read that as a name. Please use letters only, such as: "
                       "Ana Lee."),
        (NAME, "x" * 61, "That is longer than I can take as a name. Please use 60 letters or "
                         "less."),
        (PHONE, "12345", "That number is too short. Please give all of it, with the area code."),
        (PHONE, "1" * 16, "That number is too long. Please give one phone number only."),
        (PHONE, "ask my wife", "I could not read that as a phone number. Please use digits only."),
        (TIME, "Tuesday", "I can only take one of these three times. Please pick one."),
        (CONFIRMED, "purple", "I am not sure if that means yes or no."),
    ],
)  # fmt: skip
@pytest.mark.parametrize("reading", [DECLINED, INFORM])
def test_another_value_is_refused_with_the_reason(slot, text, reads, reading) -> None:
    """Whatever the understanding makes of it, the validator looks for itself."""
    turn = hear(slot, text, reading, **(FILLED if slot == CONFIRMED else {}))
    assert (turn.text, turn.slots) == (reads, {slot: None})


@pytest.mark.parametrize("slot", SLOTS)
@pytest.mark.parametrize("value", [7, True, ["Ana"], {"name": "Ana"}, 1.5])
def test_a_value_that_is_no_text_is_refused(slot: str, value: Any) -> None:
    assert hear(slot, value, INFORM, **FILLED).slots == {slot: None}
    assert hear(slot, value, intent="affirm", **FILLED).slots == {slot: None}


@pytest.mark.parametrize("slot", SLOTS)
@pytest.mark.parametrize("text", ["/inform", '/inform{"callback_name": "Ana"}', "/Ana Lee"])
def test_a_command_fills_nothing(slot: str, text: str, stored: RequestStore) -> None:
    assert hear(slot, text, intent="inform", **FILLED).slots == {slot: None}
    assert rows(stored) == []


def test_at_the_start_nothing_is_filled_or_said() -> None:
    """The button that opens the form is no answer to it."""
    assert hear(None, "/ask_for_callback", intent="ask_for_callback") == Turn([], {})


@pytest.mark.parametrize("slot", (NAME, PHONE, TIME))
def test_only_the_slot_that_is_asked_for_is_filled(slot: str) -> None:
    other = next(one for one in SLOTS if one != slot)
    assert slot not in hear(other, "Ana Lee", INFORM).slots


# Other messages


@pytest.mark.parametrize("slot", SLOTS)
def test_a_question_is_answered_and_fills_nothing(slot: str) -> None:
    turn = hear(slot, "How much does it cost?", Reading("answer", ("cost",), confidence=1.0))
    assert turn.text.startswith("I have no prices.")
    assert turn.messages[0].buttons == ()  # the form's own stand below its question
    assert turn.slots[slot] is None
    assert turn.slots["answered"][0]["topic"] == "cost"


def test_runners_up_of_an_answer_keep_their_buttons() -> None:
    reading = Reading("answer", ("laser",), offered=("risks",), confidence=0.5)
    message = hear(PHONE, "laser", reading).messages[0]
    assert message.buttons == (("Risks", "/risks"),)
    assert message.text.endswith("You may also mean: Risks.")


def test_an_unclear_question_is_asked_back() -> None:
    reading = Reading("ask_back", offered=("laser", "creams", "risks"))
    turn = hear(PHONE, "the thing", reading)
    assert turn.text.startswith("I want to be sure that I understand you.")
    assert [title for title, _ in turn.messages[0].buttons] == [
        "Laser treatment", "Creams and ointments", "Risks"]  # fmt: skip


def test_talk_is_answered() -> None:
    assert hear(
        NAME, "who?", Reading("answer", ("bot_challenge",), confidence=0.9)
    ).text.startswith("I am an automated assistant, a computer program.")


@pytest.mark.parametrize("intent", ["affirm", "repeat", "resume_callback"])
def test_what_only_asks_for_the_question_again(intent: str) -> None:
    assert hear(PHONE, f"/{intent}", intent=intent) == Turn([], {PHONE: None})


def test_a_quiet_note_stands_above() -> None:
    danger = Danger("note", "crisis")
    turn = hear(NAME, "R2D2", Reading("decline", danger=danger))
    assert turn.text.startswith("If you think about hurting yourself or about dying, please call")
    assert turn.messages[0].note == "crisis"


@pytest.mark.parametrize("slot", SLOTS)
@pytest.mark.parametrize("intent", ["stop_callback", "deny", "goodbye"])
def test_leaving_forgets_everything(slot: str, intent: str, stored: RequestStore) -> None:
    turn = hear(slot, "no", Reading("answer", (intent,), confidence=1.0), **FILLED)
    assert (turn.text, turn.slots) == (LEFT, ENDED)
    assert turn.messages[0].buttons == (("Ask for a call back", "/ask_for_callback"),)
    assert rows(stored) == []


# Saving


def test_a_yes_saves_and_tells_the_number(stored: RequestStore) -> None:
    turn = hear(CONFIRMED, "/affirm", intent="affirm", **FILLED)
    number = SAVED.fullmatch(turn.text)[1]
    assert turn.slots == ENDED
    (row,) = rows(stored)
    assert (row.number, row.name, row.phone, row.best_time, row.conversation) == (
        number, "Will Burn", "+1 212 555 0142", "Morning", "webchat:somebody",
    )  # fmt: skip


def test_an_unsure_yes_saves_nothing(stored: RequestStore) -> None:
    unsure = Reading("answer", ("affirm",), confidence=0.4)
    assert hear(CONFIRMED, "mm", unsure, **FILLED) == Turn([], {CONFIRMED: None})
    assert rows(stored) == []


@pytest.mark.parametrize("slot", (NAME, PHONE, TIME))
@pytest.mark.parametrize("value", [None, "/affirm", 7, ["Ana"]])
def test_a_part_that_is_wrong_is_asked_for_again(slot, value, stored: RequestStore) -> None:
    turn = hear(CONFIRMED, "/affirm", intent="affirm", **(FILLED | {slot: value}))
    assert turn == Turn([], {slot: None, CONFIRMED: None})
    assert rows(stored) == []


def test_a_database_that_refuses_is_told(stored: RequestStore) -> None:
    hear(CONFIRMED, "/affirm", intent="affirm", **FILLED)
    with stored.engine.begin() as connection:
        connection.execute(sa.delete(REQUESTS))
        connection.exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON callback_requests "
            "BEGIN SELECT RAISE(ABORT, 'disk full'); END"
        )
    turn = hear(CONFIRMED, "/affirm", intent="affirm", **FILLED)
    assert (turn.text, turn.slots) == (NOT_SAVED, {CONFIRMED: None})
    assert rows(stored) == []


@pytest.mark.parametrize("url", ["sqlite:////proc/nowhere/x.db", "mysql://host/name",
                                 "postgresql://me:hidden@127.0.0.1:9/x"])  # fmt: skip
def test_a_database_that_is_away_is_told(url: str, monkeypatch, caplog) -> None:
    requests.use(None)
    monkeypatch.setenv("SCARWISE_DATABASE_URL", url)
    turn = hear(CONFIRMED, "/affirm", intent="affirm", **FILLED)
    assert (turn.text, turn.slots) == (NOT_SAVED, {CONFIRMED: None})
    assert "callback.not_saved error=" in caplog.text
    for private in ("Will Burn", "555 0142", "hidden"):
        assert private not in caplog.text
