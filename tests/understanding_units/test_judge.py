"""The judge believes what the parts of a message say, and leaves the subject when it should."""

from __future__ import annotations

import numpy as np

from scarwise.understanding.evidence import Evidence
from scarwise.understanding.judge import Judge, Kinds, candidates, features
from scarwise.understanding.splitting import Part

COST, PAIN, RISKS, FOREIGN = range(4)
KINDS = Kinds(
    answered=np.array([True, True, True, False]), reply=np.zeros(4, dtype=bool), foreign=FOREIGN
)


def chances(*leading: int, rest: float = 0.03) -> np.ndarray:
    row = np.full(4, rest)
    row[list(leading)] = (1 - rest * (4 - len(leading))) / len(leading)
    return row


def evidence(*parts: int, whole: np.ndarray | None = None, subject: int | None = None) -> Evidence:
    """A message whose parts ask the topics `parts`, one each."""
    rows = np.vstack([chances(one) for one in parts])
    return Evidence(
        text="how is it? " * len(parts),
        parts=tuple(Part("how is it?", asks=True) for _ in parts),
        whole=chances(*parts) if whole is None else whole,
        by_part=rows,
        clauses=(),
        by_clause=rows[:0],
        nearness=np.full(4, 0.5),
        nearness_of_any=np.full(4, 0.5),
        known_words=1.0,
        leaning=None if subject is None else chances(subject),
        subject=subject,
    )


def test_what_is_foreign_is_no_candidate_and_the_running_subject_always_is() -> None:
    assert FOREIGN not in candidates(evidence(COST), KINDS)
    assert RISKS in candidates(evidence(COST, subject=RISKS), KINDS)


def test_every_candidate_has_a_row_of_the_same_width() -> None:
    for one in (evidence(COST), evidence(COST, PAIN), evidence(PAIN, subject=RISKS)):
        found = candidates(one, KINDS)
        rows = features(one, found, KINDS)
        assert rows.shape == (
            len(found),
            features(evidence(COST), np.array([COST]), KINDS).shape[1],
        )


def test_a_judge_learns_to_answer_every_part() -> None:
    singles = [evidence(one) for one in (COST, PAIN, RISKS)] * 20
    pairs = [evidence(*pair) for pair in ((COST, PAIN), (PAIN, RISKS), (RISKS, COST))] * 20
    asked = [frozenset({one}) for one in (COST, PAIN, RISKS)] * 20
    asked += [frozenset(pair) for pair in ((COST, PAIN), (PAIN, RISKS), (RISKS, COST))] * 20
    judge = Judge.fit(singles + pairs, asked, KINDS)

    both = judge.judge(evidence(COST, PAIN))
    assert set(both.topics[:2]) == {COST, PAIN}
    assert (both.chances[:2] > 0.5).all()
    assert both.chances[2] < 0.5
    one = judge.judge(evidence(RISKS))
    assert one.topics[0] == RISKS
    assert (one.chances[1:] < 0.5).all()
