"""The project's own data has no fault: what `make check` says before anything is published."""

from __future__ import annotations

from collections import Counter

import pytest

from scarwise import cli
from scarwise.knowledge.answers import load_answers, spoken
from scarwise.knowledge.base import load_knowledge
from scarwise.knowledge.questions import load_questions
from scarwise.knowledge.reading_grade import GRADE_GOAL, reading_grade
from scarwise.knowledge.reviews import load_reviews
from scarwise.knowledge.topics import load_topics

TOPICS = load_topics()
DOCUMENT_TOPICS = [topic.id for topic in TOPICS.values() if topic.source == "document"]


def test_scarwise_check_finds_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    code = cli.main(["check"])
    printed = capsys.readouterr().out.splitlines()
    assert [line for line in printed if line.startswith(("data/", "domain", "clinic"))] == []
    assert (code, printed[-1]) == (0, "No faults.")


@pytest.mark.parametrize("topic", DOCUMENT_TOPICS)
def test_topic_of_the_supplied_document_is_served(topic: str) -> None:
    served = load_knowledge().find(topic, {})
    assert served is not None
    assert served.answer.id == topic
    assert all(one.startswith("scar-revision-surgery#") for one in served.answer.cited)
    assert load_reviews()[topic].reviewer.role == "supplied document"


@pytest.mark.parametrize("answer", load_answers().values(), ids=lambda answer: answer.id)
def test_answer_is_easy_to_read(answer) -> None:
    for part in answer.parts:
        assert reading_grade(spoken(part)) <= GRADE_GOAL


def test_topics_of_the_document_the_clinic_and_talk_have_25_phrasings() -> None:
    counts = Counter(question.topic for question in load_questions())
    wanted = {topic.id: 25 if topic.source in ("document", "clinic") else 15
              for topic in TOPICS.values()}  # fmt: skip
    wanted |= {topic.id: 25 for topic in TOPICS.values() if topic.group == "conversation"}
    assert {one: counts[one] for one in wanted if counts[one] < wanted[one]} == {}


def test_every_phrasing_says_where_it_comes_from() -> None:
    assert [question.text for question in load_questions() if not question.origin.strip()] == []
