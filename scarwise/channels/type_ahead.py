"""Finds the vetted questions that fit what somebody has typed so far. Pure; it keeps nothing.

At least half of the telling words typed so far must begin a word of the question or of its topic,
so that "how long does recovery usually take" still finds recovery.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scarwise.knowledge.topics import Topic

MOST = 5
FEWEST_CHARACTERS = 3
MOST_CHARACTERS = 100  # of what was typed; a whole story is no beginning of a question
_WORD = re.compile(r"[^\W_]+")
# Words that nearly every question has: they fit all, and so tell nothing.
_COMMON = frozenset(
    "a am an and are as at be can could do does for from get have how i if in is it me my of on or "
    "scar scars should so that the there this to want was what when which will with would you your"
    .split()
)  # fmt: skip
# How much a word counts, by where it is found.
_QUESTION, _TITLE, _ABOUT = 4, 2, 1


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold().replace("'", "").replace("’", ""))


@dataclass(frozen=True)
class _Known:
    """One question with the words by which it is found, and what each counts."""

    text: str
    weights: Mapping[str, int]

    def weight(self, typed: str) -> int:
        """What the typed word counts here: 0 when it begins no word."""
        whole = self.weights.get(typed, 0)
        begun = (w for word, w in self.weights.items() if word.startswith(typed))
        return max(2 * whole, *begun, 0)


class TypeAhead:
    """The questions of those topics that can be answered today."""

    def __init__(
        self, questions: Mapping[str, str], topics: Mapping[str, Topic], can_answer: Iterable[str]
    ) -> None:
        allowed = set(can_answer)
        self._known = [
            _Known(text, _weights(text, topics[topic]))
            for topic, text in questions.items()
            if topic in allowed
        ]

    def find(self, typed: str) -> list[str]:
        """At most `MOST` questions, the best first."""
        if len(typed.strip()) < FEWEST_CHARACTERS or len(typed) > MOST_CHARACTERS:
            return []
        words = _words(typed)
        telling = [word for word in dict.fromkeys(words) if word not in _COMMON] or words[-1:]
        found = []
        for place, one in enumerate(self._known):
            weights = [one.weight(word) for word in telling]
            misses = weights.count(0)
            if any(weights) and 2 * misses <= len(weights):
                begins = one.text.casefold().startswith(typed.strip().casefold())
                found.append((not begins, misses, -sum(weights), place, one.text))
        return [text for *_, text in sorted(found)[:MOST]]


def _weights(question: str, topic: Topic) -> dict[str, int]:
    weights: dict[str, int] = {}
    for text, weight in (
        (question, _QUESTION),
        (f"{topic.title} {topic.subject}", _TITLE),
        (topic.asks, _ABOUT),
    ):
        for word in _words(text):
            weights.setdefault(word, weight)
    return weights
