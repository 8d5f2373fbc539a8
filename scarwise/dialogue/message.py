"""One message to a patient, with a record of what it is, as it travels through Rasa."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, Self

from scarwise.understanding.reading import RECORD

Outcome = Literal["answered", "asked_back", "declined", "safety", "conversation", "form", "failed"]
PARAGRAPH = "\n\n"


@dataclass(frozen=True)
class Said:
    """One answer that was said: its topic, its id and the revision of its words."""

    topic: str
    answer: str
    revision: str


@dataclass(frozen=True)
class Message:
    """What the patient reads, which buttons stand below it, and the record of it."""

    text: str
    outcome: Outcome
    topics: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()  # "did you mean" and "you may also mean"
    buttons: tuple[tuple[str, str], ...] = ()  # (title, payload)
    said: tuple[Said, ...] = ()
    note: str | None = None  # safety topic of a quiet note above the answer
    slot: str | None = None  # of a form, when one is being asked for

    def record(self) -> dict[str, Any]:
        """The record as plain JSON."""
        fields = {k: v for k, v in asdict(self).items() if k not in ("text", "buttons")}
        return {k: list(v) if isinstance(v, tuple) else v for k, v in fields.items()}

    def as_response(self) -> dict[str, Any]:
        """The message as Rasa's responses and dispatchers carry it."""
        buttons = [{"title": title, "payload": payload} for title, payload in self.buttons]
        return {"text": self.text, "buttons": buttons, RECORD: self.record()}

    @classmethod
    def from_response(cls, response: dict[str, Any]) -> Self | None:
        """The message in a response, None when the response carries no record."""
        record = response.get(RECORD)
        if not record:
            return None
        fields = {**record, "said": tuple(Said(**one) for one in record.get("said", ()))}
        for name in ("topics", "offered"):
            fields[name] = tuple(fields.get(name) or ())
        buttons = tuple((one["title"], one["payload"]) for one in response.get("buttons") or ())
        return cls(text=response.get("text") or "", buttons=buttons, **fields)


def as_one(messages: Sequence[Message]) -> list[Message]:
    """The messages of one turn; a form's question is one message with what was said before it."""
    if len(messages) < 2 or not messages[-1].slot:
        return list(messages)
    first, question = messages[0], messages[-1]
    return [
        replace(
            first,
            text=paragraphs(*(one.text for one in messages)),
            buttons=tuple(button for one in messages for button in one.buttons),
            note=first.note or question.note,
            slot=question.slot,
        )
    ]


def paragraphs(*parts: str | None) -> str:
    """The parts that are not empty, a blank line between them."""
    return PARAGRAPH.join(part.strip() for part in parts if part and part.strip())
