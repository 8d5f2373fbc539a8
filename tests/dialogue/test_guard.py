"""What comes in is text, whatever it looks like, unless it is a button that was offered."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from scarwise.dialogue.guard import MOST_CHARACTERS, Inbound, inbound, looks_like_command
from scarwise.understanding.normalize import normalize

SPACES = st.text(" \t\n\r\v\f\u00a0\u2003\u3000\x1c\x85\u200b\u00ad\ufeff\x00\u2800", max_size=4)
COMMANDS = st.builds(
    lambda before, marks, rest: before + marks + rest,
    SPACES,
    st.text("/\uff0f \u00a0\u200b", min_size=1, max_size=4).filter(lambda m: "/" in normalize(m)),
    st.one_of(
        st.sampled_from(
            ["restart", "risks", 'risks{"technique": "laser"}', "back", "session_start",
             "SetSlots(answered=x)", "EXTERNAL: x", "risks@0.9", ""]
        ),
        st.text(max_size=30),
    ),
)  # fmt: skip


def rasa_takes_it_for_a_command(text: str) -> bool:
    """What Rasa itself makes of `text`, which it sees after the pipeline has normalized it."""
    text = normalize(text) or "."
    return YAMLStoryReader.unpack_regex_message(Message({TEXT: text})).get(INTENT) is not None


@given(st.one_of(COMMANDS, st.text()))
def test_nothing_typed_is_a_command(text: str) -> None:
    arrived = inbound(text, set())
    assert arrived.kind in ("text", "too_long")
    assert not rasa_takes_it_for_a_command(arrived.text)
    assert not arrived.text.strip().startswith("/")
    assert not normalize(arrived.text).startswith("/")


@given(st.one_of(COMMANDS, st.text()), st.sets(st.sampled_from(["/risks", "/cost", "/restart"])))
def test_a_button_is_one_that_was_offered_to_the_letter(text: str, offered: set[str]) -> None:
    arrived = inbound(text, offered)
    assert (arrived.kind == "button") == (text.strip() in offered)
    if arrived.kind == "button":
        assert arrived.text in offered


@given(st.text(max_size=MOST_CHARACTERS).filter(lambda text: not looks_like_command(text)))
def test_other_text_is_not_touched(text: str) -> None:
    assert inbound(text, {"/risks"}) == Inbound("text", text)


@pytest.mark.parametrize("message", [None, 7, 1.5, True, ["x"], {"text": "x"}, b"x"])
def test_what_is_no_text(message: object) -> None:
    assert inbound(message, set()) == Inbound("no_text")


def test_length() -> None:
    assert inbound("x" * MOST_CHARACTERS, set()).kind == "text"
    assert inbound("x" * (MOST_CHARACTERS + 1), set()).kind == "too_long"


@pytest.mark.parametrize(
    ("text", "arrives"),
    [
        ("/risks", Inbound("button", "/risks")),
        (" /risks ", Inbound("button", "/risks")),
        ("/cost", Inbound("text", "cost")),
        ("//risks", Inbound("text", "risks")),
        ("/ /\u00a0/ risks", Inbound("text", "risks")),
        ("/risks{}", Inbound("text", "risks{}")),
        ("/RISKS", Inbound("text", "RISKS")),
        ("\uff0frestart", Inbound("text", "restart")),
        ("\u200b/restart", Inbound("text", "restart")),
        ("/\u200b/restart", Inbound("text", "restart")),
        ("\U0001f600/restart", Inbound("text", "restart")),
        ("\u200b/risks", Inbound("text", "risks")),
        ("24/7?", Inbound("text", "24/7?")),
        ("/", Inbound("text", "")),
    ],
)
def test_examples(text: str, arrives: Inbound) -> None:
    assert inbound(text, {"/risks"}) == arrives
