"""The vetted short questions that a patient is offered while typing: one for each topic.

No patient's words are among them, so that nobody ever reads what another patient wrote.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from scarwise import places
from scarwise.datafile import read_yaml
from scarwise.faults import Fault, fault
from scarwise.knowledge.reading_grade import GRADE_GOAL, reading_grade
from scarwise.knowledge.topics import SAFETY, Topic, answerable

MOST_CHARACTERS = 60


def _path() -> Path:
    return places.DATA / "suggestions.yml"


@lru_cache
def load_suggestions(path: Path | None = None) -> dict[str, str]:
    """The question of each topic, in the order of the file; raises `FaultyDataError`."""
    return read_yaml(path or _path(), dict[str, str])


def faults(questions: Mapping[str, str], topics: Mapping[str, Topic]) -> Iterator[Fault]:
    """What is wrong with `questions` as those of `topics`."""
    path = _path()
    for topic in answerable(dict(topics)):
        if topic not in questions:
            yield fault(path, f"{topic} is missing; write one short question for it")
    first: dict[str, str] = {}
    for topic, question in questions.items():
        if topic not in topics:
            yield fault(path, f"{topic} is no topic; correct its spelling")
        elif topics[topic].group == SAFETY:
            yield fault(path, f"{topic} is a danger, which nobody is invited to ask; take it out")
        if first.setdefault(question, topic) != topic:
            yield fault(path, f"{topic} has the question of {first[question]}; word it otherwise")
        if len(question) > MOST_CHARACTERS or not question.endswith("?"):
            yield fault(
                path, f"{topic}: must be one question of at most {MOST_CHARACTERS} characters"
            )
        if (grade := reading_grade(question)) > GRADE_GOAL:
            yield fault(
                path, f"{topic} reads at grade {grade:.1f}, more than {GRADE_GOAL:.0f}; use "
                "shorter words",
            )  # fmt: skip
