"""Curves that thresholds are read off: how right answers trade against refusing. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import roc_auc_score, roc_curve


@dataclass(frozen=True)
class Guess:
    """The best topic's confidence for one message, and whether that topic is right.

    `confidence` is -1.0 where no topic could be answered at any threshold. Messages out of scope
    are never right.
    """

    confidence: float
    right: bool


@dataclass(frozen=True)
class Point:
    """What happens when everything below `threshold` is refused."""

    threshold: float
    refused: float  # share of in-scope messages
    right: float  # share of in-scope messages answered right
    wrong: float  # share of in-scope messages answered wrong
    foreign_refused: float  # share of out-of-scope messages

    @property
    def accuracy(self) -> float:
        """The share of right ones among the in-scope messages that are answered."""
        answered = self.right + self.wrong
        return self.right / answered if answered else 1.0


def _arrays(guesses: Sequence[Guess]) -> tuple[np.ndarray, np.ndarray]:
    confidence = np.array([one.confidence for one in guesses], dtype=float)
    return confidence, np.array([one.right for one in guesses], dtype=bool)


def point(ours: Sequence[Guess], foreign: Sequence[Guess], threshold: float) -> Point:
    """The point at `threshold`; what cannot be answered is refused at any."""
    confidence, right = _arrays(ours)
    apart, _ = _arrays(foreign)
    answered = confidence >= max(threshold, 0.0)
    return Point(
        threshold,
        float((~answered).mean()),
        float((answered & right).mean()),
        float((answered & ~right).mean()),
        float((apart < max(threshold, 0.0)).mean()) if len(apart) else 0.0,
    )


def curve(ours: Sequence[Guess], foreign: Sequence[Guess], most: int = 120) -> list[Point]:
    """Points from refusing least to refusing nearly all, at most `most` of them."""
    confidence, _ = _arrays(ours)
    steps = np.unique(np.r_[0.0, np.quantile(confidence.clip(0), np.linspace(0, 0.99, most - 1))])
    return [point(ours, foreign, float(step)) for step in steps]


def at_refusal(ours: Sequence[Guess], foreign: Sequence[Guess], wanted: float) -> Point:
    """The point with the lowest threshold that refuses at least `wanted` of what is foreign."""
    apart, _ = _arrays(foreign)
    steps = np.unique(np.r_[0.0, np.nextafter(apart.clip(0), 2.0)])
    for step in steps:
        found = point(ours, foreign, float(step))
        if found.foreign_refused >= wanted - 1e-9:
            return found
    return found


@dataclass(frozen=True)
class Alarm:
    """What happens when everything from `threshold` on is an alarm."""

    threshold: float
    caught: float  # share of the danger messages
    alarmed: float  # share of the harmless ones that look like them


def alarm_curve(dangerous: Sequence[float], harmless: Sequence[float]) -> list[Alarm]:
    """Points from alarming least to alarming always; those on a straight line are left out."""
    truth = [1] * len(dangerous) + [0] * len(harmless)
    alarmed, caught, steps = roc_curve(truth, [*dangerous, *harmless])
    points = zip(steps[1:], caught[1:], alarmed[1:], strict=True)  # the first alarms at nothing
    return [Alarm(*map(float, one)) for one in points]


def auroc(ours: Sequence[Guess], foreign: Sequence[Guess]) -> float:
    """How well confidence tells in-scope from out-of-scope messages: 0.5 is chance, 1 perfect."""
    scores = [one.confidence for one in (*ours, *foreign)]
    return float(roc_auc_score([1] * len(ours) + [0] * len(foreign), scores))
