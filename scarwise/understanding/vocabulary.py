"""The words that the assistant knows, and the repair of those that were mistyped.

A message without one known word is never answered. A mistyped word is repaired toward the words
that patients use here, and only when it is no English word itself.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

from symspellpy import SymSpell, Verbosity

TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
POSSESSIVE = re.compile(r"'s?$")
SHORTEST_REPAIRED = 4
LONG_WORD = 8  # from this length on, two slips are repaired
DICTIONARY = "frequency_dictionary_en_82_765.txt"  # ships with symspellpy
# Words that say nothing of a subject: they alone are no reason to answer.
EMPTY_WORDS = frozenset(
    "a an and are as at be been but by can could did do does for from get got had has have he her "
    "his how i if in is it its it's me my no not of on or our she so some than that the their them "
    "then there they this to too up was we were what when where which who will with would you your "
    "yes ok okay oh ah hm lol x xx ll ve re s t d m".split()
)


@lru_cache
def english_words() -> dict[str, int]:
    """English words with their frequency, from the dictionary that symspellpy brings."""
    text = files("symspellpy").joinpath(DICTIONARY).read_text(encoding="utf-8-sig")
    pairs = (line.split() for line in text.splitlines())
    return {word: int(count) for word, count in pairs}


def words(text: str) -> list[str]:
    """The words of a text in lower case, without a possessive 's."""
    return [POSSESSIVE.sub("", match[0].lower()) for match in TOKEN.finditer(text)]


class Vocabulary:
    """Words of the training phrasings, with how often each occurs."""

    def __init__(self, counts: dict[str, int]) -> None:
        self.counts = counts
        # Correct English words that occur here, and others (names of products) that occur often.
        self._known = {
            word for word, count in counts.items() if count >= 3 or word in english_words()
        }
        self._speller = SymSpell(max_dictionary_edit_distance=2, prefix_length=7)
        for word in self._known:
            if len(word) >= SHORTEST_REPAIRED:
                self._speller.create_dictionary_entry(word, counts[word])

    @classmethod
    def of(cls, texts: Iterable[str]) -> Vocabulary:
        """The vocabulary of normalized texts."""
        return cls(dict(Counter(word for text in texts for word in words(text))))

    def __contains__(self, word: str) -> bool:
        return word in self._known or word in EMPTY_WORDS

    def known_share(self, text: str) -> float:
        """The share of the text's words that are known here or English, 0.0 without words."""
        found = words(text)
        if not found:
            return 0.0
        english = english_words()
        return sum(word in self._known or word in english for word in found) / len(found)

    def has_content(self, text: str) -> bool:
        """Whether at least one word of the training phrasings says something of a subject."""
        return any(word in self._known and word not in EMPTY_WORDS for word in words(text))

    def repair(self, text: str) -> str:
        """`text` with mistyped words mended; words that English knows are left alone."""
        return TOKEN.sub(lambda match: self._repaired(match[0]), text)

    def _repaired(self, word: str) -> str:
        plain = POSSESSIVE.sub("", word.lower())
        too_short = len(plain) < SHORTEST_REPAIRED or not plain.isascii()
        if too_short or plain in self._known or plain in english_words():
            return word
        distance = 2 if len(plain) >= LONG_WORD else 1
        found = self._speller.lookup(plain, Verbosity.CLOSEST, max_edit_distance=distance)
        return found[0].term if found else word
