"""Messages from values: paragraphs, prompts, sources, buttons. Turns: tests/conversations."""

from __future__ import annotations

import pytest

from scarwise.dialogue import compose
from scarwise.dialogue.compose import load_voice
from scarwise.dialogue.message import Message, Said, paragraphs
from scarwise.texts import load_texts
from scarwise.understanding.reading import Reading

VOICE = load_voice()
DOCUMENT_TOPICS = [topic.id for topic in VOICE.topics.values() if topic.source == "document"]
PROMPT = VOICE.texts.say("doctor_prompt.general")


def asked(*topics: str, **reading) -> Message:
    return compose.answer(VOICE, Reading("answer", topics=topics, **reading), {})


@pytest.mark.parametrize("topic", DOCUMENT_TOPICS)
def test_every_answer_is_answer_prompt_and_source(topic: str) -> None:
    answer, prompt, source = asked(topic).text.split("\n\n")
    assert answer.startswith(VOICE.knowledge.find(topic, {}).answer.say[0].text)
    assert "+1 212 555 0142" in prompt
    assert "https://clinic.example/book" in prompt
    assert "doctor" in prompt
    assert source.startswith("Source: Scar revision surgery. Checked with its source on 20")


@pytest.mark.parametrize("topic", DOCUMENT_TOPICS)
def test_more_detail_is_detail_prompt_and_source(topic: str) -> None:
    said = asked(topic).said
    detail, prompt, source = compose.more_detail(VOICE, said).text.split("\n\n")
    assert detail not in asked(topic).text
    assert "doctor" in prompt
    assert source.startswith("Source: ")


def test_each_button_leads_to_its_topic_and_none_twice() -> None:
    for topic in DOCUMENT_TOPICS:
        buttons = asked(topic).buttons
        assert 1 <= len(buttons) <= compose.MOST_BUTTONS
        assert len(set(buttons)) == len(buttons)
        for title, payload in buttons:
            assert VOICE.topics[payload.removeprefix("/")].title == title
        assert f"/{topic}" not in [payload for _, payload in buttons]


def test_topics_beyond_three_are_named_and_offered_first() -> None:
    message = asked("risks", "laser", "creams", also_asked=("results",))
    assert message.text.endswith(
        "You also asked about: What results to expect. Tap one or type it."
    )
    assert message.buttons[0] == ("What results to expect", "/results")
    assert message.offered == ("results",)


def test_answer_and_clinic_say_the_doctor_prompt_once() -> None:
    """The clinic's text leads to a doctor by itself; a second prompt below it is noise."""
    assert asked("risks", "cost").text.count("https://clinic.example/book") == 1


def test_facts_of_several_answers_stand_once() -> None:
    assert asked("techniques", "excision").text.count("Source: ") == 1


def test_personal_assessment_judges_nothing() -> None:
    text = asked("personal_assessment").text
    assert text.startswith("I cannot look at photos or judge your own scar.")
    assert "Source:" not in text


def test_more_detail_follows_the_last_answer_of_the_clinic_too() -> None:
    """After the cost, "tell me more" is not about what was answered before it."""
    said = asked("cost").said
    assert said == (Said("cost", "", ""),)
    assert compose.more_detail(VOICE, said).text.startswith("I have no more detail about cost.")


def test_greeting_of_a_demo_says_so() -> None:
    text = compose.fixed(VOICE, "greet", "conversation").text
    assert text.endswith("This is a demo. The clinic and its numbers are not real.")
    assert text.startswith("Hello. I am the automated assistant of Willow Lane Scar Clinic. I am "
                           "not a doctor or a nurse.")  # fmt: skip


@pytest.mark.parametrize("kind", compose.SAFETY_TOPICS)
def test_danger_replies_name_a_number_to_call(kind: str) -> None:
    text = compose.fixed(VOICE, kind, "safety").text
    assert "911" in text
    assert "program" in text
    numbers = {"crisis": "988", "abuse": "1-800-799-7233", "urgent_wound": "+1 212 555 0142"}
    assert numbers.get(kind, "911") in text


def test_every_fixed_text_can_be_said() -> None:
    values = {"subject": "S", "titles": "T", "sources": "D", "reviewed": "2026-01-01"}
    values |= {"given_name": "N", "given_phone": "1", "given_time": "Morning", "number": "1-2"}
    for name in load_texts().fixed:
        text = load_texts().say(name, **values)
        assert text
        assert "{" not in text


def test_paragraphs_leave_no_empty_one() -> None:
    assert paragraphs(" a ", None, "", "  ", "b") == "a\n\nb"


def test_message_travels_through_rasa_and_back() -> None:
    message = asked("risks", "cost", offered=("laser",))
    assert Message.from_response(message.as_response()) == message
    assert Message.from_response({"text": "x"}) is None
