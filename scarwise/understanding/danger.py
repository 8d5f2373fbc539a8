"""Finds danger in a message: an emergency, a wound that needs care, a crisis, abuse.

Apart from topics, and in every part of a message as well as in the whole, so that a cosmetic
question around it hides nothing. How sure it is sets the reply: sure interrupts, unsure puts a
quiet note above the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scarwise.understanding.danger_rules import said_outright
from scarwise.understanding.model import Features, LinearModel
from scarwise.understanding.reading import Danger

KINDS = ("emergency", "urgent_wound", "crisis", "abuse")
HARMLESS = "harmless"
STRENGTH = 10.0


@dataclass(frozen=True)
class DangerLimits:
    """From which probability of danger on to note it, and to interrupt.

    Read off the project's own danger messages and harmless look-alikes, by the share of look-alikes
    and of ordinary questions that may carry a note.
    """

    note: float = 0.06  # in the whole message
    note_in_part: float = 0.8  # in one part of it
    interrupt: float = 0.6


class DangerModel:
    """Five classes, the four kinds and harmless, on sentence vectors and n-grams."""

    def __init__(self, features: Features, linear: LinearModel) -> None:
        self._features = features
        self._linear = linear

    @classmethod
    def fit(cls, texts: Sequence[str], vectors: np.ndarray, topics: Sequence[str]) -> DangerModel:
        """Train on plain `texts`; every topic that is not a kind of danger is harmless."""
        features = Features()
        rows = features.fit(texts, vectors)
        labels = [topic if topic in KINDS else HARMLESS for topic in topics]
        return cls(features, LinearModel.fit(rows, labels, STRENGTH))

    def chances(self, texts: Sequence[str], vectors: np.ndarray) -> np.ndarray:
        """Probabilities of `labels`, a row a text."""
        return self._linear.probabilities(self._features.rows(texts, vectors))

    @property
    def labels(self) -> tuple[str, ...]:
        """The kinds and `harmless`, in the order of `chances`."""
        return self._linear.labels

    def check(
        self, texts: Sequence[str], vectors: np.ndarray, limits: DangerLimits = DangerLimits()
    ) -> Danger:
        """How sure it is that a message shows danger, and of which kind.

        `texts` are the whole message and then its parts, `vectors` their sentence vectors.
        """
        if not any(character.isalpha() for character in texts[0]):
            return Danger()
        outright = next((kind for kind in map(said_outright, texts) if kind), None)
        if outright:
            return Danger("interrupt", outright)
        chances = self.chances(texts, vectors)
        harmless = self.labels.index(HARMLESS)
        danger = 1.0 - chances[:, harmless]
        kinds = np.delete(chances, harmless, axis=1)
        names = [label for label in self.labels if label != HARMLESS]
        kind = names[int(kinds[0].argmax())]
        if danger[0] >= limits.interrupt:
            return Danger("interrupt", kind)
        if danger[0] >= limits.note:
            return Danger("note", kind)
        worst = int(danger.argmax())
        if danger[worst] >= limits.note_in_part:
            return Danger("note", names[int(kinds[worst].argmax())])
        return Danger()
