"""Words that a text for patients may not hold: promises, doses, prices, jargon, British spelling.

The words lie in `data/wording.yml` and `data/spelling.yml`, so that a clinic can add to them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from pathlib import Path

from pydantic import ConfigDict

from scarwise import places
from scarwise.datafile import Schema, read_yaml

CLAUSE_END = re.compile(r"[.;:!?,]|\b(?:but|and|so)\b", re.IGNORECASE)
TAKEN_BACK = re.compile(
    r"\b(?:no|not|never|cannot|can't|neither|nor|none|without)\b|n't\b", re.IGNORECASE
)
DOSE_OR_PRICE = re.compile(
    r"[$€£]\s*\d|\d\s*(?:mg|mcg|ml|milligrams?|grams?|units?|pills?|tablets?|drops?|puffs?|"
    r"dollars?|pounds?|euros?)\b|\b(?:one|two|three|four) (?:pills?|tablets?)\b",
    re.IGNORECASE,
)  # fmt: skip


def any_of(words: Iterable[str]) -> re.Pattern[str]:
    """A pattern that finds each of `words` as a whole, the longest first."""
    longest = sorted(map(re.escape, words), key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(longest) or '(?!)'})(?![\w-])", re.IGNORECASE)


class Wording(Schema):
    """The lists of words."""

    model_config = ConfigDict(extra="forbid", frozen=True, ignored_types=(cached_property,))

    promises: list[str]
    jargon: dict[str, str]
    comfort: list[str]
    same: list[list[str]]
    everyday: list[str]
    spelling: dict[str, str] = {}

    @cached_property
    def _promise(self) -> re.Pattern[str]:
        return any_of(self.promises)

    @cached_property
    def _jargon(self) -> re.Pattern[str]:
        return any_of(self.jargon)

    @cached_property
    def _british(self) -> re.Pattern[str]:
        return any_of(self.spelling)

    def promised(self, text: str) -> Iterator[str]:
        """The promises of `text` that nothing takes back in their own clause."""
        for match in self._promise.finditer(text):
            before = CLAUSE_END.split(text[: match.start()])[-1]
            if not TAKEN_BACK.search(before):
                yield match[0]

    def jargon_of(self, text: str) -> Iterator[tuple[str, str]]:
        """Each word of `text` that has a plainer sister, and the sister."""
        for match in self._jargon.finditer(text):
            yield match[0], self.jargon[match[0].lower()]

    def misspelled(self, text: str) -> Iterator[tuple[str, str]]:
        """Each British spelling in `text`, and the American one."""
        for match in self._british.finditer(text):
            yield match[0], self.spelling[match[0].lower()]


def doses_and_prices(text: str) -> list[str]:
    """What in `text` looks like a dose or a price."""
    return [match[0] for match in DOSE_OR_PRICE.finditer(text)]


@lru_cache
def load_wording(folder: Path | None = None) -> Wording:
    """The lists of words; raises `FaultyDataError`."""
    folder = folder or places.DATA
    lists = read_yaml(folder / "wording.yml", Wording)
    spelling = read_yaml(folder / "spelling.yml", dict[str, str])
    return lists.model_copy(update={"spelling": spelling})
