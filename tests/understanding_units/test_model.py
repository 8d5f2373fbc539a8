"""The quick way to an n-gram row gives what scikit-learn's own gives."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer

from scarwise.understanding.model import Features, Grams, LinearModel

TEXTS = [
    "does laser hurt", "does it hurt much", "how much is laser", "how long does it hurt",
    "is the laser safe", "will my scar hurt", "how long is it red", "is it red for long",
]  # fmt: skip
LABELS = ["pain", "pain", "cost", "pain", "risks", "pain", "results", "results"]


@pytest.fixture(scope="module", params=["word", "char_wb"])
def fitted(request: pytest.FixtureRequest) -> tuple[Grams, TfidfVectorizer]:
    vectorizer = TfidfVectorizer(analyzer=request.param, ngram_range=(1, 3), sublinear_tf=True)
    grams = Grams(vectorizer)
    grams.fit(TEXTS)
    return pickle.loads(pickle.dumps(grams)), vectorizer


@given(texts=st.lists(st.text(alphabet="dolaserhut ?", max_size=40), min_size=1, max_size=4))
def test_rows_are_those_of_scikit_learn(
    fitted: tuple[Grams, TfidfVectorizer], texts: list[str]
) -> None:
    grams, vectorizer = fitted
    texts = [*texts, "does laser hurt", ""]
    expected = vectorizer.transform(texts).toarray()
    np.testing.assert_allclose(grams.rows(texts).toarray(), expected, atol=1e-6)


def test_blocks_are_scored_like_one_row() -> None:
    vectors = np.eye(len(TEXTS), 4, dtype=np.float32)
    features = Features()
    model = LinearModel.fit(features.fit(TEXTS, vectors), LABELS, strength=10.0)
    blocks = features.blocks(TEXTS, vectors)
    scores = hstack(blocks).toarray() @ model.weights + model.bias
    expected = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(model.probabilities(blocks), expected, rtol=1e-4)
