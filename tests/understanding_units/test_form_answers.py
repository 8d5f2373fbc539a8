"""Whether a message is nothing but what the form asks for, whatever else it sounds like."""

from __future__ import annotations

import pytest

from scarwise.callback import CONFIRMED, NAME, PHONE, TIME
from scarwise.understanding.form_answers import as_form_answer
from scarwise.understanding.reading import Danger, Reading

NOTHING = Reading("decline")
BURNS = Reading("answer", topics=("burn_scars",), confidence=0.98)
COST = Reading("answer", topics=("cost",), confidence=0.95)


def alarmed(level: str, signs: int = 0) -> Reading:
    return Reading("decline", danger=Danger(level, "emergency", 0.5, signs=signs))


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ("Will Burn", BURNS), ("will burn", BURNS), ("Mark Price", COST), ("maria lopez", NOTHING),
        ("my name is Zbigniew Burns", BURNS), ("I'm Tom Burns", BURNS), ("Tyler Wound", NOTHING),
        ("Jacob Long", NOTHING),
        ("Hannah Coffin", alarmed("interrupt")), ("Robert Blood", alarmed("note")),
        ("Grace Hope", alarmed("interrupt")), ("grace hope", alarmed("interrupt")),
    ],
)  # fmt: skip
def test_a_name_is_a_name(text: str, read_as: Reading) -> None:
    reading = as_form_answer(NAME, text, read_as)
    assert (reading.intent, reading.danger) == ("inform", Danger())


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ("burn scars", BURNS), ("Burn Scars", BURNS), ("Burns", BURNS),
        ("what is my name", NOTHING),
        ("how long is it", NOTHING), ("I'm worried", NOTHING), ("/Ana", NOTHING), ("", NOTHING),
        ("restart", NOTHING), ("my name is none of your business", NOTHING),
    ],
)  # fmt: skip
def test_what_is_no_name_stays_as_read(text: str, read_as: Reading) -> None:
    assert as_form_answer(NAME, text, read_as) == read_as


@pytest.mark.parametrize("slot", [NAME, TIME, CONFIRMED, None])
@pytest.mark.parametrize(
    "text",
    ["Chest Pain", "chest pain", "Tyler bleeding", "hannah coffin", "my name is ana i cant breathe",
     "cancel", "Dying", "send it", "Zofia Coffin"],
)  # fmt: skip
def test_danger_goes_first(slot: str | None, text: str) -> None:
    read_as = alarmed("interrupt")
    assert as_form_answer(slot, text, read_as) == read_as


def test_a_sign_of_danger_outweighs_a_name() -> None:
    read_as = alarmed("note", signs=1)
    assert as_form_answer(NAME, "Dave Stabbed", read_as) == read_as


def test_a_doubtful_name_keeps_the_quiet_note() -> None:
    read_as = alarmed("note")
    reading = as_form_answer(NAME, "tyler bleeding", read_as)
    assert (reading.intent, reading.danger) == ("inform", read_as.danger)


def test_a_number_is_a_number() -> None:
    reading = as_form_answer(PHONE, "my number is 911 555 0142", alarmed("interrupt", signs=1))
    assert (reading.intent, reading.danger) == ("inform", Danger())


@pytest.mark.parametrize(
    "text", ["911", "I called 911 911 911 911", "911 555 0142 I am bleeding", "112 112"]
)
def test_a_call_for_help_is_no_number(text: str) -> None:
    read_as = alarmed("interrupt", signs=1)
    assert as_form_answer(PHONE, text, read_as) == read_as


@pytest.mark.parametrize(
    ("slot", "text", "sounds_like"),
    [
        (TIME, "night", "goodbye"), (TIME, "Friday 10 am", "book_consultation"),
        (TIME, "late", "book_consultation"), (TIME, "5:30", "deny"),
        (PHONE, "12345", "contact"), (PHONE, "555 0142 ext 12", "contact"),
    ],
)  # fmt: skip
def test_a_try_that_does_not_fit_is_nothing_else(slot: str, text: str, sounds_like: str) -> None:
    read_as = Reading("answer", topics=(sounds_like,), confidence=0.98)
    assert as_form_answer(slot, text, read_as) == Reading("decline")


@pytest.mark.parametrize(
    ("slot", "text"),
    [(TIME, "what are your hours in the morning"), (TIME, "how late are you open"),
     (PHONE, "is 2125550142 your number?"), (PHONE, "the scar is 2 years old"), (NAME, "Friday?")],
)  # fmt: skip
def test_a_question_with_a_time_or_a_number_stays_one(slot: str, text: str) -> None:
    assert as_form_answer(slot, text, COST) == COST


@pytest.mark.parametrize(
    ("slot", "text", "intent"),
    [
        (TIME, "Morning", "inform"), (TIME, "any time", "inform"),
        (TIME, "tuesday", "out_of_scope"),
        (NAME, "cancel", "stop_callback"), (PHONE, "never mind", "stop_callback"),
        (CONFIRMED, "stop", "stop_callback"), (CONFIRMED, "send it", "affirm"),
        (CONFIRMED, "that is wrong", "deny"), (CONFIRMED, "change my number", "deny"),
        (PHONE, "send it", "out_of_scope"),
        (CONFIRMED, "Ana Lee", "out_of_scope"), (PHONE, "Ana Lee", "out_of_scope"),
        (NAME, "5550142", "out_of_scope"), (None, "Ana Lee", "out_of_scope"),
    ],
)  # fmt: skip
def test_each_slot_takes_its_own(slot: str | None, text: str, intent: str) -> None:
    assert as_form_answer(slot, text, NOTHING).intent == intent
