"""The language of a message: English even when short, mistyped or medical; others by name."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scarwise.knowledge.questions import load_questions
from scarwise.knowledge.topics import ANSWERED_GROUPS, load_topics
from scarwise.texts import load_fixed_texts
from scarwise.understanding.language import REPLIES, foreign_language
from scarwise.understanding.vocabulary import Vocabulary

VOCABULARY = Vocabulary.of([question.text for question in load_questions()])


@pytest.mark.parametrize(
    ("message", "language"),
    [
        ("¿Cuánto cuesta la cirugía de cicatrices?", "es"),
        ("cuanto cuesta la cirugia de mi cicatriz", "es"),
        ("Combien coûte une opération de cicatrice ?", "fr"),
        ("Wie viel kostet eine Narbenkorrektur?", "de"),
        ("Quanto custa a cirurgia de cicatriz?", "pt"),
        ("Quanto costa un intervento alla cicatrice?", "it"),
        ("疤痕手术多少钱？", "zh"),
        ("كم تكلفة جراحة الندبات؟", "ar"),
        ("Phẫu thuật sửa sẹo giá bao nhiêu?", "vi"),
        ("Magkano ang operasyon sa peklat ko?", "tl"),
        ("Сколько стоит операция по удалению шрама?", "other"),
        ("瘢痕の手術はいくらですか", "other"),
        ("흉터 수술 비용이 얼마인가요?", "other"),
        ("निशान हटाने का खर्च कितना है?", "other"),
    ],
)
def test_other_languages(message: str, language: str) -> None:
    assert foreign_language(message, VOCABULARY) == language


@pytest.mark.parametrize(
    "message",
    [
        "Are there any risks?",
        "keloid?",
        "dermatologist or plastic surgeon",
        "wat r teh riks of surgry plz",
        "scar",
        "ok",
        "",
        "123 456",
        "😢😢",
        "I am naïve about keloids",
    ],
)
def test_english(message: str) -> None:
    assert foreign_language(message, VOCABULARY) is None


def test_no_question_of_the_data_is_taken_for_another_language() -> None:
    taken = [
        question.text
        for question in load_questions()
        if load_topics()[question.topic].group in ANSWERED_GROUPS
        and foreign_language(question.text, VOCABULARY)
    ]
    assert taken == []


def test_every_language_has_its_line() -> None:
    assert set(REPLIES) | {"other"} <= set(load_fixed_texts())


@settings(deadline=None)
@given(st.text(max_size=100))
def test_any_text_has_a_language_that_can_be_answered(message: str) -> None:
    assert foreign_language(message, VOCABULARY) in {*REPLIES, "other", None}
