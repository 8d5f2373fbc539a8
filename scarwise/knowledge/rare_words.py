"""Words that patients seldom meet: what is rare in print is everyday speech, explained, or a fault.

How rare a word is comes from the word list that ships with symspellpy, by how often it stands in
books.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cache
from importlib.resources import files

COMMON = 8000  # as many words count as known to everybody
WORD = re.compile(r"[A-Za-z][a-z]*(?:-[A-Za-z][a-z]*)*|[A-Z]{2,}")
ENDINGS = ("", "s", "es", "d", "ed", "r", "er", "st", "est", "ing", "ly", "n", "en")


@cache
def _common() -> frozenset[str]:
    """The most common words of English."""
    path = files("symspellpy") / "frequency_dictionary_en_82_765.txt"
    lines = (line.split() for line in path.read_text(encoding="utf-8-sig").splitlines())
    counts = {word: int(count) for word, count in lines}
    return frozenset(sorted(counts, key=counts.__getitem__, reverse=True)[:COMMON])


def _is_common(word: str) -> bool:
    """Whether `word`, or what it is a form of, is common."""
    known = _common()
    for ending in ENDINGS:
        if word.endswith(ending):
            base = word[: len(word) - len(ending)]
            forms = {base, f"{base}e", base[:-1] if base[-1:] == base[-2:-1] else base}
            forms |= {f"{base[:-1]}y"} if base.endswith("i") else set()
            if any(len(form) > 1 and form in known for form in forms):
                return True
    return False


def rare_words(text: str, everyday: Collection[str]) -> Iterator[str]:
    """The words of `text` that are neither common nor in `everyday`."""
    for found in WORD.findall(text):
        for word in found.lower().split("-"):
            if word not in everyday and len(word) > 1 and not _is_common(word):
                yield word
