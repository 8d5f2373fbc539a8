"""The last check: vetted and fixed texts leave as they are; anything else is replaced."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from scarwise.dialogue import compose
from scarwise.dialogue.compose import load_voice
from scarwise.dialogue.last_check import LastCheck
from scarwise.dialogue.message import Message
from scarwise.knowledge.answers import spoken
from scarwise.understanding.reading import Danger, Reading

VOICE = load_voice()
CHECK = LastCheck(VOICE)
SAFE = (
    "I cannot answer right now. Your question was not lost on your side: please ask it again in a "
    "few minutes.\n\nTo talk with a doctor, call Willow Lane Scar Clinic at +1 212 555 0142, or "
    "book a visit: https://clinic.example/book\n\nIn an emergency, call 911."
)
RISKS = compose.answer(VOICE, Reading("answer", topics=("risks",)), {})
VETTED = [spoken(part) for one in VOICE.knowledge.served() for part in one.answer.parts if part]
PROMPT = VOICE.texts.say("doctor_prompt.general")


def sent(*texts: str) -> tuple[list[str], list[str]]:
    """What leaves when an action wants to say `texts`, and the objections."""
    passed, objections = CHECK.passed([Message(text, "answered") for text in texts])
    return [one.text for one in passed], objections


@pytest.mark.parametrize(
    ("texts", "why"),
    [
        ([RISKS.text + " It is quite safe."], ["unknown text"]),
        ([RISKS.text, "You will be fine."], ["unknown text"]),
        (["Rub garlic on it.\n\n" + PROMPT], ["unknown text"]),
        ([RISKS.text.split("\n\n")[0]], ["no doctor prompt"]),
        ([RISKS.text.replace("555 0142", "555 0199")], ["unknown text", "no doctor prompt"]),
        ([], ["empty turn"]),
        ([""], ["empty turn"]),
        (["  \n\n "], ["empty turn"]),
        (["Hello, {name}."], ["internal text"]),
        (["Tap /risks to go on"], ["internal text"]),
        (["utter_greet"], ["internal text"]),
        (["action_answer failed"], ["internal text"]),
        (['Traceback (most recent call last):\n  File "x.py", line 1'], ["internal text"]),
        ([PROMPT + "\n\n/crisis"], ["internal text"]),
    ],
)
def test_refused_turns_become_the_safe_reply(texts: list[str], why: list[str]) -> None:
    assert sent(*texts) == ([SAFE], why)


def test_safe_reply_passes_itself() -> None:
    assert sent(SAFE) == ([SAFE], [])


def test_a_good_turn_leaves_as_it_is() -> None:
    assert CHECK.passed([RISKS]) == ([RISKS], [])


def test_one_bad_message_takes_the_good_ones_with_it() -> None:
    assert sent(RISKS.text, "You will be fine.", RISKS.text)[0] == [SAFE]


@pytest.mark.parametrize("topic", sorted(VOICE.topics))
def test_every_answer_that_can_be_composed_passes(topic: str) -> None:
    for danger in (Danger(), Danger("note", "crisis"), Danger("note", "urgent_wound")):
        reading = Reading("answer", topics=(topic,), offered=("risks", "laser"), danger=danger)
        if VOICE.topics[topic].source is not None:
            message = compose.answer(VOICE, reading, {})
            assert CHECK.objections([message]) == []
            assert CHECK.objections([compose.more_detail(VOICE, message.said)]) == []


def test_every_other_message_that_can_be_composed_passes() -> None:
    messages = [
        compose.ask_back(VOICE, Reading("ask_back", offered=("risks", "laser"))),
        compose.decline(VOICE, Reading("decline")),
        compose.decline(VOICE, Reading("decline", empty=True)),
        *(compose.decline(VOICE, Reading("decline", language=one)) for one in ("es", "ar", "xx")),
        compose.more_detail(VOICE, ()),
        compose.repeat(VOICE, None),
        compose.repeat(VOICE, RISKS),
        compose.affirm(VOICE, None),
        compose.affirm(VOICE, RISKS),
        *(
            compose.fixed(VOICE, name, "conversation")
            for name in VOICE.topics
            if name in VOICE.texts
        ),
    ]
    for message in messages:
        assert CHECK.objections([message]) == [], message.text


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(VETTED), st.data())
def test_any_changed_letter_of_a_vetted_sentence_is_refused(text: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.characters(min_codepoint=33, max_codepoint=0x2FF))
    assume(text[place] not in (letter, " "))
    changed = text[:place] + letter + text[place + 1 :]
    assert sent(f"{changed}\n\n{PROMPT}")[0] == [SAFE]


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(VETTED), st.data())
def test_any_word_left_out_or_put_in_is_refused(text: str, data: st.DataObject) -> None:
    words = text.split()
    place = data.draw(st.integers(0, len(words) - 1))
    put_in = data.draw(st.sampled_from(["not", "always", "never", "100%", "5 mg"]))
    left_out = [*words[:place], *words[place + 1 :]]
    assume(left_out)
    for changed in (left_out, [*words[:place], put_in, *words[place:]]):
        assert sent(f"{' '.join(changed)}\n\n{PROMPT}")[0] == [SAFE]


@settings(max_examples=200, deadline=None)
@given(st.text(min_size=1, max_size=60))
def test_any_sentence_of_somebody_elses_is_refused(text: str) -> None:
    assume(text.strip())
    assert sent(f"{RISKS.text}\n\n{text} x")[0] == [SAFE]


def test_line_breaks_inside_a_vetted_paragraph_do_no_harm() -> None:
    answer, rest = RISKS.text.split("\n\n", 1)
    assert sent(answer.replace(". ", ".\n") + "\n\n" + rest)[1] == []
