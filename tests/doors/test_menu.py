"""Numbered suggestions are chosen by number, title or near title, and by nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scarwise import places
from scarwise.channels.menu import asks_for_more, chosen, meant
from scarwise.datafile import read_yaml
from scarwise.knowledge.topics import load_topics

RISKS = [("Risk of infection", "/infection_risk"), ("Skin color or texture", "/skin_changes"),
         ("None of these", "/none_of_these")]  # fmt: skip
SEND = [("Send it", "/affirm"), ("Do not send it", "/deny")]


@pytest.mark.parametrize(
    ("text", "choices", "sent"),
    [
        ("1", RISKS, "/infection_risk"),
        (" 2. ", RISKS, "/skin_changes"),
        ("#3", RISKS, "/none_of_these"),
        ("(1)", RISKS, "/infection_risk"),
        ("two", RISKS, "/skin_changes"),
        ("Option 2", RISKS, "/skin_changes"),
        ("number 3 please", RISKS, "/none_of_these"),
        ("１", RISKS, "/infection_risk"),
        ("Risk of infection", RISKS, "/infection_risk"),
        ("RISK OF INFECTION!", RISKS, "/infection_risk"),
        ("risk of infectoin", RISKS, "/infection_risk"),
        ("skin colour or texture", RISKS, "/skin_changes"),
        ("none of those", RISKS, "/none_of_these"),
        ("send it", SEND, "/affirm"),
        ("do not send it", SEND, "/deny"),
        ("dont send it", SEND, "/deny"),
        ("0", RISKS, None),
        ("4", RISKS, None),
        ("12", RISKS, None),
        ("911", RISKS, None),
        ("1 2", RISKS, None),
        ("1st", RISKS, None),
        ("2125550142", SEND, None),
        ("", RISKS, None),
        ("?", RISKS, None),
        ("is there a risk of infection", RISKS, None),
        ("my infection is bad", RISKS, None),
        ("1", [], None),
        ("not send it", SEND, "/deny"),
    ],
)
def test_chosen(text: str, choices: list[tuple[str, str]], sent: str | None) -> None:
    found = chosen(text, choices)
    assert (found[1] if found else None) == sent


def test_two_titles_that_are_as_near_are_none() -> None:
    assert chosen("laser scars", [("Laser scar", "/a"), ("Laser scare", "/b")]) is None


@given(st.text())
def test_what_is_no_choice_goes_on_as_it_is(text: str) -> None:
    assert meant(text, []) == text
    assert meant(text, RISKS) in (text, *(sent for _, sent in RISKS))


def test_no_message_of_danger_is_taken_for_a_choice() -> None:
    titles = [(topic.title, f"/{topic.id}") for topic in load_topics().values()]
    messages = []
    for path in sorted((places.DATA / "messages").rglob("*.yml")):
        messages += _texts(read_yaml(path, object))
    assert len(messages) > 500
    taken = [one for one in messages if len(one.split()) > 4 and chosen(one, titles)]
    assert taken == []


def _texts(content: object) -> list[str]:
    if isinstance(content, str):
        return [content]
    if isinstance(content, dict):
        return [text for part in content.items() for one in part for text in _texts(one)]
    return [text for one in content for text in _texts(one)] if isinstance(content, list) else []


@pytest.mark.parametrize("text", ["MORE", "more", " More. ", "more please", "READ ON"])
def test_more(text: str) -> None:
    assert asks_for_more(text)


@pytest.mark.parametrize("text", ["tell me more", "more pain", "any more?", "no more", ""])
def test_other_words_are_not_more(text: str) -> None:
    assert not asks_for_more(text)
