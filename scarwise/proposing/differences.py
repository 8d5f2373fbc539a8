"""Where a new sentence and one that is served say different things: figures, a denial, an opposite.

Pure: two sentences and how near they are in meaning go in. A person judges what is shown, side by
side; a difference that is none costs a glance, one that is missed may reach a patient.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from spacy.lang.en.stop_words import STOP_WORDS

from scarwise.knowledge.quantities import Quantity, quantities

Kind = Literal["figures", "denial", "opposite"]

# How near in meaning (cosine) two sentences must be to be compared at all.
NEAR_FOR_FIGURES = 0.65
NEAR_FOR_WORDS = 0.7
SAME = 0.9  # from here on they say the same, where no difference is found
LEAST_SHARED = 0.5  # of the shorter sentence's words that carry meaning
SLACK = 0.1  # "12 months" and "a year" are the same
DAYS = {"day": 1.0, "week": 7.0, "month": 30.4, "year": 365.0}
MINUTES = {"second": 1 / 60, "minute": 1.0, "hour": 60.0}
COUNTED_ALIKE = {"times": "time", "patient": "people", "visit": "session", "round": "session"}
# Words that any two sentences about scars may share.
GENERAL = frozenset(
    "scar skin wound mark treatment treat surgery doctor patient make use get".split()
)
_DENYING = frozenset(
    "not no never cannot without neither none nobody nothing unlikely rarely hardly avoid "
    "avoids avoided".split()
)
_SCOPE_END = frozenset(
    ", ; : . ( ) but while since because unless although if so which is are".split()
)
# These deny nothing.
_NO_DENIAL = re.compile(r"\b(?:no more than|not only|none or|no longer than|not more than)\b")
_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)?|[,;:.()]")
_OPPOSITES = (
    ("more", "less"), ("increase", "decrease"), ("increase", "reduce"), ("before", "after"),
    ("raised", "sunken"), ("better", "worse"), ("darker", "lighter"), ("higher", "lower"),
    ("early", "late"), ("always", "never"), ("safe", "unsafe"), ("small", "large"),
    ("temporary", "permanent"), ("wet", "dry"), ("common", "rare"), ("longer", "shorter"),
    ("faster", "slower"), ("awake", "asleep"), ("stronger", "weaker"), ("wider", "narrower"),
)  # fmt: skip


@dataclass(frozen=True)
class Sentence:
    """A sentence with what it is about: the terms that answers can differ for (facets)."""

    text: str
    facets: frozenset[tuple[str, str]] = frozenset()  # (entity, value)


@dataclass(frozen=True)
class Difference:
    """What differs between two sentences."""

    kind: Kind
    new: str  # the words of the new sentence that differ
    served: str


@dataclass(frozen=True)
class Finding:
    """A difference, with the served sentence that it was found in."""

    difference: Difference
    served: int  # its place among the served sentences


def findings(new: Sentence, served: Sequence[Sentence], nearness: Sequence[float]) -> list[Finding]:
    """The differences of `new` from `served`, nearest first, at most one of each kind.

    What a sentence says is compared with the nearest served one that speaks of the same: when that
    one agrees, another that differs is about something else.
    """
    found: dict[str, Finding] = {}
    settled: set[str] = set()
    for at in sorted(range(len(served)), key=lambda one: -nearness[one]):
        if nearness[at] < NEAR_FOR_FIGURES:
            break
        if not _comparable(new, served[at]):
            continue
        for aspect, difference in _compared(new.text, served[at].text, nearness[at]):
            if aspect not in settled:
                settled.add(aspect)
                if difference:
                    found.setdefault(difference.kind, Finding(difference, at))
    return list(found.values())


def _compared(new: str, served: str, nearness: float) -> list[tuple[str, Difference | None]]:
    """For each aspect that both sentences speak of: how they differ, None where they agree."""
    found: list[tuple[str, Difference | None]] = [
        (f"figures {kind}", _figures(mine, theirs))
        for kind, mine, theirs in _figure_pairs(new, served)
    ]
    if nearness >= NEAR_FOR_WORDS:
        found += [("denial", one) for one in _denials(new, served, nearness)]
        found += [("opposite", one) for one in _opposites(new, served)]
        if nearness >= SAME:
            found += [("denial", None), ("opposite", None)]
    return found


def _comparable(new: Sentence, served: Sentence) -> bool:
    """Whether the two speak of the same: enough words in common, and no other place or method."""
    first, second = _carrying(new.text), _carrying(served.text)
    if len(first & second) < LEAST_SHARED * max(1, min(len(first), len(second))):
        return False
    for entity in {one for one, _ in new.facets} & {one for one, _ in served.facets}:
        mine = {value for one, value in new.facets if one == entity}
        if mine.isdisjoint(value for one, value in served.facets if one == entity):
            return False
    return True


def _carrying(text: str) -> set[str]:
    """The words of `text` that carry its meaning, without their endings."""
    return _stems(_TOKEN.findall(text.lower()))


def _stems(tokens: Collection[str]) -> set[str]:
    words = (one for one in tokens if one[0].isalpha() and not _denies(one))
    return {_stem(one) for one in words if one not in STOP_WORDS} - GENERAL


def _stem(word: str) -> str:
    return re.sub(r"(?:ies|es|s|ing|ed|ly|e)$", "", word) or word


def _denies(token: str) -> bool:
    return token in _DENYING or token.endswith("n't")


def _figure_pairs(new: str, served: str) -> list[tuple[str, list[Quantity], list[Quantity]]]:
    mine, theirs = _by_kind(new), _by_kind(served)
    return [(kind, mine[kind], theirs[kind]) for kind in sorted(mine.keys() & theirs.keys())]


def _by_kind(text: str) -> dict[str, list[Quantity]]:
    """The quantities of a sentence by what they count."""
    found: dict[str, list[Quantity]] = {}
    for one in sorted(quantities(text)):
        kind = COUNTED_ALIKE.get(one.unit, one.unit)
        kind = "days" if kind in DAYS else "minutes" if kind in MINUTES else kind
        found.setdefault(kind, []).append(one)
    return found


def _figures(mine: list[Quantity], theirs: list[Quantity]) -> Difference | None:
    """Figures of one kind, of which one or all agree with none of the other sentence."""
    alone = [a for a in mine if not any(_agree(a, b) for b in theirs)]
    if alone and (len(alone) == len(mine) or len(mine) == len(theirs)):
        return Difference("figures", _told(alone), _told(theirs))
    return None


def _told(figures: list[Quantity]) -> str:
    return ", ".join(str(one) for one in figures)


def _agree(one: Quantity, other: Quantity) -> bool:
    """Whether two figures of one kind say the same, or one lies within the other."""
    (low, high), (other_low, other_high) = _range(one), _range(other)
    inside = low >= other_low * (1 - SLACK) and high <= other_high * (1 + SLACK)
    around = other_low >= low * (1 - SLACK) and other_high <= high * (1 + SLACK)
    return inside or around


def _range(one: Quantity) -> tuple[float, float]:
    """The figures as numbers; times in days or in minutes."""
    scale = {**DAYS, **MINUTES}.get(one.unit, 1.0)
    low, high = (float(part.replace(",", "")) * scale for part in (one.low, one.high))
    return min(low, high), max(low, high)


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(_NO_DENIAL.sub(" ", text.lower()))


def _denying_words(text: str) -> list[str]:
    return [one for one in _tokens(text) if _denies(one)]


def _reached(text: str) -> tuple[set[str], set[str]]:
    """The stems that a denial reaches, and the other stems."""
    denied: set[str] = set()
    others: set[str] = set()
    denying = False
    for token in _tokens(text):
        if _denies(token):
            denying = True
        elif token in _SCOPE_END:
            denying = False
        (denied if denying else others).update(_stems([token]))
    return denied, others


def _denials(new: str, served: str, nearness: float) -> list[Difference]:
    """Where one of the two denies what the other asserts."""
    mine, theirs = _denying_words(new), _denying_words(served)
    if len(mine) == len(theirs):  # they deny the same in other words, or each something else
        return []
    my_denied, my_others = _reached(new)
    their_denied, their_others = _reached(served)
    words = (my_denied & their_others - my_others) | (their_denied & my_others - their_others)
    if words or nearness >= SAME:
        return [Difference("denial", ", ".join(mine) or "-", ", ".join(theirs) or "-")]
    return []


def _opposites(new: str, served: str) -> list[Difference]:
    """A word of one sentence whose opposite stands in the other, in its place."""
    mine, theirs = set(_TOKEN.findall(new.lower())), set(_TOKEN.findall(served.lower()))
    return [
        Difference("opposite", one, other)
        for pair in _OPPOSITES
        for one, other in (pair, pair[::-1])
        if one in mine - theirs and other in theirs - mine
    ]
