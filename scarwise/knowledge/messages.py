"""Whole messages as patients send them, with every topic that each asks: none, one or several.

The judge learns from them what to believe of a message's parts. They are no phrasings for the
classifier: it must not have seen what its judge learns from.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from scarwise import places
from scarwise.datafile import Schema, read_yaml
from scarwise.faults import Fault, FaultyDataError, fault
from scarwise.knowledge.questions import example_lines
from scarwise.knowledge.topics import load_topics


class MessageGroup(Schema):
    """Messages that ask the same topics, after the topic `after` was answered, if any."""

    asks: list[str]  # in the order asked; empty: nothing that is ours
    after: str | None = None
    examples: str


class MessageFile(Schema):
    """Messages of one sort."""

    messages: list[MessageGroup]


@dataclass(frozen=True)
class WholeMessage:
    """One message with the topics that it asks."""

    text: str
    asks: tuple[str, ...]
    after: str | None
    path: Path


@lru_cache
def load_messages(folder: Path | None = None) -> tuple[WholeMessage, ...]:
    """Every message, in the order of the files; raises `FaultyDataError` with every fault."""
    folder = folder or places.DATA / "messages"
    found: list[WholeMessage] = []
    faults: list[Fault] = []
    for path in sorted(folder.glob("*.yml")):
        try:
            file = read_yaml(path, MessageFile)
        except FaultyDataError as error:
            faults += error.faults
            continue
        for group in file.messages:
            lines, wrong = example_lines(path, group.examples)
            found += [WholeMessage(line, tuple(group.asks), group.after, path) for line in lines]
            faults += [*wrong, *_unknown_topics(path, group)]
    if faults:
        raise FaultyDataError(faults)
    return tuple(found)


def _unknown_topics(path: Path, group: MessageGroup) -> list[Fault]:
    named = [*group.asks, *([group.after] if group.after else [])]
    return [
        fault(path, f"{one} is not in data/topics.yml; correct it")
        for one in named
        if one not in load_topics()
    ]
