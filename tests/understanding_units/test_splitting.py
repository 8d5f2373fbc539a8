"""A message is cut into its questions, and nothing that was said is lost."""

from __future__ import annotations

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

from scarwise.understanding.normalize import normalize
from scarwise.understanding.splitting import JOINTS, asks, split

PIECES = st.sampled_from(
    [
        "is it safe",
        "how much does it cost",
        "and",
        ",",
        "?",
        ".",
        "also",
        "does it hurt",
        "my scar",
        "what about creams",
        "!",
        "I want to know",
        "or",
        "but",
        "/",
        "the c-section scar",
        "3 cm",
        "keloid",
        "...",
        "plus",
        "can I",
        "swim",
    ]
)
MESSAGES = st.one_of(st.lists(PIECES, max_size=12).map(" ".join), st.text(max_size=80))
TOKENS = spacy.blank("en")


def _said(text: str) -> list[str]:
    """The words of a text, without those that only join."""
    found = [token.lower_ for token in TOKENS(text) if token.is_alpha and len(token) > 1]
    return [word for word in found if word not in JOINTS]


@settings(deadline=None)
@given(MESSAGES)
def test_no_word_is_lost_or_moved(message: str) -> None:
    text = normalize(message)
    assert [word for part in split(text) for word in _said(part.text)] == _said(text)


@settings(deadline=None)
@given(MESSAGES)
def test_parts_stand_in_the_message_in_order(message: str) -> None:
    text, place = normalize(message), 0
    for part in split(text):
        place = text.index(part.text, place) + len(part.text)


@pytest.mark.parametrize(
    ("message", "parts"),
    [
        ("Are there any risks?", ["Are there any risks"]),
        ("Is it safe? How much is it?", ["Is it safe", "How much is it"]),
        ("is it safe and how much is it", ["is it safe", "how much is it"]),
        ("does it hurt, and can I work?", ["does it hurt", "can I work"]),
        ("cream and laser", ["cream and laser"]),
        ("I have a scar. It is red.", ["I have a scar", "It is red"]),
        ("???", []),
        ("", []),
    ],
)
def test_examples(message: str, parts: list[str]) -> None:
    assert [part.text.strip(" ?.") for part in split(message)] == parts


@pytest.mark.parametrize(
    ("text", "asking"),
    [
        ("is it safe", True),
        ("tell me about creams", True),
        ("so, and what about the laser", True),
        ("I have a scar on my knee", False),
        ("thank you", False),
        ("", False),
    ],
)
def test_asks(text: str, asking: bool) -> None:
    assert asks(text) is asking
