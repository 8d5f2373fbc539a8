"""Trees that are asked all at once say what scikit-learn says when it asks them one by one."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.ensemble import HistGradientBoostingClassifier

from scarwise.understanding.danger import SETTINGS as DANGER
from scarwise.understanding.judge import SETTINGS as TOPICS
from scarwise.understanding.trees import Trees

COLUMNS = 5
VALUES = st.one_of(st.just(np.nan), st.integers(-3, 3).map(float), st.floats(-1e9, 1e9))


@pytest.fixture(scope="module", params=[DANGER, TOPICS], ids=["danger", "topics"])
def grown(request: pytest.FixtureRequest) -> tuple[Trees, HistGradientBoostingClassifier]:
    random = np.random.default_rng(0)
    rows = random.standard_normal((2000, COLUMNS))
    rows[:, 3] = np.round(rows[:, 3])
    rows[random.random(rows.shape) < 0.1] = np.nan
    truth = np.nan_to_num(rows[:, 0] * rows[:, 1]) + np.isnan(rows[:, 2]) > 0.3
    expected = HistGradientBoostingClassifier(**request.param).fit(rows, truth)
    return pickle.loads(pickle.dumps(Trees.fit(rows, truth, request.param))), expected


@given(rows=arrays(float, st.tuples(st.integers(1, 6), st.just(COLUMNS)), elements=VALUES))
def test_chances_are_those_of_scikit_learn(
    grown: tuple[Trees, HistGradientBoostingClassifier], rows: np.ndarray
) -> None:
    trees, expected = grown
    found = trees.chances(rows)
    np.testing.assert_allclose(found, expected.predict_proba(rows)[:, 1], atol=1e-12)


def test_a_truth_that_nothing_tells_grows_one_leaf() -> None:
    rows = np.zeros((40, COLUMNS))
    truth = np.arange(40) % 4 == 0
    np.testing.assert_allclose(Trees.fit(rows, truth, TOPICS).chances(rows), 0.25)
