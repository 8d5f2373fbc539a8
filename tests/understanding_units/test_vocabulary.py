"""Known words and the repair of mistyped ones; a correct word is never changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scarwise.understanding.vocabulary import Vocabulary, english_words, words

TEXTS = (
    ["can a keloid be removed with laser surgery"] * 3
    + ["does dermabrasion hurt", "how do I treat hypertrophic scars", "is it risky"] * 3
    + ["silicone sheets for my scar", "my surgeon's advice"] * 3
)
VOCABULARY = Vocabulary.of(TEXTS)


@pytest.mark.parametrize(
    ("typed", "repaired"),
    [
        ("keliod", "keloid"),
        ("dermabrashun", "dermabrasion"),  # a long word may have two slips
        ("drmbrshn", "drmbrshn"),  # too far from any word to be sure
        ("dermabrassion", "dermabrasion"),
        ("hypertrofic scars", "hypertrophic scars"),
        ("slicone", "silicone"),
        ("how to treat", "how to treat"),
    ],
)
def test_repair(typed: str, repaired: str) -> None:
    assert VOCABULARY.repair(typed) == repaired


@given(st.sampled_from(sorted(english_words())))
def test_an_english_word_is_never_repaired(word: str) -> None:
    assert VOCABULARY.repair(word) == word


@given(st.text())
def test_repair_changes_words_only(text: str) -> None:
    """What lies between the words stays, and so does their number."""
    repaired = VOCABULARY.repair(text)
    assert [c for c in repaired if not c.isalpha() and c != "'"] == [
        c for c in text if not c.isalpha() and c != "'"
    ]


@pytest.mark.parametrize(
    ("text", "has"),
    [
        ("keloid", True),
        ("is it so?", False),
        ("yes ok", False),
        ("asdkjh qwe", False),
        ("", False),
        ("???", False),
        ("123", False),
    ],
)
def test_has_content(text: str, has: bool) -> None:
    assert VOCABULARY.has_content(text) is has


def test_known_share_counts_english_and_own_words() -> None:
    assert VOCABULARY.known_share("keloid surgery") == 1.0
    assert VOCABULARY.known_share("keloid zzgrblx") == 0.5
    assert VOCABULARY.known_share("¿?") == 0.0


def test_words_are_lower_case_and_without_a_possessive() -> None:
    assert words("My surgeon's advice, 2nd time: don't") == [
        "my", "surgeon", "advice", "nd", "time", "don't"
    ]  # fmt: skip
