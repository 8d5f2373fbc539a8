"""No test question may stand in training, or come close to what does.

Training is everything that a part of the model learns from: the phrasings of `data/questions`, the
whole messages of `data/messages` and the follow-ups of `data/follow_ups`.

Two texts are close when their sets of words, or of stretches of four characters, overlap by three
quarters or more (Jaccard). Messages of one or two words ("hi", "thank you") are the language
itself, not somebody's sentence, and may stand on both sides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer

from scarwise import places
from scarwise.knowledge.messages import load_messages
from scarwise.knowledge.questions import comparable, load_follow_ups, load_questions

TOO_CLOSE = 0.75
FEWEST_WORDS = 3  # from here on, a text may not stand on both sides
FEWEST_COMPARED = 5  # from here on, a text may not come close either
ROWS_AT_ONCE = 512


@dataclass(frozen=True)
class Trained:
    """One text that the model learns from, and the file where it stands."""

    text: str
    path: Path

    @property
    def key(self) -> str:
        """The text as compared: case, accents and punctuation do not count."""
        return comparable(self.text)


def load_trained() -> Iterator[Trained]:
    """Everything that the model learns from; raises `FaultyDataError`."""
    for one in (*load_questions(), *load_messages(), *load_follow_ups()):
        yield Trained(one.text, one.path)


@dataclass(frozen=True, order=True)
class Leak:
    """A test question and a text of training that are the same, or too close."""

    overlap: float
    file: str
    tested: str
    trained: str
    place: str  # the file of the text of training

    def __str__(self) -> str:
        kind = "the same as" if self.overlap == 1 else f"close ({self.overlap:.2f}) to"
        return f"{self.file}: {self.tested!r} is {kind} {self.trained!r} in {self.place}"


def _overlaps(tested: Sequence[str], trained: Sequence[str], vectorizer: CountVectorizer):
    """The Jaccard overlap of every tested text with every trained one, some rows at a time."""
    counts = vectorizer.fit([*tested, *trained])
    first, second = counts.transform(tested), counts.transform(trained)
    sizes = np.asarray(second.sum(axis=1)).ravel()
    for start in range(0, len(tested), ROWS_AT_ONCE):
        rows = first[start : start + ROWS_AT_ONCE]
        common = (rows @ second.T).toarray()
        own = np.asarray(rows.sum(axis=1))
        yield start, common / np.maximum(1, own + sizes - common)


def leaks(tested: Iterable[tuple[str, str]], trained: Iterable[Trained]) -> list[Leak]:
    """Every pair of a test question (file, text) and a text of training that is too close."""
    by_key: dict[str, list[Trained]] = defaultdict(list)
    for one in trained:
        by_key[one.key].append(one)
    found: dict[tuple[str, str, Trained], Leak] = {}

    def note(file: str, text: str, other: Trained, overlap: float) -> None:
        pair = (file, text, other)
        if pair not in found or found[pair].overlap < overlap:
            found[pair] = Leak(overlap, file, text, other.text, places.shown(other.path))

    texts = [(file, text, comparable(text)) for file, text in tested]
    for file, text, key in texts:
        if len(key.split()) >= FEWEST_WORDS:
            for other in by_key.get(key, ()):
                note(file, text, other, 1.0)
    longer = [one for one in texts if len(one[2].split()) >= FEWEST_COMPARED]
    keys = sorted(key for key in by_key if len(key.split()) >= FEWEST_WORDS)
    if not longer or not keys:
        return sorted(found.values(), reverse=True)
    words = CountVectorizer(binary=True, token_pattern=r"\S+", dtype=np.float32)
    stretches = CountVectorizer(
        binary=True, analyzer="char_wb", ngram_range=(4, 4), dtype=np.float32
    )
    for vectorizer in (words, stretches):
        for start, rows in _overlaps([one[2] for one in longer], keys, vectorizer):
            for row, column in zip(*np.nonzero(rows >= TOO_CLOSE), strict=True):
                file, text, key = longer[start + row]
                overlap = 1.0 if keys[column] == key else min(0.99, float(rows[row, column]))
                for other in by_key[keys[column]]:
                    note(file, text, other, overlap)
    return sorted(found.values(), reverse=True)
