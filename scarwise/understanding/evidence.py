"""Gathers what the classifier says of one message: of the whole, of its parts and clauses, and of
the message read together with the running subject.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from scarwise.knowledge.topics import Topic
from scarwise.understanding.splitting import Part, asks, clauses, split
from scarwise.understanding.topics_model import TopicsModel
from scarwise.understanding.vocabulary import words

Encode = Callable[[Sequence[str]], np.ndarray]

MOST_PARTS = 16
MOST_CLAUSES = 8
LEANING_WORDS = 12  # a longer message says itself what it is about


@dataclass(frozen=True)
class Evidence:
    """What the classifier says of one message; every array has the topics as its last axis."""

    text: str
    parts: tuple[Part, ...]  # at least one
    whole: np.ndarray  # (topics,) probabilities of the whole message
    by_part: np.ndarray  # (parts, topics)
    clauses: tuple[str, ...]
    by_clause: np.ndarray  # (clauses, topics)
    nearness: np.ndarray  # (topics,) highest cosine of the whole message to a training text
    nearness_of_any: np.ndarray  # (topics,) the highest of any stretch
    known_words: float  # share of the words that are known
    leaning: np.ndarray | None = None  # (topics,) read together with the running subject
    subject: int | None = None  # the running subject's number


def gather(model: TopicsModel, plain: str, subject: Topic | None, encode: Encode) -> Evidence:
    """The evidence of a plain (normalized, repaired) message after the running `subject`."""
    parts = _parts(plain)
    stretches = _clauses(parts)
    leaning = [subject.followed_by(plain)] if subject and _is_short(plain) else []
    texts = [plain, *(part.text for part in parts), *stretches, *leaning]
    scores = model.scores(texts, encode(texts))
    chances = scores.probabilities
    clauses_from = 1 + len(parts)
    return Evidence(
        text=plain,
        parts=parts,
        whole=chances[0],
        by_part=chances[1:clauses_from],
        clauses=stretches,
        by_clause=chances[clauses_from : clauses_from + len(stretches)],
        nearness=scores.cosines[0],
        nearness_of_any=scores.cosines.max(axis=0),
        known_words=model.vocabulary.known_share(plain),
        leaning=chances[-1] if leaning else None,
        subject=model.labels.index(subject.id) if subject and leaning else None,
    )


def _clauses(parts: Sequence[Part]) -> tuple[str, ...]:
    return tuple(one for part in parts for one in clauses(part.text))[:MOST_CLAUSES]


def _parts(plain: str) -> tuple[Part, ...]:
    return split(plain)[:MOST_PARTS] or (Part(plain, asks(plain)),)


def _is_short(plain: str) -> bool:
    """Whether a text may lean on what was said before it."""
    return len(words(plain)) <= LEANING_WORDS
