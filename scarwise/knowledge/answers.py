"""The vetted answers: plain data, every sentence about health citing its passages."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from scarwise import places
from scarwise.datafile import Schema, read_yaml
from scarwise.faults import Fault, FaultyDataError, fault
from scarwise.knowledge.documents import text_hash

FacetName = Literal["technique", "scar_type", "body_part", "time_since", "for_whom", "term"]


class Sentence(Schema):
    """One sentence that a patient reads, and the passages that it rests on."""

    text: str = Field(min_length=2)
    cites: list[str] = []
    comfort: bool = False  # words of comfort that state nothing about health

    @model_validator(mode="after")
    def _cites_or_comforts(self) -> Sentence:
        if bool(self.cites) == self.comfort:
            raise ValueError("give the passages that it cites, or `comfort: true`, not both")
        return self


class Answer(Schema):
    """The answer to a topic, or to a topic and a facet (`laser` as technique, say)."""

    topic: str
    facet: dict[FacetName, str] = {}
    say: list[Sentence] = Field(min_length=1)
    more: list[Sentence] = []
    short: list[Sentence] = []  # for text messages; at most 300 characters
    follow_up: list[str] = Field(default=[], max_length=4)
    doctor_prompt: str = "general"

    @property
    def id(self) -> str:
        """`topic`, or `topic.value` for a facet; the file's name."""
        return ".".join([self.topic, *self.facet.values()])

    @property
    def cited(self) -> list[str]:
        """Ids of all passages that it rests on, in order of first use."""
        every = [one for part in self.parts for sentence in part for one in sentence.cites]
        return list(dict.fromkeys(every))

    @property
    def parts(self) -> tuple[list[Sentence], ...]:
        """Its texts: what is said first, the detail, the short form."""
        return self.say, self.more, self.short

    @property
    def hash(self) -> str:
        """SHA-256 of all that a patient may read and of what it cites; part of a review."""
        return text_hash(self.model_dump_json(exclude={"follow_up"}))


def spoken(sentences: list[Sentence]) -> str:
    """The sentences as one paragraph."""
    return " ".join(sentence.text for sentence in sentences)


@lru_cache
def load_answers(folder: Path | None = None) -> dict[str, Answer]:
    """All answers by id; raises `FaultyDataError` with every fault found."""
    folder = folder or places.DATA / "answers"
    answers: dict[str, Answer] = {}
    faults: list[Fault] = []
    for path in sorted(folder.glob("*/*.yml")):
        try:
            answer = read_yaml(path, Answer)
        except FaultyDataError as error:
            faults += error.faults
            continue
        if answer.id != path.stem:
            faults.append(fault(path, f"holds the answer {answer.id}; name it {answer.id}.yml"))
        answers[answer.id] = answer
    if faults:
        raise FaultyDataError(faults)
    return answers
