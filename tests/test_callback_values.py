"""What counts as a name, a phone number, a time, a yes and a stop, letter by letter."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scarwise import callback
from scarwise.callback import NAME, PHONE, TIME, Request


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Will Burn", "Will Burn"),
        ("maria  de los\tAngeles", "maria de los Angeles"),
        ("my name is José O’Brien", "José O'Brien"),
        ("I'm Ana Lee.", "Ana Lee"),
        ("Dr. Anne-Marie St. John", "Dr. Anne-Marie St. John"),
        ("Li", "Li"),
        ("J.R. Lee", "J.R. Lee"),
        ("example.org", None),
        ("x" * 60, "x" * 60),
        ("x" * 61, None),
        ("R2D2", None),
        ("a@b", None),
        ("-Ana", None),
        ("/restart", None),
        ("What is a keloid?", None),
        ("Ana\u202eeeL", None),
        ("Ana {name}", None),
        ("<b>Ana</b>", None),
        ("", None),
        ("...", None),
        (None, None),
        (7, None),
        (["Ana"], None),
        ({"name": "Ana"}, None),
    ],
)
def test_names(text: object, name: str | None) -> None:
    assert callback.read_name(text) == name


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("+1 (212) 555-0142", "+1 (212) 555-0142"),
        ("(+44) 20 7946 0000", "(+44) 20 7946 0000"),
        ("my number is 212.555.0142", "212-555-0142"),
        ("It's 5550142.", "5550142"),
        ("911 911 0142", "911 911 0142"),
        ("１２３４５６７", "1234567"),
        ("1" * 15, "1" * 15),
        ("1" * 16, None),
        ("123456", None),
        ("911", None),
        ("212 555 0142 or 212 555 0143", None),
        ("1+2125550142", None),
        ("/5550142", None),
        ("five five five", None),
        ("212 555 0142; drop table", None),
        (2125550142, None),
        (True, None),
        (None, None),
    ],
)
def test_phones(text: object, phone: str | None) -> None:
    assert callback.read_phone(text) == phone


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("Morning", "Morning"),
        ("in the morning please", "Morning"),
        ("AFTERNOON!", "Afternoon"),
        ("anytime", "Any time"),
        ("I don’t mind", "Any time"),
        ("Tuesday morning", None),
        ("good morning", None),
        ("5 pm", None),
        (["Morning"], None),
    ],
)
def test_times(text: object, time: str | None) -> None:
    assert callback.read_time(text) == time


@pytest.mark.parametrize(
    "text",
    ["cancel", "Stop!", "please stop", "never mind", "cancel the call back", "forget it",
     "I don't want this any more", "i dont want a call back", "I changed my mind", "skip"],
)  # fmt: skip
def test_what_leaves_the_form(text: str) -> None:
    assert callback.wants_to_stop(text)


@pytest.mark.parametrize(
    "text",
    ["stop the bleeding", "it won't stop", "I don't want to live any more", "can I cancel a visit?",
     "do not call an ambulance", "I want to end it", "Ana Stop", "I want this to end"],
)  # fmt: skip
def test_what_does_not_leave_the_form(text: str) -> None:
    assert not callback.wants_to_stop(text)


@pytest.mark.parametrize(
    ("text", "consent"),
    [("send it", True), ("Yes, please send it.", True), ("that's right", True),
     ("don't send it", False), ("no, that is wrong", False),
     ("send it to my wife", None), ("is that right?", None), ("hm", None), ("/affirm", None)],
)  # fmt: skip
def test_a_yes_in_other_words(text: str, consent: bool | None) -> None:
    assert callback.read_consent(text) is consent


@pytest.mark.parametrize(
    ("slot", "text", "reason"),
    [
        (NAME, "R2D2", "callback_bad_name"),
        (NAME, "x" * 61, "callback_long_name"),
        (PHONE, "12345", "callback_short_phone"),
        (PHONE, "1" * 16, "callback_long_phone"),
        (PHONE, "ask my wife", "callback_bad_phone"),
        (TIME, "Tuesday", "callback_bad_time"),
    ],
)
def test_the_reason_is_told(slot: str, text: str, reason: str) -> None:
    assert callback.fault_of(slot, text) == reason


def test_a_request_has_every_part() -> None:
    slots = {NAME: "Ana Lee", PHONE: "212 555 0142", TIME: "Any time"}
    assert callback.request_of(slots) == Request("Ana Lee", "212 555 0142", "Any time")
    for slot in slots:
        assert callback.request_of(slots | {slot: None}) is None
        assert callback.request_of(slots | {slot: "/affirm"}) is None
        assert callback.request_of(slots | {slot: [slots[slot]]}) is None


@given(st.text() | st.from_regex(r"(my name is )?[A-Za-z .'/{}-]{1,70}", fullmatch=True))
def test_a_name_holds_letters_and_little_else(text: str) -> None:
    name = callback.read_name(text)
    if name is not None:
        assert 2 <= len(name) <= 60
        assert all(one.isalpha() or one in " .'-" for one in name)
        assert name[0].isalpha()


@given(st.text() | st.from_regex(r"[0-9+() ./-]{1,40}", fullmatch=True))
def test_a_phone_number_holds_7_to_15_digits(text: str) -> None:
    phone = callback.read_phone(text)
    if phone is not None:
        assert re.fullmatch(r"[0-9+() -]+", phone)
        assert 7 <= len(re.sub(r"\D", "", phone)) <= 15
        assert callback.read_phone(phone) == phone
