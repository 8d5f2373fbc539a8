"""A question means the same in the shell, on the web and by SMS: 30 conversations in each."""

from __future__ import annotations

from pathlib import Path

import pytest

from scarwise.datafile import read_yaml
from scarwise.understanding.reading import RECORD

from .running import Chat
from .texting import Texting

FOLDER = Path(__file__).parent.parent / "conversations"
FORGET = "forget me"


def _questions() -> list[str]:
    """What 30 of the conversations begin with, from every folder."""
    found = []
    for path in sorted(FOLDER.glob("*/*.yml")):
        first = read_yaml(path, dict)["turns"][0].get("say", "")
        # The shell reads lines; what opens a form would go on into the next conversation.
        if first.strip() and "\n" not in first and not first.startswith("/"):
            found.append(first)
    every = dict.fromkeys(found)
    step = len(every) / 30
    return [list(every)[int(one * step)] for one in range(30)]


QUESTIONS = _questions()


def _topics(texting: Texting, sender: str) -> list[list[str]]:
    """The topics of each reply in a conversation."""
    said = texting.home.events(sender, "bot")
    return [one["metadata"][RECORD]["topics"] for one in said]


def _plain(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module")
def web(sms: Texting) -> dict[str, tuple[str, list[list[str]]]]:
    """What each question gets on the web: its text and topics."""
    found = {}
    for question in QUESTIONS:
        chat = Chat(sms.port)
        text = chat.say(question).text
        found[question] = text, _topics(sms, chat.sender)
    return found


def test_there_are_thirty() -> None:
    assert len(set(QUESTIONS)) == 30


def test_sms(sms: Texting, web: dict[str, tuple[str, list[list[str]]]]) -> None:
    for question, (_, topics) in web.items():
        number = sms.somebody()
        assert len(sms.say(number, question, 2)) == 2
        assert _topics(sms, sms.sender(number)) == topics, question


def test_shell(sms: Texting, web: dict[str, tuple[str, list[list[str]]]]) -> None:
    lines = [line for question in QUESTIONS for line in (question, FORGET)]
    ran = sms.home.scarwise("shell", said="\n".join([*lines, "/stop"]) + "\n")
    assert ran.returncode == 0, ran.stderr
    shown = _plain(ran.stdout)
    # The web tells sources apart from the text.
    told = [one for text, _ in web.values() for one in text.split("\n\n")]
    assert [one for one in told if _plain(one) not in shown] == []
    assert shown.count("This chat is deleted.") == 30
