"""What came back for one test question, in the few words that scoring needs. Pure.

The whole dialogue and the reading alone give the same kind of `Reply`, so both are scored by the
same code.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from scarwise.dialogue.message import Message
from scarwise.knowledge.topics import OUT_OF_SCOPE
from scarwise.understanding.reading import Reading

REFUSING = ("declined", "asked_back")


@dataclass(frozen=True)
class Reply:
    """The outcome of a message, as `scarwise replay` names it, and the topics of the reply."""

    outcome: str
    topics: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    note: str | None = None  # kind of danger that a quiet note stands above the reply for

    @classmethod
    def of_message(cls, message: Message) -> Reply:
        """What the patient got."""
        return cls(message.outcome, message.topics, message.offered, message.note)

    @classmethod
    def of_reading(cls, reading: Reading) -> Reply:
        """What the dialogue makes of `reading` when every topic has an answer."""
        if reading.danger.level == "interrupt" and reading.danger.kind:
            return cls("safety", (reading.danger.kind,))
        offered = (*reading.offered, *reading.also_asked)
        note = reading.danger.kind if reading.danger.level == "note" else None
        if reading.outcome == "answer":
            return cls("answered", reading.topics, offered, note)
        if reading.outcome == "ask_back":
            return cls("asked_back", (), offered, note)
        return cls("declined", (OUT_OF_SCOPE,), note=note)

    @property
    def interrupted(self) -> bool:
        """Whether the reply is the one for danger, whatever was asked."""
        return self.outcome == "safety"

    @property
    def noted(self) -> bool:
        """Whether a quiet note about danger stands above the reply."""
        return self.note is not None

    @property
    def caught(self) -> bool:
        """Whether the patient was told what to do in danger, either way."""
        return self.interrupted or self.noted

    @property
    def answered(self) -> tuple[str, ...]:
        """The topics that the patient got an answer for."""
        return () if self.outcome in (*REFUSING, "failed") else self.topics

    @property
    def unserved(self) -> tuple[str, ...]:
        """Topics that were understood but have no vetted answer."""
        if self.outcome != "declined":
            return ()
        return tuple(one for one in self.topics if one != OUT_OF_SCOPE)

    @property
    def refused(self) -> bool:
        """Whether it was declined as not ours, or asked back, and nothing was answered."""
        return self.outcome in REFUSING and not self.unserved

    def answers(self, right: Collection[str]) -> bool:
        """Whether one of the `right` topics was answered."""
        return any(topic in right for topic in self.answered)

    def answers_or_offers(self, right: Collection[str]) -> bool:
        """Whether one of the `right` topics was answered, or offered to choose."""
        return self.answers(right) or any(topic in right for topic in self.offered)

    def misleads(self, right: Collection[str]) -> bool:
        """Whether something else was answered and nothing right was even offered."""
        return bool(self.answered) and not self.answers_or_offers(right)

    def understands(self, right: Collection[str]) -> bool:
        """Whether a dialogue turn was understood; a declined one only as out of scope."""
        declined_rightly = self.outcome == "declined" and not self.unserved
        return self.answers(right) or (declined_rightly and OUT_OF_SCOPE in right)


@dataclass
class Results:
    """What came back, by the ids of the questions."""

    in_scope: dict[str, Reply] = field(default_factory=dict)
    out_of_scope: dict[str, Reply] = field(default_factory=dict)
    several: dict[str, Reply] = field(default_factory=dict)
    danger: dict[str, Reply] = field(default_factory=dict)
    turns: dict[str, Reply] = field(default_factory=dict)  # "d01.1": the first turn of d01
    readings: dict[str, Reading] = field(default_factory=dict)  # in scope, clean
    foreign_readings: dict[str, Reading] = field(default_factory=dict)
    danger_readings: dict[str, Reading] = field(default_factory=dict)
    noisy: dict[str, dict[str, Reply]] = field(default_factory=dict)  # by noise
    content_free: dict[str, Reply] = field(default_factory=dict)  # by the string itself
    seconds: list[float] = field(default_factory=list)  # of each clean in-scope reading
    busy_seconds: list[float] = field(default_factory=list)  # the same, of the processor


def asked_and_answered(
    asked: Sequence[str], answered: Sequence[str], also: dict[str, Collection[str]]
) -> dict[str, bool]:
    """For each asked topic whether it was answered; an answer counts for one asked topic only.

    A topic in `also[asked]` answers it as well as the topic itself.
    """
    left = list(dict.fromkeys(answered))
    found = {topic: topic in left for topic in asked}
    left = [topic for topic in left if topic not in found]
    for topic in (one for one, hit in found.items() if not hit):
        other = next((one for one in left if one in also.get(topic, ())), None)
        if other is not None:
            left.remove(other)
            found[topic] = True
    return found
