"""Keeps the vectors of training phrasings between trainings, so that only new ones are encoded.

Encoding is most of a training's time, and most phrasings stay the same from one to the next.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

Encode = Callable[[Sequence[str]], np.ndarray]


def _key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _read(path: Path) -> dict[str, np.ndarray]:
    """The vectors kept at `path`; none when there are none or the file is damaged."""
    try:
        with np.load(path, allow_pickle=False) as kept:
            return dict(zip(kept["keys"].tolist(), kept["vectors"], strict=True))
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile):
        return {}


def _write(path: Path, vectors: dict[str, np.ndarray]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        unfinished = Path(folder, path.name)
        np.savez(unfinished, keys=np.array(list(vectors)), vectors=np.vstack([*vectors.values()]))
        os.replace(unfinished, path)


def vectors_of(texts: Sequence[str], encode: Encode, path: Path) -> np.ndarray:
    """Vectors of `texts`, one row each: those kept at `path` (an .npz file), the rest encoded."""
    kept = _read(path)
    new = [text for text in dict.fromkeys(texts) if _key(text) not in kept]
    if new:
        kept.update(zip(map(_key, new), encode(new), strict=True))
    wanted = {key: kept[key] for key in map(_key, texts)}
    if new:
        _write(path, wanted)
    return np.vstack([wanted[_key(text)] for text in texts])
