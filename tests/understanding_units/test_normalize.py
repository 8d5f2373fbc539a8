"""One form of what people type: looks do not change it, and its words are not lost."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scarwise.understanding.normalize import normalize


@given(st.text())
@example("s.c.a.r")
@example("ааa")
@example("e\u200b\u0301")
def test_normalized_twice_is_normalized_once(text: str) -> None:
    assert normalize(normalize(text)) == normalize(text)


@given(st.text())
def test_nothing_invisible_is_left(text: str) -> None:
    found = normalize(text)
    assert found == found.strip()
    assert "  " not in found
    assert not any(unicodedata.category(c) in ("Cf", "Cc", "Cs", "Co", "Cn", "So") for c in found)


@given(st.lists(st.from_regex(r"[A-Za-z]{2}[a-z]?", fullmatch=True), min_size=1))
def test_plain_words_stay_as_they_are(words: list[str]) -> None:
    calm = [word for word in words if len(set(word)) > 1]
    assert normalize("  ".join(calm)) == " ".join(calm)


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("  Are there\nany\t risks? ", "Are there any risks?"),
        ("ｆｕｌｌ　ｗｉｄｔｈ", "full width"),
        ("sc\u200bar\u00ad", "scar"),
        ("soooo painnnnful", "soo painnful"),
        ("s.c.a.r and s-c-a-r", "scar and scar"),
        ("scаr", "scar"),  # the a is Cyrillic
        ("шрам", "шрам"),  # a Cyrillic word is not touched
        ("don’t", "don't"),
        ("don´t", "don't"),  # the acute accent that many keyboards offer for an apostrophe
        ("don`t", "don't"),
        ("“keloid”", '"keloid"'),
        ("wait…", "wait..."),
        ("does it hurt 😢😢", "does it hurt"),
        ("cicatriz ¿cuánto?", "cicatriz ¿cuánto?"),
        ("cafe\u0301", "café"),
        ("\u200b\u200d\ufeff", ""),
        ("", ""),
    ],
)
def test_examples(typed: str, normal: str) -> None:
    assert normalize(typed) == normal


def test_a_zero_width_space_hides_no_command_mark() -> None:
    assert normalize("\u200b/restart") == "/restart"
