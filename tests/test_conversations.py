"""Whole conversations, as data: what the patient says, and word for word what they read.

Each file below `conversations/` is one conversation; its folder names the behavior it shows.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import model_validator

from scarwise.datafile import Schema, read_yaml
from scarwise.dialogue.message import Message

FOLDER = Path(__file__).parent / "conversations"
FILES = sorted(FOLDER.glob("*/*.yml"))


class Turn(Schema):
    """What the patient says (or which button they press), and all that they read then."""

    say: str | None = None
    press: str | None = None
    reads: str
    buttons: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _says_or_presses(self) -> Turn:
        if (self.say is None) == (self.press is None):
            raise ValueError("give either `say` or `press`")
        return self


class Conversation(Schema):
    """One conversation; `id` is its file's name."""

    id: str
    shows: str
    turns: list[Turn]


def sent(turn: Turn, before: Message | None) -> str:
    """The text that reaches the assistant: what is said, or the payload of the button pressed."""
    if turn.say is not None:
        return turn.say
    buttons = dict(before.buttons if before else ())
    assert turn.press in buttons, f"there is no button {turn.press!r} in {list(buttons)}"
    return buttons[turn.press]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_patient_reads(path: Path, talk) -> None:
    conversation = read_yaml(path, Conversation)
    assert conversation.id == path.stem
    before = None
    for turn in conversation.turns:
        before = talk(f"conversation:{path.parent.name}/{path.stem}", sent(turn, before))
        assert before.text == turn.reads.strip()
        assert tuple(title for title, _ in before.buttons) == turn.buttons


def test_every_behavior_has_conversations() -> None:
    folders = {path.parent.name for path in FILES}
    assert folders == {
        "answers", "callback", "clinic", "danger", "declined", "follow_ups", "greeting",
        "injection", "languages", "meanings", "offers", "several_questions",
    }  # fmt: skip
    assert len(FILES) >= 25


def test_every_topic_of_the_supplied_document_is_answered_in_a_conversation() -> None:
    from scarwise.knowledge.answers import load_answers, spoken
    from scarwise.knowledge.topics import load_topics

    read = "\n".join(turn.reads for path in FILES for turn in read_yaml(path, Conversation).turns)
    wanted = [topic.id for topic in load_topics().values() if topic.source == "document"]
    assert len(wanted) == 18
    missing = [one for one in wanted if spoken(load_answers()[one].say) not in read]
    assert missing == []


def test_every_term_of_the_glossary_is_explained_in_a_conversation() -> None:
    from scarwise.knowledge.answers import load_answers, spoken
    from scarwise.knowledge.glossary import load_glossary

    asked = {
        path.stem: [turn.reads for turn in read_yaml(path, Conversation).turns]
        for path in FILES
        if path.parent.name == "meanings"
    }
    for name, term in load_glossary().terms.items():
        file = name.lower().replace(" ", "_").replace("-", "_")
        assert asked[file][0].startswith(spoken(load_answers()[term.answer].say)), name
