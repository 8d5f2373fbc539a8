"""What must hold for any text: hashes, comparison of phrasings, marking of terms, reading grade."""

from __future__ import annotations

import random
import string

from hypothesis import example, given, settings
from hypothesis import strategies as st

from scarwise.knowledge.documents import sentences, text_hash
from scarwise.knowledge.questions import MARK, Annotator, comparable
from scarwise.knowledge.reading_grade import reading_grade, syllables
from scarwise.knowledge.terms import load_terms

TERMS = sorted(
    word
    for file in load_terms().values()
    for value, term in file.terms.items()
    for word in (value, *term.words)
)
ANNOTATOR = Annotator(load_terms())
WORDS = st.text(string.ascii_letters + "'-.,?!é ", max_size=12)
# Brackets are the marks themselves; a phrasing has none.
PHRASINGS = st.lists(st.one_of(WORDS, st.sampled_from(TERMS)), max_size=8).map(" ".join)


@given(st.lists(st.text(string.ascii_letters, min_size=1), min_size=1, max_size=8))
def test_hash_does_not_see_line_breaks(words: list[str]) -> None:
    assert (
        text_hash(" ".join(words))
        == text_hash("\n  ".join(words))
        == text_hash(f" {'  '.join(words)}\t")
    )


@given(st.text(string.ascii_letters + " .", min_size=1), st.data())
def test_hash_sees_every_letter(text: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text)))
    assert text_hash(text) != text_hash(f"{text[:place]}x{text[place:]}")


@given(st.text())
@example("𝓐")  # a capital only after its form is normalized
def test_comparable_twice_is_comparable_once(text: str) -> None:
    assert comparable(comparable(text)) == comparable(text)


@given(st.lists(st.text(string.ascii_lowercase, min_size=1), min_size=1), st.integers())
def test_comparable_does_not_see_case_and_punctuation(words: list[str], seed: int) -> None:
    chance = random.Random(seed)
    shouted = "".join(
        (word.upper() if chance.random() < 0.5 else word) + chance.choice([" ", "? ", ", ", "... "])
        for word in words
    )
    assert comparable(shouted) == comparable(" ".join(words))


@given(st.lists(st.text(string.ascii_lowercase, min_size=1), min_size=1, unique=True))
def test_comparable_sees_every_word(words: list[str]) -> None:
    assert comparable(" ".join(words)) != comparable(" ".join([*words, "x"]))


def test_comparable_examples() -> None:
    assert comparable("  What's a Kélöid?!") == "whats a keloid"
    assert comparable("z-plasty") == "z plasty"


@settings(max_examples=200, deadline=None)
@given(PHRASINGS)
def test_marks_taken_away_give_the_phrasing_back(text: str) -> None:
    assert MARK.sub(lambda match: match["words"], ANNOTATOR.mark(text)) == text


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(TERMS), st.sampled_from([str.lower, str.upper, str.title]))
def test_every_term_is_marked_whatever_its_case(term: str, written) -> None:
    assert ANNOTATOR.mark(f"is {written(term)} good").startswith("is [")


def test_marked_phrasing() -> None:
    assert ANNOTATOR.mark("Do cortisone shots help a keloid?") == (
        "Do [cortisone shots](technique) help a [keloid](scar_type)?"
    )


@given(st.text(max_size=200))
def test_sentences_lose_no_letter(text: str) -> None:
    def letters(value: str) -> str:
        return "".join(value.split())

    assert letters("".join(sentences(text))) == letters(text)


@given(st.text(max_size=200))
def test_reading_grade_of_anything_is_a_number(text: str) -> None:
    assert reading_grade(text) == reading_grade(text)  # neither an error nor not-a-number


def test_syllables_are_counted() -> None:
    counted = {word: syllables(word) for word in ("scar", "surgery", "anesthesia", "dermatologist")}
    assert counted == {"scar": 1, "surgery": 3, "anesthesia": 4, "dermatologist": 5}


def test_reading_grade_by_hand() -> None:
    """Five words, one sentence, six syllables: 0.39 * 5 + 11.8 * 6 / 5 - 15.59."""
    assert round(reading_grade("A laser can fade scars."), 2) == 0.52
