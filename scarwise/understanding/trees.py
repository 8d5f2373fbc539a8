"""Boosted trees that weigh one message in a fraction of a millisecond.

scikit-learn grows them (Friedman 2001, histograms as in LightGBM) and asks them one by one, which
for a handful of rows takes longer than a whole pass of the classifier. Here every split of every
tree is asked at once: a leaf is reached when all the splits above it agree with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from scipy.special import expit
from sklearn.ensemble import HistGradientBoostingClassifier


@dataclass(frozen=True)
class Trees:
    """Grown trees as arrays: all their splits side by side, and all their leaves."""

    features: np.ndarray  # (splits,) the column that each looks at
    limits: np.ndarray  # (splits,) up to which value a row goes left
    missing_left: np.ndarray  # (splits,) whether a row without a value goes left
    paths: csr_matrix  # (leaves, splits) 1 where a split must send left, -1 right
    turns: np.ndarray  # (leaves, 1) how many of the splits must send left
    values: np.ndarray  # (leaves,) what each adds to the log odds
    start: float  # the log odds before the first tree

    @classmethod
    def fit(cls, rows: np.ndarray, truth: np.ndarray, settings: dict[str, Any]) -> Trees:
        """Grow trees on `rows` (float64 of shape (rows, features)) and their truth (0 or 1).

        `settings` are those of scikit-learn's HistGradientBoostingClassifier.
        """
        return cls.of(HistGradientBoostingClassifier(**settings).fit(rows, truth))

    @classmethod
    def of(cls, grown: HistGradientBoostingClassifier) -> Trees:
        """The trees of a fitted classifier of two classes and of numbers alone."""
        splits: list[tuple[int, float, bool]] = []
        paths: list[dict[int, int]] = []
        values: list[float] = []

        def walk(nodes: np.ndarray, number: int, path: dict[int, int]) -> None:
            node = nodes[number]
            if node["is_leaf"]:
                paths.append(path)
                values.append(node["value"])
                return
            split = len(splits)
            splits.append(tuple(node[["feature_idx", "num_threshold", "missing_go_to_left"]]))
            walk(nodes, node["left"], {**path, split: 1})
            walk(nodes, node["right"], {**path, split: -1})

        for [tree] in grown._predictors:
            walk(tree.nodes, 0, {})
        return cls(
            np.array([split[0] for split in splits], np.intp),
            np.array([split[1] for split in splits], float),
            np.array([split[2] for split in splits], bool),
            _as_rows(paths, len(splits)),
            np.array([[sum(way > 0 for way in path.values())] for path in paths]),
            np.array(values, float),
            float(grown._baseline_prediction[0, 0]),
        )

    def chances(self, rows: np.ndarray) -> np.ndarray:
        """The probability of truth: float64 of shape (len(rows),)."""
        asked = rows[:, self.features]
        left = (asked <= self.limits) | (np.isnan(asked) & self.missing_left)
        reached = self.paths @ left.T.astype(np.int32) == self.turns
        return expit(self.start + self.values @ reached)


def _as_rows(paths: list[dict[int, int]], splits: int) -> csr_matrix:
    ends = np.cumsum([0, *map(len, paths)])
    places = np.array([split for path in paths for split in path], np.int32)
    ways = np.array([way for path in paths for way in path.values()], np.int32)
    return csr_matrix((ways, places, ends), shape=(len(paths), splits))
