"""Numbered suggestions: how a patient who has no buttons chooses one.

"2", "two", the title, or the title with a slip of the finger. Everything else is a message of its
own, so that no danger and no other question is taken for a choice.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz import fuzz

from scarwise.understanding.normalize import normalize

Choice = tuple[str, str]  # title, and what it sends

NEAR = 88.0  # of 100: one slip in a short title, two in a long one
APART = 6.0  # the next best title must be this much further away
FEWEST_LETTERS = 4  # a shorter text is near too much
_COUNTED = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBER = re.compile(
    rf"(?:(?:option|number|choice|no|nr)\.? ?|#)?\(?(?P<number>\d{{1,2}}|{'|'.join(_COUNTED)})"
    r"[.):]*(?: please)?",
    re.IGNORECASE,
)
_MORE = frozenset(("more", "more please", "read more", "read on", "text more"))
_CONTRACTED = re.compile(r"\bdont\b")
_NOT = frozenset("no not none never without nothing".split())


def number_of(text: str) -> int | None:
    """The number that `text` is, counted from 1; None when it is anything else."""
    found = _NUMBER.fullmatch(normalize(text).strip())
    if found is None:
        return None
    said = found["number"].lower()
    return int(said) if said.isdecimal() else _COUNTED.index(said) + 1


def _plain(text: str) -> str:
    kept = (one if one.isalnum() else "" if one == "'" else " " for one in normalize(text))
    return _CONTRACTED.sub("do not", " ".join("".join(kept).lower().split()))


def _denies(plain: str) -> bool:
    return bool(_NOT & set(plain.split()))


def asks_for_more(text: str) -> bool:
    """Whether `text` asks for the next page of what was said."""
    return _plain(text) in _MORE


def meant(text: str, choices: Sequence[Choice]) -> str:
    """What goes to the assistant: what the choice named by `text` sends, else the text itself."""
    found = chosen(text, choices)
    return found[1] if found else text


def chosen(text: str, choices: Sequence[Choice]) -> Choice | None:
    """The choice that `text` names, None when it names none or might name two."""
    number = number_of(text)
    if number is not None:
        return choices[number - 1] if 1 <= number <= len(choices) else None
    said = _plain(text)
    titles = [_plain(title) for title, _ in choices]
    if said in titles:
        return choices[titles.index(said)]
    return _nearest(said, titles, choices) if len(said) >= FEWEST_LETTERS else None


def _nearest(said: str, titles: list[str], choices: Sequence[Choice]) -> Choice | None:
    # The order of words may differ ("infection risk"), a denial may not.
    scores = [
        fuzz.token_sort_ratio(said, title) if _denies(said) == _denies(title) else 0.0
        for title in titles
    ]
    ranked = sorted(range(len(scores)), key=lambda one: scores[one], reverse=True)
    if not ranked or scores[ranked[0]] < NEAR:
        return None
    if len(ranked) > 1 and scores[ranked[0]] - scores[ranked[1]] < APART:
        return None
    return choices[ranked[0]]
