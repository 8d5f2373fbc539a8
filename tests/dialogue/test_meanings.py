"""Which messages ask what a word means, and which word; everything else is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scarwise.dialogue import compose
from scarwise.dialogue.meanings import asked_term
from scarwise.knowledge.glossary import load_glossary
from scarwise.knowledge.questions import load_questions
from scarwise.understanding.reading import Danger, Reading

GLOSSARY = load_glossary()
DECLINED = Reading("decline")


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("What is a keloid?", "keloid"),
        ("what does HYPERTROPHIC mean", "hypertrophic scar"),
        ("Hi, can you tell me what sedation is please?", "sedation"),
        ("whats a z plasty", "Z-plasty"),
        ("What are Z-plasties?", "Z-plasty"),
        ("meaning of the word collagen", "collagen"),
        ("explain tissue expansion in plain words", "tissue expansion"),
        ("isotretinion meaning", "isotretinoin"),
        ("What does SPF stand for?", "SPF"),
        ("I do not understand what a donor site is", "donor site"),
    ],
)
def test_a_question_after_a_meaning(text: str, term: str) -> None:
    assert asked_term(text, GLOSSARY) == term


@pytest.mark.parametrize(
    "text",
    [
        "What is the risk of sedation?",
        "What is a keloid and does it hurt?",
        "does a keloid hurt",
        "keloid",
        "What is this on my skin?",
        "What is good for a keloid?",
        "What is a consultation?",
        "what is it",
        "",
        "???",
    ],
)
def test_any_other_question(text: str) -> None:
    assert asked_term(text, GLOSSARY) is None


@given(st.text(max_size=80))
def test_any_text_is_read(text: str) -> None:
    found = asked_term(text, GLOSSARY)
    assert found is None or found in GLOSSARY.terms


def test_danger_comes_before_a_meaning() -> None:
    voice = compose.load_voice()
    text = "What is sedation?"
    said = compose.meaning(voice, text, DECLINED)
    assert said and said.said[0].answer == "anaesthesia.sedation"
    interrupted = Reading("decline", danger=Danger("interrupt", "emergency"))
    assert compose.meaning(voice, text, interrupted) is None
    noted = compose.meaning(voice, text, Reading("decline", danger=Danger("note", "emergency")))
    assert noted and noted.note == "emergency"
    assert noted.text.startswith("If right now you cannot breathe well")


def test_training_questions_keep_their_topic_or_get_the_meaning_that_they_ask_for() -> None:
    """What takes a question from its topic is a question after the word, and nothing else."""
    taken = {
        question.text
        for question in load_questions()
        if (term := asked_term(question.text, GLOSSARY))
        and GLOSSARY.terms[term].answer.partition(".")[0] != question.topic
    }
    assert taken == {"whats an atrophic scar"}
