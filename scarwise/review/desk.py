"""What lies on a reviewer's desk: the answers, their documents, and the reviews so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from scarwise import places
from scarwise.clinic import Clinic
from scarwise.faults import FaultyDataError, fault
from scarwise.knowledge.answers import Answer, load_answers
from scarwise.knowledge.documents import Document, Passage, load_documents, passages_by_id
from scarwise.knowledge.reviews import Review, load_reviews, review_path
from scarwise.knowledge.topics import Topic, load_topics
from scarwise.texts import Texts, load_texts


@dataclass(frozen=True)
class Desk:
    """The content of one clinic with its reviews."""

    topics: Mapping[str, Topic]
    answers: Mapping[str, Answer]
    documents: Mapping[str, Document]
    reviews: Mapping[str, Review]
    texts: Texts

    @cached_property
    def passages(self) -> dict[str, Passage]:
        """Every passage by its id."""
        return passages_by_id(dict(self.documents))

    @property
    def clinic(self) -> Clinic:
        """The clinic's settings."""
        return self.texts.clinic

    def title(self, answer: Answer) -> str:
        """The answer's topic as patients see it, with what the answer is special for."""
        title = self.topics[answer.topic].title
        return f"{title} ({', '.join(answer.facet.values())})" if answer.facet else title

    def path(self, answer: Answer) -> Path:
        """The answer's file."""
        return places.DATA / "answers" / self.topics[answer.topic].group / f"{answer.id}.yml"

    def review_path(self, answer: Answer) -> Path:
        """The file of the answer's review."""
        return review_path(answer.id, self.topics[answer.topic].group)

    def in_order(self) -> list[Answer]:
        """The answers in the order of the topics, the general one of a topic first."""
        order = {topic: number for number, topic in enumerate(self.topics)}
        return sorted(self.answers.values(), key=lambda one: (order[one.topic], one.id))


def load_desk() -> Desk:
    """The project's content; raises `FaultyDataError`, also for an answer that nobody can show."""
    desk = Desk(load_topics(), load_answers(), load_documents(), load_reviews(), load_texts())
    faults = []
    for answer in desk.answers.values():
        path = places.DATA / "answers"
        if answer.topic not in desk.topics:
            faults.append(fault(path, f"{answer.id} names no topic of data/topics.yml; correct it"))
            continue
        path = desk.path(answer)
        faults += [
            fault(path, f"cites {one}, which is no passage; correct it or take it out")
            for one in answer.cited
            if one not in desk.passages
        ]
    if faults:
        raise FaultyDataError(faults)
    return desk
