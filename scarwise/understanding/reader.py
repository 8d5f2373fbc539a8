"""Reads one message: which topics to answer, which to offer, what to ask back or to decline.

Pure: a message, its scores and the running subject in, a `Reading` out. A confident wrong answer
costs a patient more than a question back, so how sure a reading must be is set by thresholds that
were read off curves (`make evaluate`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from scarwise.knowledge.build import with_subject
from scarwise.knowledge.topics import ANSWERED_GROUPS, OUT_OF_SCOPE, Topic
from scarwise.understanding.language import foreign_language
from scarwise.understanding.reading import (
    MOST_ANSWERED,
    MOST_OFFERED,
    Context,
    Danger,
    Reading,
)
from scarwise.understanding.splitting import Part, asks, listed, split, without_fillers
from scarwise.understanding.topics_model import TopicsModel
from scarwise.understanding.vocabulary import words

Encode = Callable[[Sequence[str]], np.ndarray]


@dataclass(frozen=True)
class Thresholds:
    """How sure a reading must be, as probabilities; read off the curves of `make evaluate`."""

    sure: float = 0.7  # answer, and offer nothing beside it
    answer: float = 0.2  # answer, and offer the runners-up; below: ask back
    ask_back: float = 0.08  # below: decline
    doubt: float = 0.18  # ask back when this much speaks for a foreign subject
    foreign: float = 0.45  # decline when this much does
    near: float = 0.3  # cosine to a training text below which nothing is answered
    alone: float = 0.85  # a follow-up that its subject would read otherwise stands alone from here
    talk: float = 0.5  # a follow-up that is talk does
    clear: float = 0.6  # below this a follow-up is unclear, and its second reading is answered
    second: float = 0.12  # too, when it is at least this likely
    same: float = 0.65  # cosine from which a message of empty words ("where are you") is one
    empty: float = 0.4  # trained phrasing, when its topic is also this likely
    part: float = 0.2  # a part that asks is a question of its own from here on
    statement: float = 0.8  # a short statement beside a question ("diabetic here") is
    whole: float = 0.25  # a message of several questions also answers what is this likely
    item: float = 0.5  # an item of a list of nouns is


# A message of at most so many words leans on the running subject, a shorter one more.
LEANING_WORDS = 7
SHORT_WORDS = 3
QUESTION_IN_WHOLE = 0.25  # how much the part that asks says about a whole story
LETTER_REPLIES = frozenset("ynk")
MASHED_SHARE = 0.5  # of known words, at most, in a short message of mashed keys
MASHED_WORDS = 3
REPLIES = frozenset("affirm deny thanks goodbye greet feedback_good feedback_bad".split())
REPLY_IN_QUESTION = 0.2
JOINING_TALK = frozenset({"bot_challenge", "privacy", "forget_me"})
STAY = 0.15  # how likely a leaning message stays with the running subject
SUBJECT = 1.0  # how much the message read together with the subject counts
FOREIGN_WHEN_LEANING = 0.3  # a follow-up is seldom about something else
STATEMENT_WORDS = 5
JOINED_WORDS = 9
WHOLE_IN_PART = 0.6  # how much the whole message says about one of its parts


@dataclass(frozen=True)
class _Ranked:
    """Topics of one text, likeliest first, out-of-scope apart."""

    topics: tuple[str, ...]
    chances: tuple[float, ...]
    foreign: float
    nearest: float


class Reader:
    """Understands messages with one trained model."""

    def __init__(
        self, model: TopicsModel, topics: Mapping[str, Topic], thresholds: Thresholds
    ) -> None:
        self._model = model
        self._topics = topics
        self._limits = thresholds
        self._foreign = model.labels.index(OUT_OF_SCOPE)
        self._replies = [i for i, label in enumerate(model.labels) if label in REPLIES]

    def read(
        self, plain: str, raw: str, context: Context, encode: Encode, danger: Danger
    ) -> Reading:
        """The reading of a message: `plain` is its repaired form, `raw` the normalized one."""
        return replace(self._read(plain, raw, context, encode), danger=danger)

    def _read(self, plain: str, raw: str, context: Context, encode: Encode) -> Reading:
        language = foreign_language(raw, self._model.vocabulary)
        if language:
            return Reading("decline", language=language)
        if self._is_noise(plain):
            return Reading("decline", empty=True)
        asked = without_fillers(plain)
        leaning = self._leaning(asked, context)
        if not self._model.vocabulary.has_content(asked):
            return self._read_contentless(plain, context if leaning else Context(), encode)
        if leaning:
            return self._read_leaning(asked, plain, leaning, context, encode)
        return self._read_whole(asked, encode)

    def _is_noise(self, plain: str) -> bool:
        """Whether a message holds no words: symbols, stray letters, mashed keys."""
        found = words(plain)
        if not found or all(len(word) == 1 and word not in LETTER_REPLIES for word in found):
            return True
        mashed = self._model.vocabulary.known_share(plain) <= MASHED_SHARE
        return mashed and len(found) <= MASHED_WORDS

    # -- A message that stands alone ------------------------------------------------------------

    def _read_whole(self, plain: str, encode: Encode) -> Reading:
        parts = split(plain)
        texts = [plain, *(part.text for part in parts if len(parts) > 1)]
        chances, nearest = self._chances(texts, encode)
        asked = self._asked(parts, chances, encode)
        if len(asked) > 1:
            return Reading(
                "answer",
                topics=tuple(asked[:MOST_ANSWERED]),
                also_asked=tuple(asked[MOST_ANSWERED:]),
                confidence=float(chances[0].max()),
            )
        whole = self._with_question(chances, parts)
        return self._decide(self._ranked(whole, float(nearest[0])))

    def _chances(self, texts: Sequence[str], encode: Encode) -> tuple[np.ndarray, np.ndarray]:
        """Probabilities (texts, labels), and each text's highest cosine to a topic of ours.

        What has the build of a question is no yes, no, thanks or goodbye.
        """
        scores = self._model.scores(texts, encode(texts))
        for row, text in zip(scores.probabilities, texts, strict=True):
            if len(text.split()) > 1 and asks(text):
                row[self._replies] *= REPLY_IN_QUESTION
                row /= row.sum()
        return scores.probabilities, np.delete(scores.cosines, self._foreign, axis=1).max(axis=1)

    def _with_question(self, chances: np.ndarray, parts: list[Part]) -> np.ndarray:
        """The whole message's probabilities, leaning to the part that asks, in a long story."""
        asking = [row for row, part in enumerate(parts, start=1) if part.asks]
        if len(parts) < 2 or not asking:
            return chances[0]
        question = chances[asking[-1]]
        mixed = chances[0] * question**QUESTION_IN_WHOLE
        return mixed / mixed.sum()

    def _asked(self, parts: list[Part], chances: np.ndarray, encode: Encode) -> list[str]:
        """Topics of the parts that ask something, in order, each once.

        A message of several questions also answers what the whole of it is likely about, and the
        second best of an unclear part, as far as there is room.
        """
        asked: list[str] = []
        spare: dict[str, float] = {}
        for row, part in enumerate(parts, start=1):
            items = self._items(listed(part.text), encode)
            asked += items
            if len(parts) > 1 and not items:
                ranked = self._part(part, chances[row], chances[0])
                asked += ranked[:1]
                spare.update(ranked[1:])
        questions = sum(part.asks for part in parts)
        topics = list(dict.fromkeys(topic for topic, _ in asked))
        if topics and questions > 1:
            ranked = self._ranked(chances[0], 1.0)
            spare.update(zip(ranked.topics, ranked.chances, strict=True))
            likely = sorted(spare, key=lambda topic: -spare[topic])
            room = max(0, MOST_ANSWERED - len(topics))
            topics += [
                topic
                for topic in likely
                if topic not in topics
                and self._answers(topic)
                and spare[topic] >= self._limits.whole
            ][:room]
        return topics

    def _part(self, part: Part, alone: np.ndarray, whole: np.ndarray) -> list[tuple[str, float]]:
        """The topic of one part, when the part asks and is clear, and its second best."""
        mixed = alone * whole**WHOLE_IN_PART
        ranked = self._ranked(mixed / mixed.sum(), 1.0)
        short = len(part.text.split()) <= (JOINED_WORDS if part.joined else STATEMENT_WORDS)
        if not part.asks and not short:
            return []
        needed = self._limits.part if part.asks else self._limits.statement
        sure = ranked.chances[0] >= needed and alone[self._foreign] < self._limits.foreign
        if not sure or not self._joins(ranked.topics[0]):
            return []
        return list(zip(ranked.topics, ranked.chances, strict=True))[: 2 if part.asks else 1]

    def _items(self, items: list[str], encode: Encode) -> list[tuple[str, float]]:
        """Topics of a list of nouns ("cost, downtime and pain?"); none unless two are clear."""
        if not items:
            return []
        chances, _ = self._chances(items, encode)
        found = []
        for row in chances:
            ranked = self._ranked(row, 1.0)
            if ranked.chances[0] >= self._limits.item and self._answers(ranked.topics[0]):
                found.append((ranked.topics[0], ranked.chances[0]))
        return found if len(dict(found)) > 1 else []

    def _answers(self, topic_id: str) -> bool:
        """Whether the topic has an answer, rather than being talk."""
        return self._topics[topic_id].group in ANSWERED_GROUPS

    def _joins(self, topic_id: str) -> bool:
        """Whether the topic may share a message with others."""
        return self._answers(topic_id) or topic_id in JOINING_TALK

    # -- A message that leans on what was said before -------------------------------------------

    def _leaning(self, plain: str, context: Context) -> float:
        """How much a message leans on the running subject: 0.0 (not at all) to 1.0."""
        count = len(words(plain))
        if not self._subject(context) or count > LEANING_WORDS:
            return 0.0
        return 1.0 if count <= SHORT_WORDS else 0.5

    def _subject(self, context: Context) -> str | None:
        """The topic that was answered last, when it is one of ours."""
        return next((one for one in context.topics if self._answers(one)), None)

    def _read_leaning(
        self, asked: str, plain: str, leaning: float, context: Context, encode: Encode
    ) -> Reading:
        subject = self._subject(context)
        assert subject is not None
        texts = [asked, with_subject(self._topics[subject].subject, asked)]
        chances, nearest = self._chances(texts, encode)
        alone = self._ranked(chances[0], float(nearest[0]))
        agreed = leaning < 1.0 or int(chances[0].argmax()) == int(chances[1].argmax())
        needed = self._limits.sure if agreed else self._limits.alone
        if not self._answers(alone.topics[0]):
            needed = self._limits.talk
        if alone.chances[0] >= needed and alone.foreign < self._limits.doubt:
            return self._read_whole(asked, encode)
        mixed = (chances[0] + SUBJECT * leaning * chances[1]) / (1.0 + SUBJECT * leaning)
        stay = STAY * leaning
        mixed = (1.0 - stay) * mixed
        mixed[self._model.labels.index(subject)] += stay
        mixed[self._foreign] *= FOREIGN_WHEN_LEANING
        return self._decide_leaning(self._ranked(mixed / mixed.sum(), max(map(float, nearest))))

    def _read_contentless(self, plain: str, context: Context, encode: Encode) -> Reading:
        """A message of empty words only: talk ("ok", "yes"), a short "why?", or nothing."""
        chances, nearest = self._chances([plain], encode)
        ranked = self._ranked(chances[0], float(nearest[0]))
        best = ranked.topics[0]
        if ranked.nearest >= self._limits.same and ranked.chances[0] >= self._limits.empty:
            return Reading("answer", topics=(best,), confidence=ranked.chances[0])
        subject = self._subject(context)
        if subject and all(word in self._model.vocabulary for word in words(plain)):
            return Reading("answer", topics=(subject,), confidence=ranked.chances[0])
        return Reading("decline", empty=True)

    # -- Deciding ------------------------------------------------------------------------------

    def _ranked(self, chances: np.ndarray, nearest: float) -> _Ranked:
        order = [i for i in np.argsort(-chances)[:8] if i != self._foreign]
        return _Ranked(
            tuple(str(self._model.labels[i]) for i in order),
            tuple(float(chances[i]) for i in order),
            float(chances[self._foreign]),
            nearest,
        )

    def _decide_leaning(self, ranked: _Ranked) -> Reading:
        """A follow-up that can be read in two ways gets both answers, rather than a question."""
        reading = self._decide(ranked)
        topics = [one for one in ranked.topics[:2] if self._answers(one)]
        unclear = ranked.chances[0] < self._limits.clear and ranked.foreign < self._limits.foreign
        if unclear and len(topics) == 2 and ranked.chances[1] >= self._limits.second:
            offered = tuple(one for one in reading.offered if one not in topics)
            return replace(reading, outcome="answer", topics=tuple(topics), offered=offered)
        return reading

    def _decide(self, ranked: _Ranked) -> Reading:
        limits = self._limits
        best, chance = ranked.topics[0], ranked.chances[0]
        candidates = tuple(one for one in ranked.topics[:6] if self._answers(one))[:MOST_OFFERED]
        if ranked.foreign >= limits.foreign or ranked.nearest < limits.near:
            return Reading("decline", confidence=1.0 - ranked.foreign)
        if ranked.foreign >= limits.doubt or chance < limits.answer:
            if chance < limits.ask_back or not candidates:
                return Reading("decline", confidence=chance)
            return Reading("ask_back", offered=candidates, confidence=chance)
        others = tuple(one for one in candidates if one != best)
        offered = () if chance >= limits.sure else others[: MOST_OFFERED - 1]
        return Reading("answer", topics=(best,), offered=offered, confidence=chance)
