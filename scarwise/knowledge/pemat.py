"""The items of PEMAT-P that a program can judge, scored over all answers.

PEMAT (Patient Education Materials Assessment Tool, AHRQ) asks whether patients can understand a
text and act on it. The numbers are the items' own; `docs/pemat.md` tells which are judged by hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from scarwise.knowledge.answers import Answer, Sentence, spoken
from scarwise.knowledge.content import Content
from scarwise.knowledge.documents import sentences
from scarwise.knowledge.quantities import quantities
from scarwise.knowledge.reading_grade import GRADE_GOAL, reading_grade
from scarwise.knowledge.sentence_form import is_passive, speaks_to_reader, tells_to_act
from scarwise.knowledge.size import LONGEST_MAIN, LONGEST_SHORT, words_of

Scale = Literal["understandability", "actionability"]
GOALS: dict[Scale, float] = {"understandability": 0.90, "actionability": 0.80}

MOST_PASSIVE = 1 / 3
LONGEST_SENTENCE = 20  # words, of a sentence that is easy to take in
LONGEST_STEP = 16  # words, of a sentence that tells to do something
MOST_SENTENCES = 8
CALCULATION = re.compile(r"%|\bpercent\b|\b\d+ (?:in|out of) \d+\b|\b(?:half|third|twice)\b", re.I)
UNCLEAR_NUMBER = re.compile(r"\d[.,]\d|\d/\d|[½⅓¼]")


@dataclass(frozen=True)
class Item:
    """One item: its number in PEMAT-P, what it asks, and how an answer is judged.

    `judge` says True or False, and None where the item does not apply.
    """

    number: int
    scale: Scale
    asks: str
    judge: Callable[[Content, Answer], bool | None]


def _all(answer: Answer) -> list[Sentence]:
    return [sentence for part in answer.parts for sentence in part]


def _everyday(content: Content, answer: Answer) -> bool:
    text = spoken(_all(answer))
    grades = [reading_grade(spoken(part)) for part in answer.parts if part]
    return max(grades) <= GRADE_GOAL and not list(content.wording.jargon_of(text))


def _explained(content: Content, answer: Answer) -> bool | None:
    if not content.glossary.terms_in(spoken(_all(answer))):
        return None
    return not content.glossary.unexplained_in(answer)


def _active(_: Content, answer: Answer) -> bool:
    every = _all(answer)
    return sum(is_passive(one.text) for one in every) <= MOST_PASSIVE * len(every)


def _clear_numbers(_: Content, answer: Answer) -> bool | None:
    found = [one for sentence in _all(answer) for one in quantities(sentence.text)]
    if not found:
        return None
    return all(one.unit for one in found) and not UNCLEAR_NUMBER.search(spoken(_all(answer)))


def _no_calculation(_: Content, answer: Answer) -> bool:
    return not CALCULATION.search(spoken(_all(answer)))


def _chunked(_: Content, answer: Answer) -> bool:
    parts = [part for part in answer.parts if part]
    return all(
        len(part) <= MOST_SENTENCES and words_of(spoken(part)) <= LONGEST_MAIN for part in parts
    ) and all(
        words_of(one) <= LONGEST_SENTENCE for part in parts for one in sentences(spoken(part))
    )


def _headed(content: Content, answer: Answer) -> bool:
    named = [content.topics.get(one) for one in (answer.topic, *answer.follow_up)]
    return all(topic is not None and topic.title != topic.id for topic in named)


def _summed_up(_: Content, answer: Answer) -> bool:
    return 0 < len(spoken(answer.short)) <= LONGEST_SHORT


def _action(_: Content, answer: Answer) -> bool:
    return any(tells_to_act(one.text) for one in answer.say)


def _direct(_: Content, answer: Answer) -> bool:
    return any(speaks_to_reader(one.text) for one in answer.say)


def _steps(_: Content, answer: Answer) -> bool | None:
    steps = [one.text for one in _all(answer) if tells_to_act(one.text)]
    return all(words_of(one) <= LONGEST_STEP for one in steps) if steps else None


ITEMS = (
    Item(3, "understandability", "common, everyday language", _everyday),
    Item(4, "understandability", "medical terms are explained", _explained),
    Item(5, "understandability", "active voice", _active),
    Item(6, "understandability", "numbers are clear", _clear_numbers),
    Item(7, "understandability", "nothing to calculate", _no_calculation),
    Item(8, "understandability", "short sections", _chunked),
    Item(9, "understandability", "informative headers", _headed),
    Item(11, "understandability", "a summary", _summed_up),
    Item(20, "actionability", "at least one action", _action),
    Item(21, "actionability", "speaks to the reader", _direct),
    Item(22, "actionability", "small, clear steps", _steps),
)


@dataclass(frozen=True)
class Score:
    """One item over all answers: in how many it holds, and which lack it."""

    item: Item
    holds: int
    lacking: tuple[Answer, ...]

    @property
    def judged(self) -> int:
        """In how many answers the item applies."""
        return self.holds + len(self.lacking)


def scores(content: Content) -> list[Score]:
    """Every item judged on every answer."""
    found = []
    for item in ITEMS:
        judged = {one.id: item.judge(content, one) for one in content.answers.values()}
        lacking = tuple(one for one in content.answers.values() if judged[one.id] is False)
        found.append(Score(item, sum(one is True for one in judged.values()), lacking))
    return found


def share(found: list[Score], scale: Scale) -> float:
    """The share of judged items that hold, over all answers; 1.0 when none applies."""
    chosen = [one for one in found if one.item.scale == scale]
    judged = sum(one.judged for one in chosen)
    return sum(one.holds for one in chosen) / judged if judged else 1.0
