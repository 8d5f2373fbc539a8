"""Fifty ways to spoil the real content: `scarwise check` finds each, and names the file.

All fifty are spoiled at once, each another answer; TORTURE=1 spoils them one by one as well.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from mutations import (
    Mutation,
    british_spelling,
    chosen,
    citation_removed,
    gloss_dropped,
    hard_to_read,
    number_changed,
    part_removed,
    price_named,
    promise_made,
    sentence_too_long,
)

from scarwise import places
from scarwise.faults import Fault
from scarwise.knowledge import gates
from scarwise.knowledge.content import load_content

SEED = "seed 1"
FULL = float(os.environ.get("TORTURE") or 0) >= 1
CHOSEN = chosen(load_content(), SEED)

Spoil = Callable[[Sequence[Mutation]], list[Fault]]


def caught(mutation: Mutation, faults: Sequence[Fault]) -> bool:
    """Whether one of `faults` names the file of `mutation` and says what is wrong."""
    return any(one.path == mutation.file and mutation.says in one.message for one in faults)


def test_content_that_nobody_spoiled_has_no_fault(spoil: Spoil) -> None:
    assert spoil([]) == []


def test_fifty_mutations_are_caught(spoil: Spoil) -> None:
    assert len(CHOSEN) == 50
    assert len({one.file for one in CHOSEN}) == 50
    faults = spoil(CHOSEN)
    missed = [f"{one.kind}: {one.file}" for one in CHOSEN if not caught(one, faults)]
    assert missed == []


@pytest.mark.parametrize("mutation", CHOSEN if FULL else CHOSEN[::25], ids=lambda one: one.file)
def test_one_mutation_is_caught(mutation: Mutation, spoil: Spoil) -> None:
    assert caught(mutation, spoil([mutation]))


@pytest.mark.parametrize(
    ("gate", "kind"),
    [
        (gates.reading_level, hard_to_read),
        (gates.sentence_length, sentence_too_long),
        (gates.parts, part_removed),
        (gates.citations, citation_removed),
        (gates.support_by_passages, number_changed),
        (gates.promises, promise_made),
        (gates.promises, price_named),
        (gates.spelling, british_spelling),
        (gates.terms, gloss_dropped),
    ],
)
def test_what_only_one_gate_catches(
    gate: gates.Gate, kind: Callable[..., Iterator[Mutation]], spoil: Spoil,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    mutation = next(one for one in CHOSEN if one.kind == next(kind(load_content())).kind)
    assert caught(mutation, spoil([mutation]))
    monkeypatch.setattr(gates, "GATES", tuple(one for one in gates.GATES if one is not gate))
    assert [one for one in spoil([mutation]) if one.path == mutation.file] == []


def test_content_that_is_hard_to_understand_as_a_whole(
    whole_home: Path, spoil: Spoil, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the items of PEMAT-P see what is a little wrong everywhere."""
    harder = Mutation("sums everywhere", "", "", _with_sums)
    faults = spoil([harder])
    assert len(faults) == len(list((places.DATA / "answers").glob("*/*.yml")))
    assert all("lacks items of PEMAT-P understandability" in one.message for one in faults)
    monkeypatch.setattr(
        gates, "GATES", tuple(one for one in gates.GATES if one is not gates.understandable)
    )
    assert spoil([harder]) == []


def _with_sums(home: Path) -> None:
    ask = "Ask the doctor if half of it is twice a third of it."
    for path in (home / "data/answers").glob("*/*.yml"):
        text = path.read_text(encoding="utf-8")
        asked = f"more:\n  - text: {ask}\n    cites: [scar-revision-surgery#remember.3]\n"
        path.write_text(text.replace("more:\n", asked, 1), encoding="utf-8")
