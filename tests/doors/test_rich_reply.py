"""Emphasis, links, sources and numbers to call, made of plain messages."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scarwise.channels.rich_reply import RichReplies
from scarwise.clinic import NUMBERS, Country, load_clinic
from scarwise.dialogue import compose
from scarwise.dialogue.message import Message, Said
from scarwise.knowledge.answers import spoken
from scarwise.texts import Texts, load_fixed_texts
from scarwise.understanding.reading import Reading

from .running import plain

VOICE = compose.load_voice()
RICH = RichReplies(VOICE)
MARKUP = re.compile(r"\*\*|\]\(|\[")


def rich(message: Message, replies: RichReplies = RICH) -> str:
    return replies.reply(message, str).text


def answered(*topics: str) -> Message:
    return compose.answer(VOICE, Reading("answer", topics=topics), {})


def test_vetted_and_fixed_texts_hold_no_markup_of_their_own() -> None:
    texts = [spoken(part) for one in VOICE.knowledge.served() for part in one.answer.parts if part]
    texts += [one.text for one in load_fixed_texts().values()]
    assert [text for text in texts if MARKUP.search(text)] == []


def test_every_answer_tells_its_source_and_loses_nothing_else() -> None:
    for one in VOICE.knowledge.served():
        said = Said(one.answer.topic, one.answer.id, one.revision)
        source = compose.source_line(VOICE, [one])
        message = Message(f"{spoken(one.answer.say)}\n\n{source}", "answered", said=(said,))
        reply = RICH.reply(message, str)
        assert plain(reply.text) == spoken(one.answer.say)
        cited = {passage for sentence in one.answer.say for passage in sentence.cites}
        assert {source.document for source in reply.sources} == {
            VOICE.knowledge.documents[passage.partition("#")[0]].about.title for passage in cited
        }


def test_the_source_of_an_answer_that_was_changed_stays_in_the_text() -> None:
    message = answered("risks")
    changed = replace(message, said=(replace(message.said[0], revision="0" * 12),))
    reply = RICH.reply(changed, str)
    assert reply.sources == []
    assert "\n\nSource: Scar revision surgery." in reply.text


def test_buttons_keep_their_order_and_titles() -> None:
    message = answered("risks")
    reply = RICH.reply(message, lambda place: f"id-{place}")
    assert [(one.id, one.title) for one in reply.buttons] == [
        (f"id-{place}", title) for place, (title, _) in enumerate(message.buttons)
    ]


@pytest.mark.parametrize("country", NUMBERS)
def test_the_numbers_of_every_country_can_be_called(country: Country) -> None:
    clinic = load_clinic().model_copy(update={"country": country})
    voice = replace(VOICE, texts=Texts(load_fixed_texts(), clinic))
    replies = RichReplies(voice)
    numbers = NUMBERS[country]
    for topic in compose.SAFETY_TOPICS:
        message = compose.fixed(voice, topic, "safety", [topic])
        reply = replies.reply(message, str)
        assert plain(reply.text) == message.text
        told = [one for one in (*numbers.model_dump().values(), clinic.phone)
                if re.search(rf"(?<!\d){re.escape(one)}(?!\d)", message.text)]  # fmt: skip
        assert sorted({one.number for one in reply.phones}) == sorted(set(told)) != []
        assert all(f"[{one}](tel:" in reply.text for one in told)


@pytest.mark.parametrize(
    "text",
    ["9112 people", "1-911", "911.5 cm", "911 000", "911 %", "x911", "988-1", "/911", "19110"],
)
def test_other_numbers_are_no_phone(text: str) -> None:
    assert rich(Message(text, "answered")) == text


@given(
    st.text(
        st.sampled_from("a1 .,:-/+()*\n911https") | st.characters(exclude_characters="]"),
        min_size=1,
    )
)
def test_only_known_addresses_become_links(text: str) -> None:
    """In texts without markup of their own, which the first test here shows."""
    found = re.findall(r"\]\(([^)]*)\)", rich(Message(text, "answered")))
    assert set(found) <= set(RICH._targets.values())
