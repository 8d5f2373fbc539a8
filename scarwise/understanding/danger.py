"""Finds danger in a message: an emergency, a wound that needs care, a crisis, abuse.

Apart from topics, and in every part of a message as well as in the whole, so that a cosmetic
question around it hides nothing. A classifier and a list of signs look at each stretch; a judge,
trained on messages that neither has seen, weighs what they say. How sure it is sets the reply:
sure interrupts, unsure puts a quiet note above the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from scarwise.understanding.danger_signs import REASONS, Found, SignFinder
from scarwise.understanding.encoder import Encoder, MessageVectors, in_threads
from scarwise.understanding.evidence import Encode
from scarwise.understanding.model import Features, LinearModel, narrowed, narrowing
from scarwise.understanding.reading import Danger, Level
from scarwise.understanding.splitting import split
from scarwise.understanding.topics_model import plain
from scarwise.understanding.trees import Trees
from scarwise.understanding.vocabulary import Vocabulary, words

KINDS = ("emergency", "urgent_wound", "crisis", "abuse")
HARMLESS = "harmless"
STRENGTH = 10.0
TOLERANCE = 1e-4  # a looser one misses two dangers in a hundred more
NEIGHBORS = 3
MOST_PARTS = 16
FEW_WORDS = 2
BESIDE = 0.1  # of danger, at most, in a part that is offered as a question
LONG_WORD = 5  # letters; shorter unknown ones are mashed keys as often as slips
SMALLEST = 1e-6
SETTINGS = {
    "max_iter": 80, "learning_rate": 0.08, "max_leaf_nodes": 6, "l2_regularization": 5.0,
    "min_samples_leaf": 30, "early_stopping": False, "random_state": 0,
}  # fmt: skip


@dataclass(frozen=True)
class DangerLimits:
    """From which probability of danger on to note it, and to interrupt.

    Read off messages that were used for nothing else, by the share of look-alikes and of ordinary
    questions that may carry a note.
    """

    note: float = 0.02
    interrupt: float = 0.45


def stretches_of(text: str) -> list[str]:
    """The whole plain message, its parts, and each two parts that follow one another."""
    parts = [part.text for part in split(text)[:MOST_PARTS]]
    if len(parts) < 2:
        return [text]
    starts, at = [], 0
    for part in parts:
        at = text.index(part, at)
        starts.append(at)
    pairs = [
        text[start : after + len(part)]
        for start, after, part in zip(starts, starts[1:], parts[1:], strict=False)
    ]
    return list(dict.fromkeys([text, *parts, *(pairs if len(parts) > 2 else [])]))


@dataclass(frozen=True)
class Labeled:
    """Plain texts with their kind of danger, or `harmless`."""

    texts: tuple[str, ...]
    labels: tuple[str, ...]

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, Collection[str]]]) -> Labeled:
        """Texts with the topics that each asks."""
        every = list(pairs)
        kinds = [next((one for one in KINDS if one in topics), HARMLESS) for _, topics in every]
        return cls(tuple(text for text, _ in every), tuple(kinds))

    def part(self, numbers: Iterable[int]) -> Labeled:
        """Some of them."""
        chosen = list(numbers)
        return Labeled(tuple(self.texts[i] for i in chosen), tuple(self.labels[i] for i in chosen))

    def __add__(self, other: Labeled) -> Labeled:
        return Labeled(self.texts + other.texts, self.labels + other.labels)


@dataclass(frozen=True)
class _Seen:
    """What classifier, neighbors and signs say of the stretches of one message, whole first."""

    texts: tuple[str, ...]
    chances: np.ndarray  # (stretches, labels)
    margins: np.ndarray  # (stretches,) cosine to danger less cosine to what is harmless
    found: tuple[Found, ...]

    @property
    def text(self) -> str:
        """The whole message."""
        return self.texts[0]


class DangerModel:
    """The classifier (five classes: the four kinds and harmless), the signs and the judge."""

    def __init__(
        self,
        features: Features,
        signs: SignFinder,
        vocabulary: Vocabulary,
        linear: LinearModel,
        dangerous: np.ndarray,
        harmless: np.ndarray,
    ) -> None:
        self._features = features
        self._signs = signs
        self._vocabulary = vocabulary
        self._linear = linear
        self._directions = narrowing(np.vstack([dangerous, harmless]))
        self._dangerous = narrowed(dangerous, self._directions)  # (texts, NARROW), known ones
        self._harmless = narrowed(harmless, self._directions)
        self._judge: Trees | None = None

    @classmethod
    def fit(
        cls,
        phrasings: Labeled,
        vectors: np.ndarray,
        messages: Labeled,
        vocabulary: Vocabulary,
        signs: SignFinder,
        encoder: Encoder,
    ) -> DangerModel:
        """Train the classifier on everything, and the judge on whole messages.

        `vectors` are those of the phrasings. What the judge learns from must not have been seen
        by the classifier that it judges, so each half of the messages is looked at by a
        classifier that learned from the other.
        """
        every = phrasings + messages
        vectors = np.vstack([vectors, encoder.encode(messages.texts)])
        found = [signs.find(text) for text in every.texts]
        number = np.arange(len(every.texts)) - len(phrasings.texts)
        rows, truth = [], []

        def classifier(known: np.ndarray) -> DangerModel:
            chosen = np.flatnonzero(known)
            seen = [found[i] for i in chosen]
            return cls._classifier(every.part(chosen), vectors[chosen], vocabulary, signs, seen)

        for half in (0, 1):
            model = classifier((number < 0) | (number % 2 == half))
            unseen = messages.part(range(1 - half, len(messages.texts), 2))
            rows += in_threads(model._weigh_alone(encoder), unseen.texts)
            truth += [label != HARMLESS for label in unseen.labels]
        model = classifier(number < len(every.texts))
        model._judge = Trees.fit(np.vstack(rows), np.array(truth), SETTINGS)
        return model

    @classmethod
    def _classifier(
        cls,
        known: Labeled,
        vectors: np.ndarray,
        vocabulary: Vocabulary,
        signs: SignFinder,
        found: Sequence[Found],
    ) -> DangerModel:
        """A model without a judge."""
        features = Features()
        blocks = [*features.fit(known.texts, vectors), signs.rows(found)]
        linear = LinearModel.fit(blocks, known.labels, STRENGTH, tolerance=TOLERANCE)
        danger = np.array([label != HARMLESS for label in known.labels])
        return cls(features, signs, vocabulary, linear, vectors[danger], vectors[~danger])

    def _weigh_alone(self, encoder: Encoder) -> Callable[[str], np.ndarray]:
        """What the judge weighs of a plain message that stands alone."""
        return lambda text: self._weighed(self._see(text, MessageVectors(encoder).encode))

    @property
    def labels(self) -> tuple[str, ...]:
        """The kinds and `harmless`, in the order of the classifier's chances."""
        return self._linear.labels

    def check(self, message: str, encode: Encode, limits: DangerLimits = DangerLimits()) -> Danger:
        """How sure it is that a message shows danger, and of which kind."""
        if self._judge is None or not self._says_something(message):
            return Danger()
        text = plain(message, self._vocabulary)
        seen = self._see(text, encode)
        chance = float(self._judge.chances(self._weighed(seen)[np.newaxis])[0])
        level = self._level(chance, seen, limits)
        return Danger(
            level,
            None if level == "none" else self._kind(seen),
            chance=chance,
            classifier=float(1.0 - seen.chances[0, self.labels.index(HARMLESS)]),
            signs=seen.found[0].plain(),
            beside=self._beside(seen) if level == "interrupt" else "",
        )

    def _beside(self, seen: _Seen) -> str:
        """The parts that ask something and show no danger by themselves."""
        parts = split(seen.text)[:MOST_PARTS]
        if len(parts) < 2:
            return ""
        danger = dict(
            zip(seen.texts, 1.0 - seen.chances[:, self.labels.index(HARMLESS)], strict=True)
        )
        return " ".join(one.text for one in parts if one.asks and danger[one.text] < BESIDE)

    def _says_something(self, message: str) -> bool:
        """Whether there is a word in it that is known, or long enough to be one mistyped."""
        return any(
            len(word) >= LONG_WORD or (len(word) > 1 and self._vocabulary.known_share(word) > 0)
            for word in words(message)
        )

    @staticmethod
    def _level(chance: float, seen: _Seen, limits: DangerLimits) -> Level:
        """A word or two that are a sign ("suicidal") are noted, however little they say."""
        if chance >= limits.interrupt:
            return "interrupt"
        only_a_sign = len(seen.text.split()) <= FEW_WORDS and seen.found[0].plain() > 0
        return "note" if chance >= limits.note or only_a_sign else "none"

    def _see(self, text: str, encode: Encode) -> _Seen:
        texts = stretches_of(text)
        vectors = encode(texts)
        whole = self._signs.find(text)
        starts = [text.index(one) for one in texts]
        found = tuple(
            whole.within(start, start + len(one)) for start, one in zip(starts, texts, strict=True)
        )
        blocks = [*self._features.blocks(texts, vectors), self._signs.rows(found)]
        chances = self._linear.probabilities(blocks)
        return _Seen(tuple(texts), chances, self._margins(vectors), found)

    def _margins(self, vectors: np.ndarray) -> np.ndarray:
        vectors = narrowed(vectors, self._directions)
        near = [
            np.partition((known @ vectors.T).T, -NEIGHBORS, axis=1)[:, -NEIGHBORS:].mean(axis=1)
            for known in (self._dangerous, self._harmless)
        ]
        return near[0] - near[1]

    def _kind(self, seen: _Seen) -> str:
        """The kind that the classifier gives to the most alarming stretch, signs helping."""
        harmless = self.labels.index(HARMLESS)
        kinds = [label for label in self.labels if label != HARMLESS]
        chances = np.delete(seen.chances, harmless, axis=1)
        weights = chances[0] + chances.max(axis=0)
        weights += [0.2 * (seen.found[0].plain(kind) > 0) for kind in kinds]  # type: ignore[arg-type]
        return kinds[int(weights.argmax())]

    def _weighed(self, seen: _Seen) -> np.ndarray:
        """What the judge weighs of a message, as one row of features."""
        harmless = self.labels.index(HARMLESS)
        danger = 1.0 - seen.chances[:, harmless]
        odds = np.log((danger + SMALLEST) / (1.0 - danger + SMALLEST))
        parts = odds[1:] if len(odds) > 1 else odds
        kinds = np.delete(seen.chances, harmless, axis=1).max(axis=0)
        whole = seen.found[0]
        return np.array([
            odds[0], parts.max(), parts.min(), parts.mean(),
            np.sort(parts)[-2:].min(),
            seen.margins[0], seen.margins.max(),
            *kinds,
            whole.plain(), max(one.plain() for one in seen.found),
            len({one.line for one in whole.signs if one.taken_back}),
            *(reason in whole.reasons for reason in REASONS),
            len(seen.text.split()), len(parts), "?" in seen.text,
        ], dtype=np.float64)  # fmt: skip
