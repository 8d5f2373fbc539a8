"""What is said outright interrupts; what is denied, general, past or an idiom is left alone."""

from __future__ import annotations

import pytest

from scarwise.understanding.danger_rules import said_outright


@pytest.mark.parametrize(
    ("part", "kind"),
    [
        ("i want to die", "crisis"),
        ("i'm suicidal again", "crisis"),
        ("crisis", "crisis"),
        ("i can't breathe since the injection", "emergency"),
        ("i am bleeding heavily and it won't stop", "emergency"),
        ("my throat is swelling", "emergency"),
        ("emergency!", "emergency"),
        ("my husband hits me", "abuse"),
    ],
)
def test_said_outright(part: str, kind: str) -> None:
    assert said_outright(part) == kind


@pytest.mark.parametrize(
    "part",
    [
        "can you die from anesthesia?",
        "what if it bleeds and won't stop",
        "i have no trouble breathing",
        "i want to die of shame haha",
        "i tried to end my life in 2009",
        "as a child my father hit me again and again",
        "i'm dying to get rid of it",
        "emergency exit, where is it in your building",
    ],
)
def test_not_said(part: str) -> None:
    assert said_outright(part) is None
