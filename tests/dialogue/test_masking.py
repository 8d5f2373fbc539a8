"""What could tell who asked never survives in a question that is kept."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scarwise.callback import given_names
from scarwise.datafile import read_yaml
from scarwise.dialogue.masking import MASK, MOST_CHARACTERS, mask, says_something
from scarwise.places import DATA

GIVEN = read_yaml(DATA / "given_names.yml", dict[str, str])
PRIVATE = read_yaml(DATA / "private_words.yml", dict[str, str])
# "Will it" and "May I" are questions; "doctor" tells nobody's name.
CAPITAL_NAMES = sorted(given_names() - {"will", "may"} - set(GIVEN["titles"].split()))
LOWER_NAMES = sorted(set(GIVEN["common"].split()) - set(GIVEN["also_words"].split()))
SURNAMES = sorted({*PRIVATE["surnames"].split(), *PRIVATE["also_surnames"].split()})
FRAMES = (
    "my name is {} and I want to know about swimming with a scar",
    "can a scar itch? {} said that it can",
    "hello, {} here, does my scar need a cream",
    "I am {}. Will my scar fade?",
    "my friend {} has a keloid, what can she do",
    "is laser good for scars\n{}",
    "{} told me that scars fade",
)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("can i go swimming with a new scar?", "can i go swimming with a new scar?"),
        ("Can Botox help my scar? Call +1 (212) 555-0142", "Can Botox help my scar? Call ___"),
        ("My name is Erika Mustermann, is cupping safe", "My name is ___, is cupping safe"),
        ("i am john smith and my scar itches", "i am ___ and my scar itches"),
        ("Will my scar fade by May 3rd?", "Will my scar fade by ___?"),
        ("Will told me that laser is bad", "___ told me that laser is bad"),
        ("Dr. Kowalski did it in march 2019", "Dr. ___ did it in ___"),
        ("ask Zebulon Lee, will my scar fade in june 2031", "ask ___, will my scar fade in ___"),
        ("DOES BOTOX HELP SCARS ASKS JOHN", "does botox help scars asks ___"),
        ("i live in springfield near 12 baker street", "i live in ___ near ___"),
        ("it is on fb.com/my-scar, see it", "it is on ___ see it"),
        ("john at gmail dot com", "___"),
        ("five five five one two three four", "___"),
        ("my scar is 34 years old", "my scar is ___ years old"),
        ("my brother mark has scars", "my brother ___ has scars"),
        ("I work at Walmart, can I lift boxes", "I work at ___, can I lift boxes"),
        ("xqzzy", "___"),
    ],
)
def test_masked(said: str, kept: str) -> None:
    assert mask(said) == kept


@pytest.mark.parametrize("said", ["___", "my ___", "Maria García", "is it ok", ""])
def test_what_is_left_of_some_says_nothing(said: str) -> None:
    assert not says_something(mask(said))


def in_text(word: str, text: str) -> bool:
    return bool(re.search(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])", text, re.IGNORECASE))


@given(frame=st.sampled_from(FRAMES), name=st.sampled_from(CAPITAL_NAMES))
def test_given_names_with_a_capital(frame: str, name: str) -> None:
    assert not in_text(name, mask(frame.format(name.title())))


@given(frame=st.sampled_from(FRAMES), name=st.sampled_from(LOWER_NAMES))
def test_given_names_in_lower_case(frame: str, name: str) -> None:
    assert not in_text(name, mask(frame.format(name)))


@given(
    frame=st.sampled_from(FRAMES),
    first=st.sampled_from(CAPITAL_NAMES),
    last=st.sampled_from(SURNAMES),
    capital=st.booleans(),
)
def test_full_names(frame: str, first: str, last: str, capital: bool) -> None:
    name = f"{first} {last}".title() if capital else f"{LOWER_NAMES[len(first)]} {last}"
    masked = mask(frame.format(name))
    assert not in_text(name.split()[0], masked)
    # "Burns", "Long": a word of the subject, in lower case, is no secret after a name is gone.
    assert (
        in_text(last, frame)
        or not in_text(last, masked)
        or (not capital and last in PRIVATE["also_surnames"])
    )


@given(
    frame=st.sampled_from(FRAMES),
    name=st.from_regex(r"[A-Z][a-z]{2,9}(?:[-'][A-Z][a-z]{2,9})?", fullmatch=True),
)
def test_a_capital_inside_a_sentence_that_is_no_known_word(frame: str, name: str) -> None:
    masked = mask(frame.format(name))
    known = mask(f"a {name.lower()} on a scar")
    if MASK in known:  # no word of this subject, or anybody's name
        assert not in_text(name, masked)


SEPARATORS = st.sampled_from(["", " ", "-", ".", "/", " - ", ") ", " ("])


@st.composite
def phone_numbers(draw: st.DrawFn) -> str:
    digits = draw(st.text("0123456789", min_size=7, max_size=15))
    number = draw(st.sampled_from(["", "+", "(+", "00"]))
    for digit in digits:
        number += digit + (draw(SEPARATORS) if draw(st.booleans()) else "")
    return number


@given(frame=st.sampled_from(FRAMES), number=phone_numbers())
def test_phone_numbers(frame: str, number: str) -> None:
    assert not re.search(r"\d", mask(frame.format(number)))


@given(frame=st.sampled_from(FRAMES), address=st.emails())
def test_mail_addresses(frame: str, address: str) -> None:
    masked = mask(frame.format(address))
    assert "@" not in masked
    for part in re.split(r"[@.]", address):
        if len(part) > 4 and part.isalpha() and not in_text(part, frame):
            assert not in_text(part, masked)


@settings(max_examples=300)
@given(st.text(max_size=1000))
def test_any_text(text: str) -> None:
    masked = mask(text)
    assert len(masked) <= MOST_CHARACTERS
    assert not re.search(r"\d|@|://", masked)
    assert set(mask(masked).lower().split()) <= {*masked.lower().split(), MASK}
