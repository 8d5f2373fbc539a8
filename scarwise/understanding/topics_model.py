"""The part of the understanding that is trained: which topics a text may be about.

Danger is found elsewhere (`danger.py`), so messages of the safety topics are no examples here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scarwise.understanding.model import Features, LinearModel, Nearness
from scarwise.understanding.normalize import normalize
from scarwise.understanding.vocabulary import Vocabulary

STRENGTH = 10.0  # scikit-learn's C; 10 and 30 were compared on unseen questions, 10 won


@dataclass(frozen=True)
class Scores:
    """For each text: the probability of every topic, and its highest cosine to one's examples."""

    labels: tuple[str, ...]
    probabilities: np.ndarray  # (texts, labels)
    cosines: np.ndarray  # (texts, labels)


def plain(text: str, vocabulary: Vocabulary | None = None) -> str:
    """The form in which texts are compared: normalized, repaired, lower case."""
    normal = normalize(text)
    return (vocabulary.repair(normal) if vocabulary else normal).lower()


class TopicsModel:
    """Features, classifier, nearness and vocabulary of one training."""

    def __init__(
        self, vocabulary: Vocabulary, features: Features, linear: LinearModel, nearness: Nearness
    ) -> None:
        self.vocabulary = vocabulary
        self._features = features
        self._linear = linear
        self._nearness = nearness

    @classmethod
    def fit(
        cls,
        texts: Sequence[str],
        vectors: np.ndarray,
        labels: Sequence[str],
        vocabulary: Vocabulary,
    ) -> TopicsModel:
        """Train on plain `texts` with their sentence vectors and topics."""
        features = Features()
        linear = LinearModel.fit(features.fit(texts, vectors), labels, STRENGTH)
        return cls(vocabulary, features, linear, Nearness.of(vectors, labels))

    @property
    def labels(self) -> tuple[str, ...]:
        """The topics that it knows."""
        return self._linear.labels

    def scores(self, texts: Sequence[str], vectors: np.ndarray) -> Scores:
        """The scores of plain `texts` whose sentence vectors are `vectors`."""
        probabilities = self._linear.probabilities(self._features.blocks(texts, vectors))
        return Scores(self.labels, probabilities, self._nearness.cosines(vectors))
