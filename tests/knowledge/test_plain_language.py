"""Words and forms of sentences: promises, doses, spelling, passives, calls to act, rare words."""

from __future__ import annotations

import pytest

from scarwise.knowledge.glossary import load_glossary
from scarwise.knowledge.rare_words import rare_words
from scarwise.knowledge.sentence_form import is_passive, speaks_to_reader, tells_to_act
from scarwise.knowledge.wording import doses_and_prices, load_wording

WORDING = load_wording()


@pytest.mark.parametrize(
    ("text", "promised"),
    [
        ("There is no guarantee that it fades.", []),
        ("We guarantee that it fades.", ["guarantee"]),
        ("It cannot erase a scar, but it will cure it.", ["cure"]),
        ("A scar will not vanish.", []),
        ("It is completely safe.", ["completely safe"]),
        ("Neither a laser nor a cream can erase it.", []),
    ],
)
def test_promises(text: str, promised: list[str]) -> None:
    assert list(WORDING.promised(text)) == promised


@pytest.mark.parametrize(
    ("text", "found"),
    [("Take 2 tablets.", 1), ("Use 5 mg.", 1), ("It costs $300.", 1), ("Wait 2 weeks.", 0)],
)
def test_doses_and_prices(text: str, found: int) -> None:
    assert len(doses_and_prices(text)) == found


def test_british_spelling_and_jargon() -> None:
    assert list(WORDING.misspelled("The Colour of a tumour.")) == [
        ("Colour", "color"), ("tumour", "tumor"),
    ]  # fmt: skip
    assert list(WORDING.jargon_of("The sutures come out.")) == [("sutures", "stitches")]


@pytest.mark.parametrize(
    ("text", "passive"),
    [
        ("The scar is often cut out.", True),
        ("Stitches are taken out.", True),
        ("A keloid grows past the wound.", False),
        ("The scar is raised.", False),
        ("You are awake.", False),
    ],
)
def test_passive_voice(text: str, passive: bool) -> None:
    assert is_passive(text) is passive


@pytest.mark.parametrize(
    ("text", "acts"),
    [
        ("Ask the doctor.", True),
        ("So do not pierce it again.", True),
        ("Once it has healed, massage it.", True),
        ("You can talk with a doctor.", True),
        ("A scar can fade.", False),
        ("Doctors ask for this.", False),
    ],
)
def test_calls_to_act(text: str, acts: bool) -> None:
    assert tells_to_act(text) is acts


def test_who_is_spoken_to() -> None:
    assert speaks_to_reader("Your scar can fade.")
    assert speaks_to_reader("Keep it dry.")
    assert not speaks_to_reader("A scar can fade.")


def test_rare_words() -> None:
    assert list(rare_words("A cicatrix is a bigger wound.", {"wound"})) == ["cicatrix"]


def test_a_term_is_explained_where_it_stands() -> None:
    glossary = load_glossary()
    assert glossary.terms_in("Keloids and W-plasty, then keloid.") == ["keloid", "W-plasty"]
    assert glossary.named("Hypertrophic") == "hypertrophic scar"
    assert glossary.named("scar") is None
