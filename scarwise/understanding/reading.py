"""What was understood of one message, and what earlier turns lend to it.

These are the two values that cross the border between the understanding and the dialogue; they
travel through Rasa as plain JSON.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Self

Outcome = Literal["answer", "ask_back", "decline"]
Level = Literal["none", "note", "interrupt"]
MOST_ANSWERED = 3
MOST_OFFERED = 3

FALLBACK_INTENT = "nlu_fallback"
# The key under which the record of what was said travels beside its text; channels never show it.
RECORD = "scarwise"


@dataclass(frozen=True)
class Danger:
    """How sure it is that the message shows danger, and of which kind (a safety topic)."""

    level: Level = "none"
    kind: str | None = None
    chance: float = 0.0  # that it shows danger, all things weighed
    classifier: float = 0.0  # the classifier alone, of the whole message
    signs: int = 0  # signs that nothing takes back
    beside: str = ""  # what of the message asks something and shows no danger


@dataclass(frozen=True)
class Context:
    """The running subject: what was answered and offered last, newest first."""

    topics: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    technique: str | None = None
    scar_type: str | None = None


@dataclass(frozen=True)
class Reading:
    """One message understood."""

    outcome: Outcome
    topics: tuple[str, ...] = ()  # to be answered, in the order asked
    offered: tuple[str, ...] = ()  # "did you mean" or "you may also mean"
    also_asked: tuple[str, ...] = ()  # asked as well, beyond what one message answers
    confidence: float = 0.0
    language: str | None = None  # of a message that is not English
    empty: bool = False  # no content at all
    danger: Danger = field(default_factory=Danger)

    @property
    def intent(self) -> str:
        """The intent that the rules see."""
        if self.danger.level == "interrupt" and self.danger.kind:
            return self.danger.kind
        if self.outcome == "ask_back":
            return FALLBACK_INTENT
        return self.topics[0] if self.outcome == "answer" else "out_of_scope"

    def as_json(self) -> dict[str, Any]:
        """The reading as plain JSON."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        """The reading that `as_json` wrote."""
        fields = {**value, "danger": Danger(**value["danger"])}
        for name in ("topics", "offered", "also_asked"):
            fields[name] = tuple(fields[name])
        return cls(**fields)
