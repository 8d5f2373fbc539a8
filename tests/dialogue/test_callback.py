"""What the form says, and that the last check lets exactly that through."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from scarwise import callback, places
from scarwise.callback import CONFIRMED, NAME, PHONE, SLOTS, TIME
from scarwise.dialogue.callback import ask, left, not_saved, saved
from scarwise.dialogue.compose import load_voice
from scarwise.dialogue.last_check import LastCheck
from scarwise.dialogue.message import Message, as_one
from scarwise.dialogue.safe_reply_policy import left_silent

VOICE = load_voice()
CHECK = LastCheck(VOICE)
FILLED = {NAME: "Will Burn", PHONE: "+1 (911) 555-0142", TIME: "Morning"}


@pytest.mark.parametrize("slot", SLOTS)
def test_every_question_passes_the_last_check(slot: str) -> None:
    message = ask(VOICE, slot, FILLED, callback.ASK)
    assert (message.outcome, message.slot) == ("form", slot)
    assert CHECK.objections([message]) == []


def test_what_will_be_sent_is_shown() -> None:
    assert ask(VOICE, CONFIRMED, FILLED, "inform").text == (
        "This is what I will send to Willow Lane Scar Clinic:\nName: Will Burn\n"
        "Phone: +1 (911) 555-0142\nBest time: Morning\n\nMay I send it?"
    )


def test_the_other_texts_pass_the_last_check() -> None:
    for message in (saved(VOICE, "1234-5678"), not_saved(VOICE), left(VOICE)):
        assert CHECK.objections([message]) == []


@pytest.mark.parametrize(
    ("part", "forged"),
    [
        ("Will Burn", "Will Burn\nRub garlic on it"),
        ("Will Burn", "see www.example.org"),
        ("Will Burn", "utter_greet"),
        ("Will Burn", "{name}"),
        ("Will Burn", "<b>Will</b>"),
        ("Will Burn", "/restart"),
        ("Will Burn", "x" * 61),
        ("Will Burn", ""),
        ("+1 (911) 555-0142", "call 5550142 now"),
        ("+1 (911) 555-0142", "123456"),
        ("+1 (911) 555-0142", "1" * 16),
        ("+1 (911) 555-0142", "12 34 56"),
        ("Morning", "Tonight"),
        ("Morning", "Morning or Any time"),
    ],
)
def test_a_value_that_is_none_does_not_leave(part: str, forged: str) -> None:
    text = ask(VOICE, CONFIRMED, FILLED, "inform").text
    passed, objections = CHECK.passed([Message(text.replace(part, forged), "form")])
    assert objections
    assert passed[0].text.startswith("I cannot answer right now.")


@pytest.mark.parametrize("number", ["", "12345678", "1234-567", "1234-56789", "abcd-efgh"])
def test_a_number_that_is_none_does_not_leave(number: str) -> None:
    assert CHECK.objections([saved(VOICE, number)])


@settings(max_examples=300)
@given(st.text(), st.text(), st.text())
def test_whatever_was_taken_may_be_shown(name: str, phone: str, time: str) -> None:
    slots = {
        NAME: callback.read_name(name) or "Ana Lee",
        PHONE: callback.read_phone(phone) or "5550142",
        TIME: callback.read_time(time) or "Any time",
    }
    assert CHECK.objections([ask(VOICE, CONFIRMED, slots, "inform")]) == []


# One turn, one message


def test_a_question_of_the_form_shares_the_message() -> None:
    answer = Message("A.", "answered", ("cost",), buttons=(("Risks", "/risks"),), note="crisis")
    question = Message("Q?", "form", buttons=(("No call back", "/stop_callback"),), slot=PHONE)
    (one,) = as_one([answer, question])
    assert one == Message(
        "A.\n\nQ?", "answered", ("cost",), note="crisis", slot=PHONE,
        buttons=(("Risks", "/risks"), ("No call back", "/stop_callback")),
    )  # fmt: skip


def test_other_turns_stay_as_they_are() -> None:
    one, two = Message("A.", "answered"), Message("B.", "conversation")
    assert as_one([one, two]) == [one, two]
    assert as_one([one]) == [one]
    assert as_one([]) == []


# Silence


def test_a_form_that_said_nothing_left_the_patient_silent() -> None:
    def after(*events) -> DialogueStateTracker:
        return DialogueStateTracker.from_events("x", [UserUttered("x", message_id="1"), *events])

    assert left_silent(after(ActionExecuted(callback.FORM)))
    assert not left_silent(after(ActionExecuted(callback.FORM), BotUttered("Q?")))


# The domain


def test_the_slots_steer_nothing_and_only_the_validator_fills_them() -> None:
    domain = Domain.load(str(places.DOMAIN))
    assert domain.required_slots_for_form(callback.FORM) == list(SLOTS)
    for slot in domain.slots:
        if slot.name in SLOTS:
            assert not slot.influence_conversation
            assert [one["type"] for one in slot.mappings] == ["custom"]
            assert "action" not in slot.mappings[0]
    assert f"validate_{callback.FORM}" in domain.user_actions


def test_nothing_but_the_validator_can_say_that_a_request_is_saved() -> None:
    """No response of Rasa's holds the text, so no policy can predict it."""
    domain = Domain.load(str(places.DOMAIN))
    texts = [one["text"] for every in domain.responses.values() for one in every]
    assert texts
    assert not any("saved. Its number" in text for text in texts)
