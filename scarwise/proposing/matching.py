"""Finds the topics that a passage speaks of, and the served sentences that it stands beside.

A topic is known by how patients ask for it and by what `data/topics.yml` says of it. What is
served already helps no further: on the project's own documents, each hidden in turn, it drew
passages toward the topics that have many sentences.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import spacy

from scarwise.knowledge.answers import load_answers
from scarwise.knowledge.documents import load_documents
from scarwise.knowledge.questions import load_questions
from scarwise.knowledge.terms import add_ruler, load_terms
from scarwise.knowledge.topics import Topic, load_topics
from scarwise.proposing.differences import Finding, Sentence, findings
from scarwise.proposing.documents import NewDocument, NewPassage
from scarwise.understanding.encoder import graph_path, load_encoder
from scarwise.understanding.vector_cache import vectors_of

MOST_QUESTIONS = 40  # of a topic, spread over all its phrasings; more found no more
MOST_TOPICS = 3
HEADINGS_WEIGHT = 2.0  # of title and heading above a passage, against the passage
ALONE_WEIGHT = 0.5  # of a passage without them, so that a heading that misleads is outvoted
ASKS_WEIGHT = 0.5  # of what a topic asks, against its nearest question
COVERED = 0.7  # a passage whose best topic scores less is covered by none,
COVERED_ALONE = 0.6  # and one whose own words do, whatever stands above it
BESIDE = 0.35  # how far below the best another topic may score
SAID = 0.85  # from this cosine on, a served sentence says the same


@dataclass(frozen=True)
class Served:
    """A sentence that stands in an answer, or a passage of a document that answers cite."""

    text: str
    place: str  # the answer's id, or the passage's
    topics: tuple[str, ...]


@dataclass(frozen=True)
class Differing:
    """A served sentence that says something else than a passage."""

    finding: Finding
    served: Served


@dataclass(frozen=True)
class Match:
    """What a passage is about, and how it stands to what is served."""

    passage: NewPassage
    topics: tuple[str, ...]  # the likeliest first; none when no topic covers it
    score: float  # of the likeliest
    said: Served | None  # the served sentence that says the same already
    differing: tuple[Differing, ...]
    terms: frozenset[tuple[str, str]]  # (entity, value) of the terms in it


def encode(texts: Sequence[str]) -> np.ndarray:
    """Vectors of `texts` on one thread: float32 of shape (len(texts), 384)."""
    encoder = load_encoder()
    return np.vstack([np.zeros((0, 384), np.float32), *(encoder.encode([one]) for one in texts)])


def _kept(texts: Sequence[str]) -> np.ndarray:
    """Vectors of texts that are the same at every run."""
    path = graph_path().with_suffix(".proposing.npz")
    return vectors_of([text.lower() for text in texts], encode, path)


class Matcher:
    """All that a new document is held against.

    `without` names a document that is left out with all that cites it, as if it were not there yet.
    """

    def __init__(self, without: str | None = None) -> None:
        self.topics: dict[str, Topic] = {
            topic.id: topic
            for topic in load_topics().values()
            if topic.source in ("document", "library")
        }
        self._ids = list(self.topics)
        self.served = list(_served(without))
        questions = _questions(self._ids, without)
        asks = [f"{one.title}. {one.subject}. {one.asks}" for one in self.topics.values()]
        asked = [text for texts in questions.values() for text in texts]
        every = _kept([*asked, *asks, *(one.text for one in self.served)])
        self._asked = every[: len(asked)]
        self._asks = every[len(asked) : len(asked) + len(asks)]
        self.vectors = every[len(asked) + len(asks) :]
        self._starts = np.cumsum([0, *(len(texts) for texts in questions.values())])[:-1]
        self._nlp = add_ruler(spacy.blank("en"), load_terms())
        self.sentences = [self.sentence(one.text) for one in self.served]

    def match(self, document: NewDocument) -> list[Match]:
        """The match of every passage of `document`, in reading order."""
        passages = document.passages
        vectors = encode([one.text.lower() for one in passages])
        headings = [f"{document.title}. {one.section}.".lower() for one in passages]
        unique = list(dict.fromkeys(headings))
        above = encode(unique)[[unique.index(text) for text in headings]]
        alone = self._scores(vectors)
        together = self._scores(vectors + HEADINGS_WEIGHT * above)
        scores = (together + ALONE_WEIGHT * alone) / (1 + ALONE_WEIGHT)
        scores[alone.max(axis=1) < COVERED_ALONE] = 0.0
        nearness = vectors @ self.vectors.T
        return [
            self._match(passage, scores[at], nearness[at]) for at, passage in enumerate(passages)
        ]

    def _scores(self, vectors: np.ndarray) -> np.ndarray:
        """How well each topic fits: shape (passages, topics)."""
        vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        nearest = np.maximum.reduceat(vectors @ self._asked.T, self._starts, axis=1)
        return nearest + ASKS_WEIGHT * (vectors @ self._asks.T)

    def _match(self, passage: NewPassage, scores: np.ndarray, nearness: np.ndarray) -> Match:
        order = np.argsort(-scores)[:MOST_TOPICS]
        best = float(scores[order[0]])
        chosen = [int(one) for one in order if best >= COVERED and scores[one] >= best - BESIDE]
        sentence = self.sentence(passage.text)
        found = findings(sentence, self.sentences, nearness.tolist())
        differing = tuple(Differing(one, self.served[one.served]) for one in found)
        nearest = int(nearness.argmax()) if len(nearness) else -1
        says_it = nearest >= 0 and nearness[nearest] >= SAID and not differing
        said = self.served[nearest] if says_it else None
        topics = [*(self._ids[one] for one in chosen), *(said.topics if said else ())]
        return Match(
            passage,
            tuple(dict.fromkeys(topics))[:MOST_TOPICS],
            float(scores[order[0]]),
            said,
            differing,
            sentence.facets,
        )

    def sentence(self, text: str) -> Sentence:
        """`text` with the terms that it names."""
        return Sentence(text, frozenset((one.label_, one.ent_id_) for one in self._nlp(text).ents))


def _served(without: str | None) -> Iterable[Served]:
    """Sentences of the answers, and the passages that they cite."""
    topics_of: dict[str, list[str]] = defaultdict(list)
    answers = load_answers().values()
    for answer in answers:
        for sentence in (one for part in answer.parts for one in part if one.cites):
            if not any(one.partition("#")[0] == without for one in sentence.cites):
                yield Served(sentence.text, answer.id, (answer.topic,))
        for one in answer.cited:
            topics_of[one].append(answer.topic)
    for document in load_documents().values():
        for passage in document.passages:
            if document.about.id != without:
                yield Served(passage.text, passage.id, tuple(dict.fromkeys(topics_of[passage.id])))


def _questions(ids: Sequence[str], without: str | None) -> dict[str, list[str]]:
    """For each topic, phrasings from all over its file; none written from a left-out document."""
    found: dict[str, list[str]] = {topic_id: [] for topic_id in ids}
    for question in load_questions():
        if question.topic in found and question.origin.partition("#")[0] != without:
            found[question.topic].append(question.text)
    for topic_id, texts in found.items():
        chosen = np.linspace(0, len(texts) - 1, min(len(texts), MOST_QUESTIONS)).astype(int)
        found[topic_id] = [texts[one] for one in chosen] or [topic_id]
    return found
