"""The project's recipe on public question sets, to compare it with published figures.

The user points to the files; nothing is fetched. Only in-scope phrasings are trained, so what is
out of scope is rejected by the score alone: highest probability times highest cosine to a
training phrasing.
"""

from __future__ import annotations

import csv
import json
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from scarwise.datafile import read_text
from scarwise.evaluation.curves import Guess, Point, at_refusal, auroc, curve
from scarwise.evaluation.intervals import wilson
from scarwise.faults import FaultyDataError, fault
from scarwise.understanding.encoder import load_encoder
from scarwise.understanding.topics_model import TopicsModel, plain
from scarwise.understanding.vocabulary import Vocabulary

Format = Literal["clinc150", "banking77", "hint3"]
FORMATS = ("clinc150", "banking77", "hint3")
FOREIGN = "NO_NODES_DETECTED"  # HINT3's name for what is out of scope
COLUMNS = {"banking77": ("text", "category"), "hint3": ("sentence", "label")}
RECALLS = (0.5, 0.7, 0.8, 0.85, 0.9, 0.95)
Labeled = list[tuple[str, str]]


@dataclass(frozen=True)
class PublicSet:
    """Training phrasings, and questions in and out of scope, with their labels."""

    train: Labeled
    test: Labeled
    foreign: list[str]


@dataclass(frozen=True)
class PublicFigures:
    """What the recipe reached on a public set."""

    train: int
    labels: int
    test: int
    foreign: int
    accuracy: float  # of in-scope questions, nothing refused
    accuracy_low: float
    accuracy_high: float
    auroc: float | None  # None when the set has nothing out of scope
    at_recall: list[tuple[float, Point]]  # wanted out-of-scope recall, and what it costs
    curve: list[Point]


def _clinc150(path: Path) -> PublicSet:
    try:
        parts = json.loads(read_text(path))
        pairs = {
            name: [(str(text), str(label)) for text, label in parts[name]]
            for name in ("train", "test", "oos_test")
        }
    except (json.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        message = f"is not CLINC150's data_full.json ({error!r}); point to that file"
        raise FaultyDataError([fault(path, message)]) from None
    return PublicSet(pairs["train"], pairs["test"], [text for text, _ in pairs["oos_test"]])


def _csv(path: Path, columns: tuple[str, str]) -> Labeled:
    rows = csv.DictReader(read_text(path).lstrip("\ufeff").splitlines())
    if not set(columns) <= set(rows.fieldnames or ()):
        message = f"has not the columns {' and '.join(columns)}; check --format"
        raise FaultyDataError([fault(path, message)])
    return [(row[columns[0]], row[columns[1]]) for row in rows if row[columns[0]].strip()]


def read_public(path: Path, form: Format, train: Path | None) -> PublicSet:
    """The set in the files; raises `FaultyDataError`."""
    if form == "clinc150":
        return _clinc150(path)
    if train is None:
        raise FaultyDataError([fault(path, f"holds {form}'s test questions; add --train FILE")])
    tested, trained = _csv(path, COLUMNS[form]), _csv(train, COLUMNS[form])
    return PublicSet(
        [pair for pair in trained if pair[1] != FOREIGN],
        [pair for pair in tested if pair[1] != FOREIGN],
        [text for text, label in tested if label == FOREIGN],
    )


def few(train: Labeled, shots: int) -> Labeled:
    """At most `shots` phrasings a label: the same ones every time."""
    by_label: dict[str, list[str]] = defaultdict(list)
    for text, label in train:
        by_label[label].append(text)
    chance = random.Random("shots")
    return [
        (text, label)
        for label, texts in sorted(by_label.items())
        for text in chance.sample(sorted(texts), min(shots, len(texts)))
    ]


def _guesses(model: TopicsModel, texts: Sequence[str], labels: Sequence[str]) -> list[Guess]:
    forms = [plain(text, model.vocabulary) for text in texts]
    scores = model.scores(forms, load_encoder().encode(forms))
    best = scores.probabilities.argmax(axis=1)
    confidence = scores.probabilities.max(axis=1) * scores.cosines.max(axis=1).clip(0)
    return [
        Guess(float(sure), scores.labels[index] == label)
        for sure, index, label in zip(confidence, best, labels, strict=True)
    ]


def figures(data: PublicSet) -> PublicFigures:
    """Train the recipe on `data.train` and measure it."""
    forms = [plain(text) for text, _ in data.train]
    labels = [label for _, label in data.train]
    vectors = load_encoder().encode(forms)
    model = TopicsModel.fit(forms, vectors, labels, Vocabulary.of(forms))
    ours = _guesses(model, [text for text, _ in data.test], [label for _, label in data.test])
    foreign = _guesses(model, data.foreign, [""] * len(data.foreign)) if data.foreign else []
    right = sum(one.right for one in ours)
    return PublicFigures(
        len(data.train), len(set(labels)), len(ours), len(foreign),
        right / len(ours), *wilson(right, len(ours)),
        auroc(ours, foreign) if foreign else None,
        [(recall, at_refusal(ours, foreign, recall)) for recall in RECALLS] if foreign else [],
        curve(ours, foreign),
    )  # fmt: skip


def lines(found: PublicFigures) -> list[str]:
    """The figures as people read them."""
    said = [
        (
            f"{found.train} phrasings of {found.labels} labels trained; {found.test} questions in "
            f"scope, {found.foreign} out of scope."
        ),
        (
            f"In-scope accuracy, nothing refused: {100 * found.accuracy:.1f} % "
            f"({100 * found.accuracy_low:.1f} to {100 * found.accuracy_high:.1f})."
        ),
    ]
    if found.auroc is None:
        return [*said, "The set has nothing out of scope."]
    said.append(f"Out of scope told apart, AUROC: {found.auroc:.3f}.")
    for recall, at in found.at_recall:
        said.append(
            f"Out-of-scope recall {100 * recall:.0f} %: in-scope accuracy {100 * at.right:.1f} % "
            f"(recall {100 * at.foreign_refused:.1f} %, threshold {at.threshold:.3f})."
        )
    return said
