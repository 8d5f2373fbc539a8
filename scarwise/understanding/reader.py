"""Reads one message: which topics to answer, which to offer, what to ask back or to decline.

Pure: a message, its scores and the running subject in, a `Reading` out. A confident wrong answer
costs a patient more than a question back, so how sure a reading must be is set by thresholds that
were read off curves (`make evaluate`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

import numpy as np

from scarwise.knowledge.topics import OUT_OF_SCOPE, Topic
from scarwise.understanding.evidence import Encode, Evidence, gather
from scarwise.understanding.judge import Judge, Judged
from scarwise.understanding.language import foreign_language
from scarwise.understanding.reading import (
    MOST_ANSWERED,
    MOST_OFFERED,
    Context,
    Danger,
    Reading,
)
from scarwise.understanding.splitting import without_fillers
from scarwise.understanding.thresholds import Thresholds
from scarwise.understanding.topics_model import TopicsModel
from scarwise.understanding.vocabulary import Vocabulary, words

Sort = Literal["one", "several", "follow_up"]
LETTER_REPLIES = frozenset("ynk")
MASHED_SHARE = 0.5  # of known words, at most, in a short message of mashed keys
MASHED_WORDS = 3
JOINING_TALK = frozenset({"bot_challenge", "privacy", "forget_me"})


class Reader:
    """Understands messages with one trained model and its judge."""

    def __init__(
        self, model: TopicsModel, judge: Judge, topics: Mapping[str, Topic], thresholds: Thresholds
    ) -> None:
        self._model = model
        self._judge = judge
        self._topics = topics
        self._limits = thresholds
        self._foreign = model.labels.index(OUT_OF_SCOPE)

    @property
    def vocabulary(self) -> Vocabulary:
        """The words that it knows."""
        return self._model.vocabulary

    def read(
        self, asked: str, raw: str, context: Context, encode: Encode, danger: Danger
    ) -> Reading:
        """The reading of a message: `asked` is its plain form, `raw` the normalized one.

        Of a message that danger interrupts, only what is asked beside the danger is read.
        """
        if danger.level == "interrupt":
            if not danger.beside:
                return Reading("decline", danger=danger)
            asked = raw = danger.beside
        return replace(self._read(asked, raw, context, encode), danger=danger)

    def _read(self, plain: str, raw: str, context: Context, encode: Encode) -> Reading:
        language = foreign_language(raw, self._model.vocabulary)
        if language:
            return Reading("decline", language=language)
        if self._is_noise(plain):
            return Reading("decline", empty=True)
        bare = without_fillers(plain)
        subject = self._subject(context)
        if not self._model.vocabulary.has_content(bare):
            return self._read_contentless(plain, subject, encode)
        evidence = gather(self._model, bare, subject, encode)
        reading = self._decide(self._judge.judge(evidence), self._sort(evidence))
        if reading.outcome == "ask_back" and not self._model.vocabulary.known_share(raw):
            return Reading("decline", empty=True)  # a guess at words that were guessed themselves
        likely = (*reading.topics, *reading.also_asked)
        most = max(MOST_ANSWERED, sum(part.asks for part in evidence.parts))
        asked = self._in_order(likely[:most], evidence)
        return replace(reading, topics=asked[:MOST_ANSWERED], also_asked=asked[MOST_ANSWERED:])

    def _in_order(self, topics: tuple[str, ...], evidence: Evidence) -> tuple[str, ...]:
        """`topics` in the order in which the message asks them."""
        numbers = {topic: self._model.labels.index(topic) for topic in topics}
        rows = (evidence.by_part, evidence.by_clause)

        def place(topic: str) -> tuple[int, ...]:
            return tuple(int(each[:, numbers[topic]].argmax()) for each in rows if len(each))

        return tuple(sorted(topics, key=place))

    def _sort(self, evidence: Evidence) -> Sort:
        """What sort of message it is, which sets how sure its reading must be."""
        if evidence.leaning is not None:
            return "follow_up"
        asking = sum(part.asks for part in evidence.parts)
        return "several" if asking > 1 or evidence.clauses else "one"

    def _is_noise(self, plain: str) -> bool:
        """Whether a message holds no words: symbols, stray letters, mashed keys."""
        found = words(plain)
        if all(len(set(word)) == 1 and word not in LETTER_REPLIES for word in found):
            return True
        mashed = self._model.vocabulary.known_share(plain) <= MASHED_SHARE
        return mashed and len(found) <= MASHED_WORDS

    def _subject(self, context: Context) -> Topic | None:
        """The topic that was answered last, when it is one of ours."""
        known = (self._topics[one] for one in context.topics)
        return next((one for one in known if one.answered), None)

    def _read_contentless(self, plain: str, subject: Topic | None, encode: Encode) -> Reading:
        """A message of empty words only: talk ("ok", "yes"), a short "why?", or nothing."""
        scores = self._model.scores([plain], encode([plain]))
        chances, best = scores.probabilities[0], int(scores.probabilities[0].argmax())
        nearest = np.delete(scores.cosines[0], self._foreign).max()
        chance = float(chances[best])
        if best != self._foreign and nearest >= self._limits.same and chance >= self._limits.empty:
            return Reading("answer", topics=(self._model.labels[best],), confidence=chance)
        if subject and all(word in self._model.vocabulary for word in words(plain)):
            return Reading("answer", topics=(subject.id,), confidence=chance)
        return Reading("decline", empty=True)

    def _decide(self, judged: Judged, sort: Sort) -> Reading:
        limits = self._limits
        labels = [self._model.labels[one] for one in judged.topics]
        best = float(judged.chances[0])
        candidates = [one for one in labels if self._topics[one].answered]
        if best < (limits.ask_back if labels[0] in candidates else limits.talk):
            return Reading("decline", confidence=best)
        if best < (limits.follow_up if sort == "follow_up" else limits.answer):
            if not candidates:
                return Reading("decline", confidence=best)
            return Reading("ask_back", offered=tuple(candidates[:MOST_OFFERED]), confidence=best)
        answered = self._answered(labels, judged.chances, self._beside(sort, best))
        rest = [one for one in candidates if one not in answered]
        clear = best >= limits.sure or len(answered) > 1
        return Reading(
            "answer",
            topics=tuple(answered[:MOST_ANSWERED]),
            also_asked=tuple(answered[MOST_ANSWERED:]),
            offered=() if clear else tuple(rest[: MOST_OFFERED - 1]),
            confidence=best,
        )

    def _beside(self, sort: Sort, best: float) -> float:
        """How likely a topic must be to be answered beside the likeliest."""
        if sort == "several":
            return self._limits.asked_too
        unclear = sort == "follow_up" and best < self._limits.clear
        return self._limits.follow_up_too if unclear else self._limits.beside

    def _answered(self, labels: list[str], chances: np.ndarray, needed: float) -> list[str]:
        """The likeliest topic, and those that are likely enough to share a message with it."""
        first, *others = labels
        if not self._joins(first):
            return [first]
        likely = [
            label
            for label, chance in zip(others, chances[1:], strict=True)
            if chance >= needed and self._joins(label)
        ]
        return [first, *likely]

    def _joins(self, topic_id: str) -> bool:
        """Whether the topic may share a message with others."""
        return self._topics[topic_id].answered or topic_id in JOINING_TALK
