"""Signs of danger that are said in words of their own, found by spaCy's matcher.

Beside the classifier, which may miss a rare word. A list of words alone would alarm at "no pus",
"I had an infection last year" or "dying to get rid of it": a sign counts less where the sentence
denies it, puts it into the past, only supposes it, or uses it as an idiom.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import spacy
from scipy.sparse import csr_matrix
from spacy.matcher import Matcher
from spacy.tokens import Doc, Span
from spacy.vocab import Vocab

from scarwise.knowledge.signs import ContextFile, Kind, SignFile, load_sign_files

Reason = Literal["negation", "past", "supposed", "elsewhere", "idioms"]
REASONS: tuple[Reason, ...] = ("negation", "past", "supposed", "elsewhere", "idioms")
GAP = 4  # words that ".." may stand for
DENIED_WITHIN = 5  # words from a negation to the sign that it denies
SENTENCE_ENDS = frozenset(".?!;\n")
MOST_WORDS = 10_000  # whose lines are kept in memory
CLAUSE_ENDS = SENTENCE_ENDS | {"but", "however", "though", "yet", "except"}


@dataclass(frozen=True)
class Sign:
    """A sign in a message, by the number of its line in the files.

    `taken_back` says why it may not be meant, None when nothing does.
    """

    kind: Kind
    line: int
    taken_back: Reason | None
    start: int  # where it stands in the text, in characters
    end: int


@dataclass(frozen=True)
class Found:
    """The signs of one text, and where words stand that take signs back."""

    signs: tuple[Sign, ...]
    cues: tuple[tuple[Reason, int, int], ...]

    @property
    def reasons(self) -> frozenset[Reason]:
        """Which sorts of words that take back stand anywhere in it."""
        return frozenset(reason for reason, _, _ in self.cues)

    def within(self, start: int, end: int) -> Found:
        """What of it stands between two places of the text."""
        return Found(
            tuple(one for one in self.signs if one.start >= start and one.end <= end),
            tuple(one for one in self.cues if one[1] >= start and one[2] <= end),
        )

    def plain(self, kind: Kind | None = None) -> int:
        """How many lines of signs (of one kind, or of any) hold without being taken back."""
        return len(
            {one.line for one in self.signs if not one.taken_back and kind in (None, one.kind)}
        )


def _token(word: str) -> dict[str, Any]:
    if word.endswith("*"):
        return {"LOWER": {"REGEX": "^" + re.escape(word[:-1])}}
    return {"LOWER": word}


def _alternatives(step: str, lists: Mapping[str, Sequence[str]]) -> Iterator[list[dict[str, Any]]]:
    """Each way that one step of a pattern may be said, as tokens."""
    plain, prefixes = [], []
    if step.startswith("<"):
        words = [one for name in step[1:-1].split("|") for one in lists.get(name, [name])]
    else:
        words = step.split("|")
    for word in words:
        if " " in word:
            yield [_token(part) for part in word.split()]
        else:
            (prefixes if word.endswith("*") else plain).append(word)
    found = [re.escape(word) + "$" for word in plain]
    found += [re.escape(word[:-1]) for word in prefixes]
    if found:
        yield [{"LOWER": {"REGEX": f"^(?:{'|'.join(found)})"}}]


def patterns(line: str, lists: Mapping[str, Sequence[str]]) -> list[list[dict[str, Any]]]:
    """spaCy's patterns for one line of a file of signs."""
    ways: list[list[dict[str, Any]]] = [[]]
    for step in line.split():
        if step == "..":
            gap = [{"LOWER": {"NOT_IN": sorted(SENTENCE_ENDS)}, "OP": "?"}] * GAP
            ways = [[*way, *gap] for way in ways]
        else:
            ways = [[*way, *more] for way in ways for more in _alternatives(step, lists)]
    return ways


class _Line:
    """One line of a file, and how a word must begin it.

    spaCy's matcher tries every pattern at every word. Most lines begin with a word that is not in
    the message: they are not tried at all, which makes it several times faster.
    """

    def __init__(self, vocab: Vocab, key: str, line: str, lists: Mapping[str, Sequence[str]]):
        ways = patterns(line, lists)
        self.matcher = Matcher(vocab)
        self.matcher.add(key, ways)
        self._first = re.compile("|".join(f"(?:{_as_regex(way[0])})" for way in ways))

    def may_begin(self, word: str) -> bool:
        """Whether a lower-case word can be its first."""
        return self._first.match(word) is not None


def _as_regex(token: dict[str, Any]) -> str:
    form = token["LOWER"]
    return form["REGEX"] if isinstance(form, dict) else f"^{re.escape(form)}$"


class _Lines:
    """Many lines, found by the words that begin them."""

    def __init__(self, lines: Sequence[_Line]) -> None:
        self._lines = lines
        self._of_word: dict[str, tuple[int, ...]] = {}

    def __call__(self, doc: Doc) -> list[Span]:
        """What of the lines stands in `doc`, in the order in which it ends."""
        tried = {number for word in doc for number in self._beginning_with(word.lower_)}
        found = [
            Span(doc, start, end, label=key)
            for number in sorted(tried)
            for key, start, end in self._lines[number].matcher(doc)
        ]
        return sorted(found, key=lambda span: (span.end, span.start))

    def _beginning_with(self, word: str) -> tuple[int, ...]:
        found = self._of_word.get(word)
        if found is None:
            found = tuple(i for i, line in enumerate(self._lines) if line.may_begin(word))
            if len(self._of_word) < MOST_WORDS:
                self._of_word[word] = found
        return found


class SignFinder:
    """Finds the signs of the files in `data/danger/`."""

    def __init__(self, context: ContextFile, files: Sequence[SignFile]) -> None:
        self._nlp = spacy.blank("en")
        self._nlp.tokenizer.rules = {}  # "can't" stays one word, as the files have it
        self._kinds: list[Kind] = [file.kind for file in files for _ in file.signs]
        signs = enumerate(line for file in files for line in file.signs)
        cues = ((reason, line) for reason in REASONS for line in getattr(context, reason))

        def lines(keyed: Iterable[tuple[object, str]]) -> _Lines:
            vocab = self._nlp.vocab
            return _Lines([_Line(vocab, str(key), line, context.lists) for key, line in keyed])

        self._signs = lines(signs)
        self._cues = lines(cues)

    def find(self, text: str) -> Found:
        """The signs in a plain text, each with what takes it back."""
        doc = self._nlp(text)
        cues = self._cues(doc)
        signs = []
        for span in self._signs(doc):
            line = int(span.label_)
            taken_back = _taken_back(doc, span, cues)
            place = (span.start_char, span.end_char)
            signs.append(Sign(self._kinds[line], line, taken_back, *place))
        return Found(
            tuple(signs),
            tuple((cue.label_, cue.start_char, cue.end_char) for cue in cues),  # type: ignore[misc]
        )

    def rows(self, found: Sequence[Found]) -> csr_matrix:
        """One row a text: lines that hold, lines that are taken back, cues; float32 zeros and
        ones of shape (texts, 2 * lines + reasons)."""
        lines = len(self._kinds)
        columns, ends = [], [0]
        for one in found:
            held = {sign.line + (lines if sign.taken_back else 0) for sign in one.signs}
            held |= {2 * lines + REASONS.index(reason) for reason in one.reasons}
            columns += sorted(held)
            ends.append(len(columns))
        parts = (np.ones(len(columns), np.float32), np.array(columns, np.int32), np.array(ends))
        return csr_matrix(parts, shape=(len(found), 2 * lines + len(REASONS)))


def _taken_back(doc: Doc, sign: Span, cues: Sequence[Span]) -> Reason | None:
    """Why the sign may not be meant; a plain one has no reason."""
    sentence = _stretch(doc, sign, SENTENCE_ENDS)
    clause = _stretch(doc, sign, CLAUSE_ENDS)
    for cue in cues:
        inside = cue.start >= sign.start and cue.end <= sign.end
        if cue.label_ == "idioms":
            if cue.start < sign.end and sign.start < cue.end:
                return "idioms"
        elif cue.label_ == "negation":
            near = sign.start - DENIED_WITHIN <= cue.start < sign.start
            if near and cue.start >= clause.start:
                return "negation"
        elif not inside and cue.start >= sentence.start and cue.end <= sentence.end:
            if cue.label_ == "supposed" and cue.start >= sign.start:
                continue
            return cue.label_  # type: ignore[return-value]
    return None


def _stretch(doc: Doc, sign: Span, ends: frozenset[str]) -> Span:
    """The words around `sign` between two of `ends`."""
    start, end = sign.start, sign.end
    while start > 0 and doc[start - 1].text not in ends:
        start -= 1
    while end < len(doc) and doc[end].text not in ends:
        end += 1
    return doc[start:end]


@lru_cache
def load_signs(folder: Path | None = None) -> SignFinder:
    """The finder of this process; raises `FaultyDataError`."""
    return SignFinder(*load_sign_files(folder))
