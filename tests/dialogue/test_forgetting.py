"""A chat is deleted only for words that ask for it without doubt, or for the button."""

from __future__ import annotations

import pytest

from scarwise.dialogue.forgetting import is_asked
from scarwise.dialogue.message import Message

ANSWER = (Message("Here is an answer.", "conversation", ("forget_me",)),)


def understood(confidence: float, *topics: str) -> dict[str, object]:
    """What Rasa hands on of a message that is read as `topics`."""
    return {"intent": {"name": topics[0]}, "reading": {"topics": topics, "confidence": confidence}}


@pytest.mark.parametrize(
    "text", ["Please erase what I wrote", "wipe my messages", "never mind, delete it all"]
)
def test_sure_words_delete(text: str) -> None:
    assert is_asked(text, understood(0.95, "forget_me"), ANSWER)


@pytest.mark.parametrize(
    "text", ["forget it", "Oh, forget that!", "ok forget about it", "just forget about that..."]
)
def test_words_that_often_mean_never_mind_get_the_button(text: str) -> None:
    assert not is_asked(text, understood(0.99, "forget_me"), ANSWER)


def test_doubt_and_a_second_question_get_the_button() -> None:
    assert not is_asked("wipe my messages", understood(0.89, "forget_me"), ANSWER)
    assert not is_asked("wipe it, and the price?", understood(0.95, "forget_me", "cost"), ANSWER)
    assert not is_asked("what are the risks", understood(0.95, "risks"), ANSWER)


def test_the_fixed_phrases_and_the_button_delete() -> None:
    assert is_asked("Please delete my chat!", understood(0.2, "cost"), ANSWER)
    assert is_asked("/forget_me", {"intent": {"name": "forget_me"}}, ANSWER)


@pytest.mark.parametrize("outcome", ["safety", "failed"])
def test_danger_and_failures_come_first(outcome: str) -> None:
    reply = (Message("Call for help.", outcome),)
    assert not is_asked("forget me", understood(0.99, "forget_me"), reply)
