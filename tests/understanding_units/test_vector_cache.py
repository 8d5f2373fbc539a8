"""Vectors of training phrasings are encoded once, and a damaged cache costs only time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from scarwise.understanding.vector_cache import vectors_of


class Counting:
    """Encodes a text as its length, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        self.asked += texts
        return np.array([[len(text)] for text in texts], dtype=np.float32)


def test_only_new_texts_are_encoded(tmp_path: Path) -> None:
    path = tmp_path / "vectors.npz"
    first, second = Counting(), Counting()
    vectors_of(["a", "bb", "a"], first.encode, path)
    found = vectors_of(["bb", "ccc", "a"], second.encode, path)
    assert first.asked == ["a", "bb"]
    assert second.asked == ["ccc"]
    assert found.tolist() == [[2.0], [3.0], [1.0]]


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04 cut off"])
def test_a_damaged_cache_is_made_anew(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "vectors.npz"
    path.write_bytes(content)
    encoder = Counting()
    assert vectors_of(["a", "bb"], encoder.encode, path).tolist() == [[1.0], [2.0]]
    assert encoder.asked == ["a", "bb"]
    assert vectors_of(["a"], Counting().encode, path).tolist() == [[1.0]]
