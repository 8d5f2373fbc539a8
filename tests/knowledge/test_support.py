"""Whether a sentence says what its passages say: what passes, and why something does not."""

from __future__ import annotations

import pytest

from scarwise.knowledge.glossary import load_glossary
from scarwise.knowledge.support import Reader, objections
from scarwise.knowledge.wording import load_wording

READER = Reader(load_glossary(), load_wording(), {"keloid": ["A keloid grows past the wound."]})
SHOTS = (
    "Steroid injections can flatten a scar and ease its itch, but they do not remove it; a common "
    "course is 3 rounds, 4 to 6 weeks apart."
)


def why(sentence: str, *passages: str) -> list[str]:
    return list(objections(sentence, passages, READER))


@pytest.mark.parametrize(
    "sentence",
    [
        "Steroid shots can make a scar flatter and ease its itch.".replace("make", "help"),
        "The shots do not remove the scar.",
        "A common course is 3 rounds.",
        "They are commonly 4 to 6 weeks apart.",
        "Ask the doctor how many shots you may need.".replace("Ask", "Ask"),
    ],
)
def test_supported(sentence: str) -> None:
    advice = "Patients should talk with their doctor."
    assert why(sentence, SHOTS, advice) == []


@pytest.mark.parametrize(
    ("sentence", "passage", "objection"),
    [
        ("The shots do remove the scar.", SHOTS, "asserts disappear, which its passages deny"),
        ("A common course is 4 rounds.", SHOTS, "says 4 round, which its passages do not"),
        ("Steroid shots flatten a scar.", SHOTS, "lost the 'can' of its passage"),
        ("Steroid shots will flatten a scar.", SHOTS, "says will, which its passages do not"),
        ("A laser can flatten a scar.", SHOTS, "names laser, which its passages do not"),
        ("Smoking slows healing.", SHOTS,
         "shares 0 of 3 words with its passages; not heal, slow, smoke"),
        ("Steroid shots can not ease an itch.", "Steroid injections can ease an itch.",
         "denies eas, itch, and its passages do not"),
        ("It may last for 2 years.", "It may last for up to 2 years.",
         "says 2 year, which its passages do not"),
    ],
)  # fmt: skip
def test_not_supported(sentence: str, passage: str, objection: str) -> None:
    assert objection in why(sentence, passage)


def test_words_in_parentheses_may_rest_on_what_explains_the_term() -> None:
    passage = "Keloids are more common in darker skin."
    assert why("Keloids (scars that grow past the wound) are more common in darker skin.",
               passage) == []  # fmt: skip
    assert why("Scars that grow past the wound are not so rare in some.", passage) != []
