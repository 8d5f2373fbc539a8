"""How patients ask: phrasings of every topic, each group saying where it came from.

Terms are marked as Rasa writes them, `[kelloid](scar_type)`; `scarwise annotate` marks them for
you, and `scarwise check` reports any that were forgotten.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import spacy
from pydantic import Field

from scarwise import places
from scarwise.datafile import Schema, read_yaml
from scarwise.faults import Fault, FaultyDataError, fault
from scarwise.knowledge.terms import TermFile, add_ruler

MARK = re.compile(r"\[(?P<words>[^\[\]]+)\]\((?P<entity>[a-z_]+)\)")


class QuestionGroup(Schema):
    """Phrasings of one origin: a passage id, a heading, or the way of speaking they show."""

    origin: str = Field(alias="from")
    examples: str


class QuestionFile(Schema):
    """All phrasings of one topic."""

    topic: str
    questions: list[QuestionGroup]


@dataclass(frozen=True)
class Question:
    """One phrasing with its marks, its topic and its origin."""

    marked: str
    topic: str
    origin: str
    path: Path

    @property
    def text(self) -> str:
        """What the patient wrote, without marks."""
        return MARK.sub(lambda match: match["words"], self.marked)

    @property
    def key(self) -> str:
        """The text as compared for duplicates: case, accents and punctuation do not count."""
        return comparable(self.text)


def comparable(text: str) -> str:
    """`text` in lower case without accents and punctuation, single-spaced."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    letters = "".join(
        c if c.isalnum() or c == "'" else " " for c in plain if not unicodedata.combining(c)
    )
    return " ".join(letters.replace("'", "").split())


def example_lines(path: Path, examples: str) -> tuple[list[str], list[Fault]]:
    """The phrasings of a block of lines that begin with "- "."""
    lines, faults = [], []
    for line in examples.splitlines():
        if not line.startswith("- ") or not line[2:].strip():
            faults.append(fault(path, f"{line[:50]!r} must begin with '- ' and a phrasing"))
        else:
            lines.append(line[2:].strip())
    return lines, faults


def _examples(path: Path, file: QuestionFile) -> tuple[list[Question], list[Fault]]:
    questions, faults = [], []
    for group in file.questions:
        lines, wrong = example_lines(path, group.examples)
        questions += [Question(line, file.topic, group.origin, path) for line in lines]
        faults += wrong
    return questions, faults


@lru_cache
def load_questions(folder: Path | None = None) -> tuple[Question, ...]:
    """Every phrasing, in the order of the files; raises `FaultyDataError` with every fault."""
    folder = folder or places.DATA / "questions"
    questions: list[Question] = []
    faults: list[Fault] = []
    for path in sorted(folder.glob("*/*.yml")):
        try:
            found, wrong = _examples(path, read_yaml(path, QuestionFile))
        except FaultyDataError as error:
            faults += error.faults
            continue
        if found and found[0].topic != path.stem:
            wrong.append(fault(path, f"is about {found[0].topic}; name it {found[0].topic}.yml"))
        questions += found
        faults += wrong
    if faults:
        raise FaultyDataError(faults)
    return tuple(questions)


class FollowUpGroup(Schema):
    """Follow-ups that one topic answers."""

    topic: str
    examples: str


class FollowUpFile(Schema):
    """What patients say next, after the topic `after` was answered."""

    after: str
    follow_ups: list[FollowUpGroup]


@dataclass(frozen=True)
class FollowUp:
    """A short message that is understood only with the topic answered just before."""

    text: str
    after: str
    topic: str
    path: Path


@lru_cache
def load_follow_ups(folder: Path | None = None) -> tuple[FollowUp, ...]:
    """Every follow-up, in the order of the files; raises `FaultyDataError` with every fault."""
    folder = folder or places.DATA / "follow_ups"
    found: list[FollowUp] = []
    faults: list[Fault] = []
    for path in sorted(folder.glob("*/*.yml")):
        try:
            file = read_yaml(path, FollowUpFile)
        except FaultyDataError as error:
            faults += error.faults
            continue
        if file.after != path.stem:
            faults.append(fault(path, f"is about {file.after}; name it {file.after}.yml"))
        for group in file.follow_ups:
            lines, wrong = example_lines(path, group.examples)
            found += [FollowUp(line, file.after, group.topic, path) for line in lines]
            faults += wrong
    if faults:
        raise FaultyDataError(faults)
    return tuple(found)


class Annotator:
    """Marks the known terms of a phrasing, as the assistant will find them."""

    def __init__(self, terms: dict[str, TermFile]) -> None:
        self._nlp = add_ruler(spacy.blank("en"), terms)

    def mark(self, text: str) -> str:
        """`text` with every term marked, last first so that places stay true."""
        for span in reversed(self._nlp(text).ents):
            marked = f"[{span.text}]({span.label_})"
            text = text[: span.start_char] + marked + text[span.end_char :]
        return text
