"""What is suggested while somebody types: vetted questions only, the likeliest first."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scarwise.channels.type_ahead import MOST, TypeAhead
from scarwise.channels.webchat import type_ahead_of
from scarwise.dialogue.compose import load_voice
from scarwise.knowledge.base import load_knowledge
from scarwise.knowledge.reviews import load_reviews
from scarwise.knowledge.suggestions import load_suggestions
from scarwise.knowledge.topics import load_topics

QUESTIONS = load_suggestions()
EVERYTHING = TypeAhead(QUESTIONS, load_topics(), QUESTIONS)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("ris", "What are the risks?"),
        ("what are the risks of an", "What are the risks of anesthesia?"),
        ("RECOV", "How long is the recovery?"),
        ("how long does recovery usually take", "How long does the operation take?"),
        ("keloid on my chest", "What is a keloid?"),
        ("price", "How much does it cost?"),
        ("tattoo", "Can make-up or a tattoo hide a scar?"),
        ("does it hu", "Does it hurt?"),
        ("sun", "Does the sun harm a scar?"),
        ("what is scar rev", "What is scar revision?"),
    ],
)
def test_what_is_typed_finds(typed: str, first: str) -> None:
    assert EVERYTHING.find(typed)[0] == first


@pytest.mark.parametrize("typed", ["", "ri", "  r ", "xyz", "I want to die", "???", "a" * 101])
def test_what_is_typed_finds_nothing(typed: str) -> None:
    assert EVERYTHING.find(typed) == []


def test_what_cannot_be_answered_is_not_suggested() -> None:
    without = TypeAhead(QUESTIONS, load_topics(), set(QUESTIONS) - {"risks"})
    assert "What are the risks?" not in without.find("risks")


@given(st.text(max_size=120))
def test_only_vetted_questions_come_back(typed: str) -> None:
    found = EVERYTHING.find(typed)
    assert len(found) <= MOST
    assert len(set(found)) == len(found)
    assert set(found) <= set(QUESTIONS.values())


@given(st.sampled_from(sorted(QUESTIONS.values())), st.data())
def test_a_question_is_found_by_any_beginning(question: str, data: st.DataObject) -> None:
    """From where it differs from all others, at the latest when it is whole."""
    assert question in EVERYTHING.find(question)
    begun = question[: data.draw(st.integers(3, len(question)))]
    others = sum(one.startswith(begun) for one in QUESTIONS.values())
    assert len(begun.strip()) < 3 or others > MOST or question in EVERYTHING.find(begun)


def test_what_may_no_longer_be_said_is_not_suggested() -> None:
    ends = load_reviews()["risks"].until
    assert ends
    voice = load_voice()
    today, later = (
        replace(voice, knowledge=load_knowledge(today=day)) for day in (ends, ends + timedelta(1))
    )
    assert type_ahead_of(today).find("what are the risks")[0] == "What are the risks?"
    assert "What are the risks?" not in type_ahead_of(later).find("what are the risks")
