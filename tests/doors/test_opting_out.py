"""The words that carriers act on mean the same here, and only when they are the whole message."""

from __future__ import annotations

import pytest

from scarwise.channels.opting_out import STOP_WORDS, keyword
from scarwise.texts import load_fixed_texts


def test_the_words_are_those_of_the_carriers() -> None:
    listed = "STOP UNSUBSCRIBE END QUIT STOPALL CANCEL REVOKE OPTOUT"
    assert set(STOP_WORDS) == set(listed.split())


@pytest.mark.parametrize("word", STOP_WORDS)
@pytest.mark.parametrize("form", ["{}", " {} ", "{}.", "{}!!", '"{}"', "{}\n"])
def test_stop(word: str, form: str) -> None:
    for written in (word, word.lower(), word.capitalize()):
        assert keyword(form.format(written)) == "stop"


@pytest.mark.parametrize(
    ("text", "opted_out", "meaning"),
    [
        ("opt out", False, "stop"), ("Opt-Out", False, "stop"), ("STOP ALL", False, "stop"),
        ("please stop", False, "stop"), ("stop texting me", False, "stop"),
        ("ＳＴＯＰ", False, "stop"), ("st\u200bop", False, "stop"),
        ("START", False, "start"), ("unstop", True, "start"), ("Help", False, "help"),
        ("info", False, "help"), ("HELP!", True, "help"),
        ("YES", True, "start"), ("yes", False, None),
        ("stop the bleeding", False, None), ("it does not stop", False, None),
        ("the end of the scar", False, None), ("help me", False, None),
        ("can you help", False, None), ("I want to end it", False, None),
        ("cancel my visit", False, None), ("quit smoking before surgery?", False, None),
        ("", False, None), ("?", False, None), ("start", True, "start"),
    ],
)  # fmt: skip
def test_meaning(text: str, opted_out: bool, meaning: str | None) -> None:
    assert keyword(text, opted_out) == meaning


def test_no_text_asks_a_patient_to_answer_with_a_word_that_carriers_act_on() -> None:
    asked = {title for text in load_fixed_texts().values() for title in text.buttons}
    assert [title for title in asked if keyword(title, opted_out=True)] == []
