"""Noise is the same every time, as much as was promised, and no more."""

from __future__ import annotations

import re

import pytest

from scarwise.evaluation.noise import (
    NOISES,
    WORD,
    added_emoji,
    content_free,
    no_punctuation,
    typing_errors,
)
from scarwise.understanding.vocabulary import english_words

SENTENCE = "how long does the recovery take after laser treatment of an old scar on my face"


def changed_words(before: str, after: str) -> list[str]:
    return [a for a, b in zip(before.split(), after.split(), strict=True) if a != b]


@pytest.mark.parametrize("name", NOISES)
def test_noise_changes_a_text_the_same_way_every_time(name):
    text = f"{SENTENCE}, please?"
    assert NOISES[name](text) == NOISES[name](text) != text


@pytest.mark.parametrize(
    ("words", "errors"), [(1, 0), (2, 0), (3, 1), (5, 1), (7, 1), (8, 2), (10, 2), (15, 3)]
)
def test_one_typing_error_falls_on_five_words(words, errors):
    text = " ".join(["scarred", "healing", "surgeon"][i % 3] for i in range(words))
    assert len(changed_words(text, typing_errors(text))) == errors


def test_short_words_are_never_mistyped():
    for number in range(200):
        text = f"{SENTENCE} {number}"
        hit = changed_words(text, typing_errors(text))
        assert hit, text
        assert all(WORD.fullmatch(word) for word in hit)


def test_every_kind_of_error_comes_up():
    kinds = set()
    for number in range(200):
        before = "surgeon"
        after = typing_errors(f"{before} a {number}").split()[0]
        kinds.add((len(after) - len(before), sorted(after) == sorted(before)))
    assert kinds == {(0, True), (0, False), (1, False), (-1, False)}  # swap, neighbor, double, drop


def test_punctuation_goes_and_words_stay():
    assert no_punctuation("Hi, I'm 32 (f). C-section scar?!") == "Hi Im 32 f C section scar"
    assert no_punctuation("???") == "???"


def test_emoji_leave_the_words_as_they_were():
    words = [one for one in added_emoji(SENTENCE).split() if one.isascii()]
    assert words == SENTENCE.split()


def test_content_free_strings_are_many_different_and_free_of_words():
    found = content_free()
    assert len(found) == len(set(found)) == 2000
    assert found == content_free()
    words = {word for text in found for word in re.findall(r"[a-z]{2,}", text.lower())}
    assert words
    assert not words & english_words().keys()
    for kind in (r"\d[\d .,/-]*", r"[^\w\s]+", r"[A-Za-z]", r"(\W)\1{4,}", r"[a-z]{6,}"):
        assert sum(bool(re.fullmatch(kind, text)) for text in found) > 20, kind
