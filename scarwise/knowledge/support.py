"""Whether a sentence says what the passages that it cites say: key terms, numbers, negations.

A program cannot judge meaning. It can see that a sentence shares the words that carry it with its
passages, that every figure stands there with its unit and its bound, that what is denied there is
denied here, and that nothing became surer than it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

import snowballstemmer
from spacy.lang.en.stop_words import STOP_WORDS

from scarwise.knowledge.glossary import Glossary
from scarwise.knowledge.quantities import quantities
from scarwise.knowledge.sentence_form import is_request
from scarwise.knowledge.wording import Wording

LEAST_SHARED = 0.5  # of a sentence's words that carry meaning
TOKEN = re.compile(r"[a-z]+(?:[-'][a-z]+)*|\d+|[.,;:()]")
# spaCy's list of empty words holds some that carry meaning in an answer.
MEANINGFUL = {
    "call",
    "move",
    "keep",
    "take",
    "put",
    "show",
    "full",
    "side",
    "back",
    "never",
    "used",
    "using",
}
EMPTY = (STOP_WORDS - MEANINGFUL) | set(
    "don't doesn't isn't aren't can't won't yours way ways kind kinds case cases thing things like "
    "need needs one's also too then may might right far lot get gets let able".split()
)
NEGATION = frozenset(
    "not no never cannot can't without neither nor none nobody nothing don't doesn't isn't aren't "
    "won't".split()
)
# Words that deny what they are made of.
DENIED = {
    "unlikely": ["not", "likely"],
    "harmless": ["no", "harm"],
    "disagree": ["not", "agree"],
    "lacking": ["no", "lack"],
    "lack": ["no", "lack"],
    "unwelcome": ["not", "want", ","],
}
SCOPE_END = frozenset(
    [*".,;:()", *"is are but and so since because while if unless before until".split()]
)
ABSOLUTE = frozenset("always never every must only complet none will".split())
# What makes a statement less than sure; an answer keeps one of them, if not the same.
UNSURE = re.compile(
    r"\b(?:may|might|can|could|often|usual|usually|commonly|mostly|sometimes|likely|unlikely|"
    r"rarely|some cases)\b",
    re.IGNORECASE,
)
HEDGE = re.compile(
    rf"{UNSURE.pattern}|\b(?:cannot|should|common|most|rare|not always|aims?|goal|advise[sd]?)\b",
    re.IGNORECASE,
)
CLAUSE = re.compile(
    r"[;:.]|, | but | while | since | because | and (?=(?:it|they|may|can|could|do|does|is|are)\b)"
)
PARENTHESES = re.compile(r"\(([^)]*)\)")
# What is asked or named for asking is not stated.
ASKING = re.compile(
    r"(?:^|[,;] )(?:(?:so|and|then|please|you can) )*(?:ask|tell|talk|say|call|a doctor can talk)\b"
)
# Nouns that a denied clause may share with any sentence.
GENERAL = frozenset(
    "scar skin wound mark treatment surgeri doctor patient revis way time risk surgeon laser "
    "line hair keloid".split()
)


class Reader:
    """Cuts texts into the stems that are compared; knows which words mean the same.

    `meanings` holds, for each term, the passages that explain it: what stands in parentheses
    beside a term may rest on them.
    """

    def __init__(
        self, glossary: Glossary, wording: Wording, meanings: Mapping[str, Sequence[str]]
    ) -> None:
        self.glossary = glossary
        self.meanings = meanings
        self._meanings: dict[tuple[str, ...], str] = {}
        for line in wording.same:
            first = "-".join(_stem(word) for word in line[0].split())
            for phrase in line:
                self._meanings[tuple(_stem(word) for word in phrase.split())] = first
        self._longest = max(map(len, self._meanings), default=1)

    def tokens(self, text: str) -> list[str]:
        """Stems of `text` in order, words of one meaning as one; punctuation is kept."""
        plain = text.lower().replace("’", "'")
        found: list[str] = []
        for token in TOKEN.findall(plain):
            found += DENIED.get(token, [token])
        return list(self._merged([_stem(one) for one in found]))

    def _merged(self, stems: Sequence[str]) -> Iterator[str]:
        """`stems` with the longest phrases of one meaning as one word."""
        at = 0
        while at < len(stems):
            for size in range(self._longest, 0, -1):
                phrase = tuple(stems[at : at + size])
                if phrase in self._meanings:
                    yield self._meanings[phrase]
                    break
            else:
                yield stems[at]
            at += size

    def carrying(self, text: str) -> set[str]:
        """The stems of `text` that carry its meaning."""
        return {
            one
            for one in self.tokens(text)
            if one[0].isalpha() and one not in EMPTY and one not in NEGATION
        }

    def denied(self, text: str) -> tuple[list[set[str]], set[str]]:
        """The stems that each negation of `text` reaches, and those that none reaches."""
        inside: list[set[str]] = []
        outside: set[str] = set()
        reached = False
        for one in self.tokens(PARENTHESES.sub(" ", text)):
            if one in NEGATION:
                if not reached:
                    inside.append(set())
                reached = True
            elif one in SCOPE_END:
                reached = False
            elif one[0].isalpha() and one not in EMPTY:
                (inside[-1] if reached else outside).add(one)
        return inside, outside


@lru_cache(maxsize=1)
def _stemmer() -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer("english")


@lru_cache(maxsize=8192)
def _stem(word: str) -> str:
    kept = word in EMPTY or word in NEGATION or not word[0].isalpha()
    return word if kept else _stemmer().stemWord(word)


def objections(sentence: str, passages: Sequence[str], reader: Reader) -> Iterator[str]:
    """Why `passages` do not carry `sentence`; nothing when they do."""
    source = " ".join(passages)
    yield from _terms_missing(sentence, source, reader)
    yield from _figures_missing(sentence, source)
    yield from _denials_changed(sentence, passages, reader)
    yield from _surer(sentence, source, reader)


def _terms_missing(sentence: str, source: str, reader: Reader) -> Iterator[str]:
    """Medical terms that no passage names, and too few words in common."""
    stated = _stated(sentence)
    outside = PARENTHESES.sub(" ", stated)
    for term in reader.glossary.terms_in(outside):
        if not _named(term, source, reader):
            yield f"names {term}, which its passages do not"
    inside = " ".join(PARENTHESES.findall(stated))
    terms = reader.glossary.terms_in(stated)
    explained = " ".join(text for term in terms for text in reader.meanings.get(term, ()))
    shared = reader.carrying(outside) & reader.carrying(source)
    shared |= reader.carrying(inside) & reader.carrying(f"{source} {explained}")
    words = reader.carrying(stated)
    if words and len(shared) < LEAST_SHARED * len(words):
        missing = ", ".join(sorted(words - shared))
        yield f"shares {len(shared)} of {len(words)} words with its passages; not {missing}"


def _stated(sentence: str) -> str:
    """What a sentence states: of "Ask the doctor when ...", only whom to ask."""
    asking = ASKING.search(sentence.lower())
    return sentence[: asking.end()] if asking else sentence


def _named(term: str, source: str, reader: Reader) -> bool:
    """Whether `source` holds the words of `term`, or of one of its other forms."""
    known = reader.carrying(source)
    forms = [term, *reader.glossary.terms[term].words]
    return any(reader.carrying(form) <= known for form in forms)


def _figures_missing(sentence: str, source: str) -> Iterator[str]:
    for one in sorted(quantities(sentence) - quantities(source)):
        yield f"says {one}, which its passages do not"


def _denials_changed(sentence: str, passages: Sequence[str], reader: Reader) -> Iterator[str]:
    """Denials that the passages do not make, and assertions of what they deny."""
    denials, asserted = reader.denied(_stated(sentence))
    denied = set().union(*denials)
    source_denials: list[set[str]] = []
    source_asserted: set[str] = set()
    for passage in passages:
        inside, outside = reader.denied(passage)
        source_denials += inside
        source_asserted |= outside
    source_denied = set().union(*source_denials)
    if denied and not denied & source_denied:
        yield f"denies {', '.join(sorted(denied))}, and its passages do not"
    named = reader.carrying(" ".join(reader.glossary.terms_in(sentence)))
    turned = (asserted & source_denied) - source_asserted - denied - GENERAL - named
    for one in source_denials:
        whole = one - GENERAL - named
        if whole and whole <= asserted and not whole & denied:
            turned |= whole
    for word in sorted(turned):
        yield f"asserts {word}, which its passages deny"


def _surer(sentence: str, source: str, reader: Reader) -> Iterator[str]:
    """Words that leave no exception, and a lost "may"."""
    stated = _stated(sentence)
    said = ABSOLUTE.intersection(reader.tokens(stated))
    for one in sorted(said.difference(reader.tokens(source))):
        yield f"says {one}, which its passages do not"
    if is_request(sentence) or HEDGE.search(sentence) or not source:
        return
    clauses = [one for one in CLAUSE.split(source) if one.strip()]
    asking = ASKING.search(sentence.lower())
    told = PARENTHESES.sub("", stated[: asking.start()] if asking else stated)
    for part in CLAUSE.split(told):
        words = reader.carrying(part) - GENERAL or reader.carrying(part)
        shared = [len(words & reader.carrying(one)) for one in clauses]
        nearest = [one for one, count in zip(clauses, shared, strict=True) if count == max(shared)]
        lost = [UNSURE.search(one) for one in nearest]
        if max(shared) and lost[0] and all(lost):
            yield f"lost the {lost[0][0]!r} of its passage"
            return
