"""Judges which topics a message asks, from all that the classifier says of it and of its parts.

The classifier scores one text at a time. A patient's message is a story with one question, two
questions in one breath, or three words that lean on what was said before; which of the many
scores to believe was first set by hand and then learned, which answered more and interrupted
less. The judge is trained on whole messages that the classifier has not seen
(`data/messages/`, `data/follow_ups/`), so its probabilities mean what they say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scarwise.knowledge.topics import OUT_OF_SCOPE, Topic
from scarwise.understanding.evidence import Evidence
from scarwise.understanding.trees import Trees

WHOLE_IN_PART = 0.6  # how much the whole message says about one of its parts
CANDIDATES = 3  # topics of each text that are judged at all
SMALLEST = 1e-4  # probability below which differences mean nothing
REPLIES = frozenset("affirm deny thanks goodbye greet feedback_good feedback_bad".split())
SETTINGS = {
    "max_iter": 160, "learning_rate": 0.12, "max_leaf_nodes": 8, "l2_regularization": 3.0,
    "min_samples_leaf": 20, "early_stopping": False, "random_state": 0,
}  # fmt: skip


@dataclass(frozen=True)
class Kinds:
    """What sort of topic each label is: masks of shape (topics,)."""

    answered: np.ndarray  # has an answer, rather than being talk
    reply: np.ndarray  # yes, no, thanks, hello
    foreign: int  # the label of what is not ours


def kinds_of(labels: tuple[str, ...], topics: Mapping[str, Topic]) -> Kinds:
    """What sort of topic each label is."""
    return Kinds(
        answered=np.array([topics[label].answered for label in labels]),
        reply=np.array([label in REPLIES for label in labels]),
        foreign=labels.index(OUT_OF_SCOPE),
    )


@dataclass(frozen=True)
class Judged:
    """Topics of one message with the probability that it asks each, likeliest first."""

    topics: np.ndarray  # (candidates,) labels' numbers
    chances: np.ndarray  # (candidates,)


def candidates(evidence: Evidence, kinds: Kinds) -> np.ndarray:
    """The topics that are worth judging, in the order of the labels."""
    rows = [evidence.whole, *evidence.by_part, *_mixed(evidence), *evidence.by_clause]
    if evidence.leaning is not None:
        rows.append(evidence.leaning)
    found = {int(one) for row in rows for one in np.argsort(-row, kind="stable")[: CANDIDATES + 1]}
    if evidence.subject is not None:
        found.add(evidence.subject)
    return np.array(sorted(found - {kinds.foreign}))


def features(evidence: Evidence, topics: np.ndarray, kinds: Kinds) -> np.ndarray:
    """One row for each of `topics`: float64 of shape (topics, features)."""
    mixed = _mixed(evidence)
    asking = np.array([part.asks for part in evidence.parts])
    columns = [
        *_of_whole(evidence, topics),
        *_of_parts(evidence, mixed, asking, topics, kinds),
        *_of_clauses(evidence, topics),
        *_of_subject(evidence, topics),
        kinds.answered[topics],
        kinds.reply[topics],
    ]
    every = [np.full(len(topics), value) for value in _of_message(evidence, asking, kinds)]
    return np.column_stack([*columns, *every]).astype(np.float64)


def _mixed(evidence: Evidence) -> np.ndarray:
    """Probabilities of the parts, each leaning to what the whole message is about."""
    mixed = evidence.by_part * evidence.whole**WHOLE_IN_PART
    return mixed / mixed.sum(axis=1, keepdims=True)


def _log(chances: np.ndarray) -> np.ndarray:
    return np.log(chances + SMALLEST)


def _highest(rows: np.ndarray, topics: np.ndarray) -> np.ndarray:
    return rows[:, topics].max(axis=0) if len(rows) else np.zeros(len(topics))


def _of_whole(evidence: Evidence, topics: np.ndarray) -> list[np.ndarray]:
    whole = evidence.whole
    rank = (whole[np.newaxis, :] > whole[topics][:, np.newaxis]).sum(axis=1)
    near = evidence.nearness[topics]
    return [_log(whole[topics]), rank, near, evidence.nearness_of_any[topics]]


def _of_parts(
    evidence: Evidence, mixed: np.ndarray, asking: np.ndarray, topics: np.ndarray, kinds: Kinds
) -> list[np.ndarray]:
    by_part = evidence.by_part
    first = mixed.argmax(axis=1)
    alone = by_part.argmax(axis=1)
    second = np.argsort(-mixed, axis=1, kind="stable")[:, 1]
    best = mixed[:, topics].argmax(axis=0)  # the part that speaks most for each topic
    rival = np.array(
        [np.delete(mixed[part], one).max() for part, one in zip(best, topics, strict=True)]
    )
    lengths = np.array([len(part.text.split()) for part in evidence.parts])
    foreign = by_part[:, kinds.foreign]
    firsts = first[:, np.newaxis] == topics
    return [
        _log(_highest(mixed[asking], topics)),
        _log(_highest(by_part[asking], topics)),
        _log(_highest(by_part[~asking], topics)),
        (firsts & asking[:, np.newaxis]).any(axis=0),
        ((alone[:, np.newaxis] == topics) & asking[:, np.newaxis]).any(axis=0),
        firsts.any(axis=0),
        ((second[:, np.newaxis] == topics) & asking[:, np.newaxis]).any(axis=0),
        np.where(firsts, foreign[:, np.newaxis], 1.0).min(axis=0),
        _log(rival),
        asking[best],
        lengths[best],
        best == len(lengths) - 1,
        1.0 - np.prod(1.0 - mixed[:, topics], axis=0),
    ]


def _of_clauses(evidence: Evidence, topics: np.ndarray) -> list[np.ndarray]:
    by_clause = evidence.by_clause
    if not len(by_clause):
        return [_log(np.zeros(len(topics))), *np.zeros((3, len(topics)))]
    firsts = by_clause.argmax(axis=1)[:, np.newaxis] == topics
    lengths = np.array([len(clause.split()) for clause in evidence.clauses])[:, np.newaxis]
    return [
        _log(_highest(by_clause, topics)),
        firsts.any(axis=0),
        np.where(firsts, by_clause[:, topics], 0.0).max(axis=0),
        np.where(firsts, lengths, 0).max(axis=0),
    ]


def _of_subject(evidence: Evidence, topics: np.ndarray) -> list[np.ndarray]:
    """How the topic stands to the running subject; not a number where there is none."""
    if evidence.leaning is None or evidence.subject is None:
        return [np.full(len(topics), np.nan)] * 4
    leaning = evidence.leaning
    rank = (leaning[np.newaxis, :] > leaning[topics][:, np.newaxis]).sum(axis=1)
    stays = np.full(len(topics), leaning.argmax() == evidence.subject)
    return [_log(leaning[topics]), rank, topics == evidence.subject, stays]


def _of_message(evidence: Evidence, asking: np.ndarray, kinds: Kinds) -> list[float]:
    ours = np.delete(evidence.nearness, kinds.foreign)
    foreign = float(evidence.whole[kinds.foreign])
    return [
        asking.sum(),
        len(evidence.parts),
        len(evidence.text.split()),
        len(evidence.clauses),
        evidence.text.count("?"),
        evidence.whole.max(),
        float(_log(np.array(foreign))),
        evidence.nearness[kinds.foreign],
        ours.max(),
        evidence.known_words,
        evidence.by_part[:, kinds.foreign].min(),
        np.nan if evidence.leaning is None else evidence.leaning[kinds.foreign],
    ]


class Judge:
    """Boosted trees over the features of every candidate topic."""

    def __init__(self, trees: Trees, kinds: Kinds) -> None:
        self._trees = trees
        self._kinds = kinds

    @classmethod
    def fit(
        cls, messages: Sequence[Evidence], asked: Sequence[frozenset[int]], kinds: Kinds
    ) -> Judge:
        """Train on `messages`; `asked` holds the topics that each of them asks."""
        rows, truth = [], []
        for evidence, topics in zip(messages, asked, strict=True):
            found = candidates(evidence, kinds)
            rows.append(features(evidence, found, kinds))
            truth.append([int(one) in topics for one in found])
        return cls(Trees.fit(np.vstack(rows), np.concatenate(truth), SETTINGS), kinds)

    def judge(self, evidence: Evidence) -> Judged:
        """The topics that `evidence` may ask, likeliest first."""
        found = candidates(evidence, self._kinds)
        chances = self._trees.chances(features(evidence, found, self._kinds))
        order = np.argsort(-chances, kind="stable")
        return Judged(found[order], chances[order])
