"""Signs of danger are found in many wordings, and taken back where the sentence takes them back."""

from __future__ import annotations

from pathlib import Path

import pytest

from scarwise.faults import FaultyDataError
from scarwise.knowledge.messages import load_messages
from scarwise.understanding.danger_signs import REASONS, load_signs, patterns


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("i can't breathe since the injection", "emergency"),
        ("my throat is slowly closing", "emergency"),
        ("the bleeding just won't stop", "emergency"),
        ("she swallowed a whole bottle of pills", "emergency"),
        ("there is pus coming out", "urgent_wound"),
        ("no fever but yellow stuff is oozing from the stitches", "urgent_wound"),
        ("i want to die", "crisis"),
        ("thinking of killing myself tonight", "crisis"),
        ("my husband hits me again and again", "abuse"),
        ("he does not let me see a doctor", "abuse"),
    ],
)
def test_said_in_plain_words(text: str, kind: str) -> None:
    assert load_signs().find(text).plain(kind)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("there is no pus", "negation"),
        ("it never bled again, not infected", "negation"),
        ("i had an infection two years ago", "past"),
        ("what are the signs of infection", "supposed"),
        ("what if i can't breathe under the mask", "supposed"),
        ("in the film he hits her with an axe", "elsewhere"),
        ("i could kill for skin like that", "idioms"),
    ],
)
def test_taken_back(text: str, reason: str) -> None:
    found = load_signs().find(text)
    assert found.plain() == 0
    assert {one.taken_back for one in found.signs} <= {reason, *REASONS}
    assert reason in {*(one.taken_back for one in found.signs), *found.reasons}


def test_a_negation_reaches_no_further_than_its_clause() -> None:
    assert load_signs().find("no fever but there is pus").plain("urgent_wound")


def test_rows_tell_plain_signs_from_those_taken_back() -> None:
    signs = load_signs()
    plain, denied = signs.rows(
        [signs.find("there is pus"), signs.find("there is no pus")]
    ).toarray()
    assert plain.sum() >= 1
    assert denied.sum() >= 1
    assert not (plain * denied).any()


def test_a_line_with_lists_alternatives_and_gaps() -> None:
    ways = patterns("<wound> .. open*", {"wound": ["cut", "graft"]})
    assert len(ways) == 1
    assert ways[0][0] == {"LOWER": {"REGEX": "^(?:cut$|graft$)"}}
    assert ways[0][-1] == {"LOWER": {"REGEX": "^(?:open)"}}


def test_a_file_of_signs_with_a_fault_names_the_mend(tmp_path: Path) -> None:
    lists = "lists: {}\nnegation: []\npast: []\nsupposed: []\nelsewhere: []\nidioms: []\n"
    (tmp_path / "context.yml").write_text(lists)
    (tmp_path / "fire.yml").write_text("kind: fire\nsigns: [smoke]\n")
    with pytest.raises(FaultyDataError, match=r"fire\.yml: kind: .*emergency"):
        load_signs(tmp_path)


def test_a_line_that_is_not_tried_would_not_have_matched() -> None:
    finder = load_signs()
    for message in load_messages()[::20]:
        doc = finder._nlp(message.text.lower())
        tried_all = {
            (line.matcher.vocab.strings[key], start, end)
            for line in finder._signs._lines
            for key, start, end in line.matcher(doc)
        }
        assert {(one.label_, one.start, one.end) for one in finder._signs(doc)} == tried_all
