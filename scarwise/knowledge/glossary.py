"""The medical terms that texts for patients may hold, each with the answer that explains it.

A term is explained in plain words where a text uses it first, and by its own answer when a
patient asks what it means.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from scarwise import places
from scarwise.datafile import Schema, read_yaml
from scarwise.faults import Fault, FaultyDataError, fault
from scarwise.knowledge.answers import Answer, spoken
from scarwise.knowledge.wording import any_of

GLOSSARY = "glossary.yml"


class Explained(Schema):
    """One term: the answer that explains it, its other forms, and plain words for it."""

    answer: str
    words: list[str] = []
    plain: list[str] = []
    on_demand: bool = False


class Glossary:
    """The terms by name, and where they stand in a text."""

    def __init__(self, terms: Mapping[str, Explained]) -> None:
        self.terms = terms
        self._names = {
            word.lower(): name for name, term in terms.items() for word in [name, *term.words]
        }
        self._any = any_of(self._names)
        self._plain = {
            name: re.compile("|".join(map(re.escape, term.plain)) or "(?!)", re.IGNORECASE)
            for name, term in terms.items()
        }

    @property
    def words(self) -> Mapping[str, str]:
        """Every form of every term in lower case, with the term's name."""
        return self._names

    def named(self, words: str) -> str | None:
        """The term that `words` are a form of, None when they are none."""
        return self._names.get(words.lower())

    def terms_in(self, text: str) -> list[str]:
        """Names of the terms that `text` holds, in order of first use."""
        return list(dict.fromkeys(self._names[one[0].lower()] for one in self._any.finditer(text)))

    def without_terms(self, text: str) -> str:
        """`text` with every term taken out."""
        return self._any.sub(" ", text)

    def unexplained_in(self, answer: Answer) -> list[str]:
        """Terms of `answer` that it does not put in plain words where a patient reads them first.

        What the patient named to get this answer, its facet or the term that its topic explains,
        needs no words there.
        """
        say, more, short = map(spoken, answer.parts)
        found = [*self._without_words(say), *self._without_words(more, say)]
        found += self._without_words(short)
        asked = {self.named(value) for value in answer.facet.values()}
        return [
            name
            for name in dict.fromkeys(found)
            if self.terms[name].answer == answer.id
            or (name not in asked and self.terms[name].answer != answer.topic)
        ]

    def _without_words(self, text: str, before: str = "") -> list[str]:
        known = f"{before} {text}"
        return [
            name
            for name in self.terms_in(text)
            if not self.terms[name].on_demand and not self._plain[name].search(known)
        ]


@lru_cache
def load_glossary(path: Path | None = None) -> Glossary:
    """The terms; raises `FaultyDataError` when a word stands for two of them."""
    path = path or places.DATA / GLOSSARY
    terms = read_yaml(path, dict[str, Explained])
    meanings: dict[str, str] = {}
    faults: list[Fault] = []
    for name, term in terms.items():
        if not term.plain and not term.on_demand:
            faults.append(fault(path, f"{name} has no plain words; add `plain` or `on_demand`"))
        for word in [name, *term.words]:
            earlier = meanings.setdefault(word.lower(), name)
            if earlier != name:
                faults.append(fault(path, f"{word!r} also stands for {earlier}; keep one"))
    if faults:
        raise FaultyDataError(faults)
    return Glossary(terms)
