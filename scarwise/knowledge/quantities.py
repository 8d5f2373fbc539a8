"""The numbers of a sentence, each with its unit and its bound, so that two texts can be compared.

"up to 2 years", "at least 3 months" and "4 to 6 weeks" are three quantities; "3 months" is none of
them. A figure that lost its "up to" says something else than its source.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Bound = Literal["", "at least", "up to"]

NUMBERS = {
    name: str(number)
    for number, name in enumerate(
        "one two three four five six seven eight nine ten eleven twelve".split(), start=1
    )
}
UNITS = (
    "second|minute|hour|day|week|month|year|time|round|session|visit|stage|percent|degree|trial|"
    "study|studie|patient|people|place"
)
NUMBER = rf"\d+(?:[.,]\d+)?|{'|'.join(NUMBERS)}"
QUANTITY = re.compile(
    rf"\b(?P<before>at least|up to about|up to|more than|less than|within)?\s*"
    rf"(?:about |around )?"
    rf"(?:(?P<low>{NUMBER}|an?)(?:\s*(?:to|or|-|–)\s*(?P<high>{NUMBER}))?)"
    rf"(?:\s+(?P<after_number>or more|or longer))?"
    rf"[\s-]*(?P<unit>{UNITS})?(?:e?s)?\b(?:\s+(?P<after>or more|or longer))?",
    re.IGNORECASE,
)
LABEL = re.compile(r"\b(SPF|age|vitamin)(?:\)| of| about)*\s*$", re.IGNORECASE)
AT_LEAST = ("at least", "more than", "or more", "or longer")
UP_TO = ("up to", "up to about", "less than", "within")


@dataclass(frozen=True, order=True)
class Quantity:
    """One figure: a number or a range, what is counted, and whether it is a bound."""

    low: str
    high: str
    unit: str
    bound: Bound

    def __str__(self) -> str:
        numbers = self.low if self.low == self.high else f"{self.low} to {self.high}"
        return " ".join(word for word in (self.bound, numbers, self.unit) if word)


def _bound(match: re.Match[str]) -> Bound:
    said = {(match[name] or "").lower() for name in ("before", "after_number", "after")}
    if said & set(AT_LEAST):
        return "at least"
    return "up to" if said & set(UP_TO) else ""


def quantities(text: str) -> set[Quantity]:
    """Every figure of `text`; a word such as "one" or "a" counts only before a unit."""
    found = set()
    for match in QUANTITY.finditer(text):
        low, unit = match["low"].lower(), (match["unit"] or "").lower()
        label = LABEL.search(text[: match.start("low")])
        bound = _bound(match)
        if low in ("a", "an") and not (bound and unit or _about_before(text, match) and unit):
            continue
        if not low[0].isdigit() and not unit:
            continue
        low = NUMBERS.get(low, "1" if low in ("a", "an") else low)
        high = NUMBERS.get((match["high"] or low).lower(), match["high"] or low)
        found.add(Quantity(low, high, unit or (label[1].lower() if label else ""), bound))
    return found


def _about_before(text: str, match: re.Match[str]) -> bool:
    """Whether "a year" stands for one year, as in "about a year", and not for "each year"."""
    before = text[: match.start("low")].rstrip().lower()
    return before.endswith(("about", "around", "after", "for"))
