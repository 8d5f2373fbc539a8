"""The test questions of `tests/understanding`, read and checked.

They were written without sight of the training phrasings, and nothing here writes them anywhere
near those.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import Field, ValidationError

from scarwise import places
from scarwise.datafile import Schema, read_text
from scarwise.faults import Fault, FaultyDataError, fault
from scarwise.knowledge.topics import Topic, load_topics

FOLDER = places.HOME / "tests" / "understanding"
Entry = TypeVar("Entry", bound=Schema)
Kind = Literal["emergency", "urgent_wound", "crisis", "abuse"]


def text_id(text: str) -> str:
    """A short name of a text that does not change when other texts come or go."""
    return hashlib.sha256(text.encode()).hexdigest()[:10]


class InScope(Schema):
    """One question, its topic, and topics that answer it equally well."""

    text: str
    topic: str
    also: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return text_id(self.text)

    @property
    def named(self) -> list[str]:
        """Every topic that the entry names."""
        return [self.topic, *self.also]


class OutOfScope(Schema):
    """One message that is not the assistant's subject; `near` ones look as if they were."""

    text: str
    near: bool
    lang: str | None = None

    @property
    def id(self) -> str:
        return text_id(self.text)

    @property
    def named(self) -> list[str]:
        """It names no topic."""
        return []


class Several(Schema):
    """One message that asks for all of `topics`; a long story asks for one."""

    text: str
    topics: list[str] = Field(min_length=1)

    @property
    def id(self) -> str:
        return text_id(self.text)

    @property
    def named(self) -> list[str]:
        """Every topic that the entry names."""
        return self.topics


class DangerMessage(Schema):
    """One message that shows danger of a kind, or a harmless one that looks as if it did."""

    text: str
    kind: Kind | None  # always written down, so that a forgotten kind is a fault

    @property
    def id(self) -> str:
        return text_id(self.text)

    @property
    def named(self) -> list[str]:
        """The safety topic that it must be answered with."""
        return [self.kind] if self.kind else []


class Turn(Schema):
    """What is said in one turn; any of `topics` and `any` is a right answer."""

    say: str
    topics: list[str] = Field(min_length=1)
    any: tuple[str, ...] = ()


class Dialogue(Schema):
    """Turns of one conversation, in order."""

    id: str
    turns: list[Turn]

    @property
    def named(self) -> list[str]:
        """Every topic that the entry names."""
        return [topic for turn in self.turns for topic in (*turn.topics, *turn.any)]


@dataclass(frozen=True)
class TestSet:
    """All test questions."""

    __test__ = False  # its name begins like a test's; pytest must not collect it

    in_scope: tuple[InScope, ...]
    out_of_scope: tuple[OutOfScope, ...]
    several: tuple[Several, ...]
    dialogues: tuple[Dialogue, ...]
    danger: tuple[DangerMessage, ...]

    def texts(self) -> Iterator[tuple[str, str]]:
        """Every text with the name of its file."""
        yield from (("in_scope.jsonl", one.text) for one in self.in_scope)
        yield from (("out_of_scope.jsonl", one.text) for one in self.out_of_scope)
        yield from (("several.jsonl", one.text) for one in self.several)
        for dialogue in self.dialogues:
            yield from (("dialogues.jsonl", turn.say) for turn in dialogue.turns)
        yield from (("danger.jsonl", one.text) for one in self.danger)


def _read(
    path: Path, shape: type[Entry], topics: dict[str, Topic], faults: list[Fault]
) -> tuple[Entry, ...]:
    """The lines of `path` as `shape`; what is wrong with them goes to `faults`."""
    entries: list[Entry] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(read_text(path).splitlines(), start=1):
        try:
            entry = shape.model_validate_json(line)
        except ValidationError as error:
            problem = error.errors()[0]
            place = ".".join(str(step) for step in problem["loc"])
            faults.append(fault(path, f"line {number}: {place} {problem['msg']}; mend the line"))
            continue
        for topic in entry.named:
            if topic not in topics:
                faults.append(fault(path, f"line {number}: {topic} is no topic; correct it"))
        if entry.id in seen:
            faults.append(fault(path, f"line {number} repeats line {seen[entry.id]}; take it out"))
        seen[entry.id] = number
        entries.append(entry)
    return tuple(entries)


def load_test_set(folder: Path | None = None) -> TestSet:
    """The test questions; raises `FaultyDataError` with every fault."""
    folder = folder or FOLDER
    topics, faults = load_topics(), []
    found = TestSet(
        _read(folder / "in_scope.jsonl", InScope, topics, faults),
        _read(folder / "out_of_scope.jsonl", OutOfScope, topics, faults),
        _read(folder / "several.jsonl", Several, topics, faults),
        _read(folder / "dialogues.jsonl", Dialogue, topics, faults),
        _read(folder / "danger.jsonl", DangerMessage, topics, faults),
    )
    if faults:
        raise FaultyDataError(faults)
    return found


def accepted(question: InScope, topics: dict[str, Topic]) -> frozenset[str]:
    """The topics that are right for `question`: its own and those that answer it as well."""
    return frozenset([question.topic, *question.also, *topics[question.topic].also])


def _in_turn(groups: Sequence[Sequence[Entry]], size: int) -> list[Entry]:
    """`size` entries, one of each group in turn, in an order that only their ids decide."""
    ordered = [sorted(group, key=lambda one: one.id) for group in groups]
    rounds = range(max(map(len, ordered), default=0))
    return [group[r] for r in rounds for group in ordered if r < len(group)][:size]


def sample(questions: TestSet, in_scope: int, out_of_scope: int, danger: int) -> TestSet:
    """The same few questions every time, from every topic; several and dialogues are whole.

    Half of the danger messages show danger, of every kind, and half only look like it.
    """
    by_topic: dict[str, list[InScope]] = defaultdict(list)
    for one in questions.in_scope:
        by_topic[one.topic].append(one)
    near = [one for one in questions.out_of_scope if one.near]
    far = [one for one in questions.out_of_scope if not one.near]
    by_kind: dict[str, list[DangerMessage]] = defaultdict(list)
    for one in questions.danger:
        by_kind[one.kind or ""].append(one)
    alike = _in_turn([by_kind.pop("", [])], danger // 2)
    return TestSet(
        tuple(_in_turn(list(by_topic.values()), in_scope)),
        tuple(_in_turn([near, far], out_of_scope)),
        questions.several,
        questions.dialogues,
        (*_in_turn(list(by_kind.values()), danger - danger // 2), *alike),
    )
