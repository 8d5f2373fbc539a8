"""What an SMS patient reads: whole vetted sentences, one doctor prompt, 3 segments at most."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scarwise.channels.rendering import blocks, numbered, paged, sms_pages, whole
from scarwise.channels.sms_text import is_gsm, plain, segments
from scarwise.clinic import load_clinic
from scarwise.dialogue import compose
from scarwise.dialogue.compose import load_voice
from scarwise.dialogue.message import Message
from scarwise.knowledge.answers import load_answers, spoken
from scarwise.texts import Texts, load_fixed_texts
from scarwise.understanding.reading import Danger, Reading

VOICE = load_voice()
ANSWERS = load_answers()
TOPICS = sorted({one.topic for one in ANSWERS.values()})
CLINIC_TOPICS = [one.id for one in VOICE.topics.values() if one.source == "clinic"]
PROMPTS = [VOICE.texts.say(name) for name in VOICE.texts.fixed if name.startswith("doctor_prompt.")]
SAFETY = ("emergency", "urgent_wound", "crisis", "abuse")


def answered(topics: tuple[str, ...], facets: dict[str, str] | None = None, **reading) -> Message:
    return compose.answer(VOICE, Reading("answer", topics=topics, **reading), facets or {})


def prompts_in(text: str) -> int:
    wanted = {plain(one) for one in PROMPTS}
    return sum(one in wanted for one in text.split("\n\n"))


def sentences_of(message: Message) -> set[str]:
    said = [ANSWERS[one.answer] for one in message.said if one.answer]
    every = {sentence.text for one in said for part in one.parts for sentence in part}
    return {plain(one) for one in every}


def stripped(page: str, message: Message) -> str:
    """What is left of a page without vetted sentences, fixed lines, menu and source."""
    for sentence in sorted(sentences_of(message), key=len, reverse=True):
        page = page.replace(sentence, "")
    known = [
        *sorted(PROMPTS, key=len, reverse=True),
        *(VOICE.texts.say(name) for name in ("read_on", "choose", "choose_asked")),
    ]
    known += [VOICE.texts.say(f"note.{kind}") for kind in SAFETY]
    for text in known:
        page = page.replace(plain(text), "")
    lines = {f"{number} {plain(title)}" for number, (title, _) in enumerate(message.buttons, 1)}
    heading = VOICE.texts.say("about", subject="*").partition("*")[0]
    rest = [line for line in page.split("\n") if line.strip() and line not in lines]
    return "".join(one for one in rest if not one.startswith((heading, "Source: ")))


def check_pages(message: Message, pages: list[str]) -> None:
    for page in pages:
        assert segments(page) <= 3, page
        assert prompts_in(page) == 1, page
        assert stripped(page, message) == "", page
    read_on = VOICE.texts.say("read_on")
    assert [read_on in page for page in pages] == [True] * (len(pages) - 1) + [False]
    assert ["Source: " in page for page in pages] == [False] * (len(pages) - 1) + [True]
    together = "\n".join(pages)
    for one in message.said:
        for sentence in ANSWERS[one.answer].say if one.answer else []:
            assert plain(sentence.text) in together, sentence.text


@pytest.mark.parametrize("answer_id", sorted(ANSWERS))
def test_every_answer(answer_id: str) -> None:
    answer = ANSWERS[answer_id]
    message = answered((answer.topic,), answer.facet)
    assert [one.answer for one in message.said] == [answer_id]
    pages = sms_pages(VOICE, message)
    check_pages(message, pages)
    if len(pages) > 1 and answer.short:
        # The short form is told whole, or from its beginning; never the two mixed.
        first = pages[0].split("\n\n")[0]
        assert plain(spoken(answer.short)).startswith(first)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    topics=st.lists(
        st.sampled_from([*TOPICS, *CLINIC_TOPICS]), min_size=1, max_size=3, unique=True
    ),
    offered=st.lists(st.sampled_from(TOPICS), max_size=2, unique=True),
    danger=st.sampled_from(["none", *SAFETY]),
)
def test_several_topics_with_a_note(topics: list[str], offered: list[str], danger: str) -> None:
    found = Danger("note", danger) if danger != "none" else Danger()
    message = answered(tuple(topics), offered=tuple(offered), danger=found)
    pages = sms_pages(VOICE, message)
    text = VOICE.texts.say(f"note.{danger}") if danger != "none" else ""
    assert pages[0].startswith(plain(text))
    needed = 1 if any(one.answer for one in message.said) else 0
    for page in pages:
        assert prompts_in(page) == needed
        if needed:
            # A note, a clinic's text or a long list of sources is whole and may take one more.
            whole_texts = bool(text) + any(one in CLINIC_TOPICS for one in topics)
            whole_texts += "Source: " in page
            assert segments(page) <= 3 + whole_texts, page
    for title in (VOICE.topics[one].title for one in offered if one not in topics):
        assert plain(title) in pages[0]


@pytest.mark.parametrize("name", SAFETY)
def test_a_danger_reply_is_whole_in_the_first_message(name: str) -> None:
    message = compose.fixed(VOICE, name, "safety", [name])
    (page,) = sms_pages(VOICE, message)
    assert page == plain(message.text)
    offered = compose.with_question(VOICE, message, Reading("answer", topics=("risks",),
                                                            confidence=0.9))  # fmt: skip
    (page,) = sms_pages(VOICE, offered)
    assert page.startswith(plain(message.text))
    assert page.endswith("\n\nReply with a number:\n1 Risks")


def test_risks_word_for_word() -> None:
    prompt = (
        "\n\nPlease talk with a doctor about your own scar. Call Willow Lane Scar Clinic at "
        "+1 212 555 0142, or book a visit: https://clinic.example/book\n\n"
    )
    assert sms_pages(VOICE, answered(("risks",))) == [
        "Scar revision has risks, as all surgery does. Infection is one. The color or the feel of "
        "your skin can also change. In rare cases, anesthesia (it numbs you or makes you sleep) "
        "can harm you. Ask the doctor about the risks before you decide."
        + prompt
        + "Text MORE to read on.\nReply with a number:\n1 Risk of infection",
        "Scar revision has risks, as all surgery does. One is infection. The color or the feel of "
        "your skin can also change in a way you do not want. In rare cases, anesthesia (it numbs "
        "you or makes you sleep) can harm you. Talk over all the risks and benefits with the "
        "doctor before you decide." + prompt + "Text MORE to read on.",
        prompt.lstrip()
        + "Source: Scar revision surgery. Checked with its source on 2026-11-22.\n\n"
        "Reply with a number:\n1 Risk of infection\n2 Skin color or texture\n"
        "3 Risks of anesthesia",
    ]


@pytest.mark.parametrize("topic", CLINIC_TOPICS)
def test_the_clinics_own_details_are_whole(topic: str) -> None:
    message = answered((topic,))
    (page,) = sms_pages(VOICE, message)
    assert page.startswith(plain(message.text))
    assert segments(page) <= 3


def test_asking_back_shows_every_choice() -> None:
    offered = ("risks", "pain", "cost")
    message = compose.ask_back(VOICE, Reading("ask_back", offered=offered))
    assert sms_pages(VOICE, message) == [
        "I want to be sure that I understand you. Do you mean one of these?\n\n"
        "Reply with a number:\n1 Risks\n2 Does it hurt\n3 Cost\n4 None of these"
    ]


def test_what_was_asked_and_not_answered_is_offered_first() -> None:
    message = answered(("risks",), also_asked=("pain",))
    page = sms_pages(VOICE, message)[0]
    assert "\nYou asked about more. Reply with a number:\n1 Does it hurt" in page
    assert "You also asked about" not in page


def test_texts_that_name_a_button_say_it_in_other_words() -> None:
    message = compose.fixed(VOICE, "forget_me", "conversation", ["forget_me"])
    assert sms_pages(VOICE, message) == [
        "I can delete this chat at once. To do that, reply 1, or write: forget me. How your words "
        "are kept is told here: https://clinic.example/privacy\n\n"
        f"Reply with a number:\n1 {VOICE.topics['forget_me'].title}"
    ]
    assert whole(VOICE, message).text == message.text  # which has buttons


def test_a_chat_on_a_phone_is_not_on_a_page() -> None:
    message = compose.fixed(VOICE, "forgotten", "conversation", ["forget_me"])
    assert "close the page" in message.text
    for text in (sms_pages(VOICE, message)[0], whole(VOICE, message).text):
        assert text.startswith("This chat is deleted here. Your phone still shows it, so delete it")
        assert "close the page" not in text


@pytest.mark.parametrize("name", ["zh", "ar", "vi", "es"])
def test_another_language_is_whole(name: str) -> None:
    message = Message(VOICE.texts.say(name), "declined", ("out_of_scope",))
    (page,) = sms_pages(VOICE, message)
    assert page == plain(message.text)
    assert is_gsm(page) is (name == "es") or name == "es"


def test_a_clinic_with_long_details_still_says_whole_sentences() -> None:
    clinic = load_clinic().model_copy(update={
        "name": "The University Hospital Center for Plastic and Reconstructive Surgery",
        "booking": "https://booking.university-hospital.example/plastic-surgery/appointments",
    })  # fmt: skip
    voice = replace(VOICE, texts=Texts(load_fixed_texts(), clinic))
    for topic in TOPICS:
        message = compose.answer(voice, Reading("answer", topics=(topic,)), {})
        for page in sms_pages(voice, message):
            assert page.count(clinic.name) == 1
            assert segments(page) <= 4


def test_more_room_takes_longer_pages() -> None:
    message = answered(("risks", "pain", "recovery"))
    pages = paged(VOICE, message, lambda page: len(page) <= 1000)
    assert len(pages) < len(sms_pages(VOICE, message))
    assert all(len(page) <= 1000 for page in pages)
    assert all(prompts_in(page) == 1 for page in pages)


def test_blocks_are_told_apart() -> None:
    message = answered(("risks", "cost"), offered=("pain",), danger=Danger("note", "crisis"))
    kinds = [one.kind for one in blocks(VOICE, message)]
    assert kinds == ["note", "answer", "other", "prompt", "source", "titles"]


def test_an_answer_that_changed_since_is_told_as_it_was() -> None:
    message = answered(("risks",))
    old = Message(message.text, "answered", message.topics, said=())
    assert sms_pages(VOICE, old)[0].startswith(plain(message.text.split("\n\n")[0]))


def test_numbered() -> None:
    assert numbered(VOICE, "Hello.", [("A", "/a"), ("B", "/b")]) == (
        "Hello.\n\nReply with a number:\n1 A\n2 B"
    )
    assert numbered(VOICE, "Hello.", []) == "Hello."
