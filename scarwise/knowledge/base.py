"""The knowledge base: of all answers, those that may be served today, and why others may not.

Fails closed: an answer without a fitting review does not exist for a patient.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from scarwise.knowledge.answers import Answer, load_answers
from scarwise.knowledge.documents import Document, Passage, load_documents, passages_by_id
from scarwise.knowledge.reviews import Review, load_reviews, objections

Serve = Literal["reviewed", "signed"]


@dataclass(frozen=True)
class ServedAnswer:
    """An answer that may be said today, with the review that allows it."""

    answer: Answer
    review: Review

    @property
    def revision(self) -> str:
        """Names these very words; kept in the tracker as what was said."""
        return self.answer.hash[:12]


class KnowledgeBase:
    """What may be said on the day `today`."""

    def __init__(
        self,
        answers: Mapping[str, Answer],
        reviews: Mapping[str, Review],
        documents: Mapping[str, Document],
        today: date,
        serve: Serve = "reviewed",
    ) -> None:
        self.documents = documents
        self.passages: dict[str, Passage] = passages_by_id(dict(documents))
        self.withheld: dict[str, list[str]] = {}
        self._served: dict[str, ServedAnswer] = {}
        for answer in answers.values():
            review = reviews.get(answer.id)
            reasons = objections(answer, review, self.passages, today)
            if review and serve == "signed" and review.reviewer.kind != "clinician":
                reasons.append("is not signed by the clinic's own clinician")
            if reasons or review is None:
                self.withheld[answer.id] = reasons
            else:
                self._served[answer.id] = ServedAnswer(answer, review)

    def served(self) -> Iterator[ServedAnswer]:
        """Every answer that may be said today."""
        yield from self._served.values()

    def find(self, topic: str, facets: Mapping[str, str]) -> ServedAnswer | None:
        """The answer for `topic`: the one whose facets all fit, else the general one."""
        fitting = [
            one
            for one in self._served.values()
            if one.answer.topic == topic and one.answer.facet.items() <= dict(facets).items()
        ]
        return max(fitting, key=lambda one: len(one.answer.facet), default=None)

    def get(self, answer_id: str) -> ServedAnswer | None:
        """The answer of this id, None when it may not be said today."""
        return self._served.get(answer_id)

    def sources_of(self, answer: Answer) -> list[str]:
        """Titles of the documents that an answer cites, in order of first use."""
        titles = [self.documents[one.partition("#")[0]].about.title for one in answer.cited]
        return list(dict.fromkeys(titles))


def load_knowledge(serve: Serve = "reviewed", today: date | None = None) -> KnowledgeBase:
    """The knowledge base of the project's data; raises `FaultyDataError`."""
    return KnowledgeBase(
        load_answers(), load_reviews(), load_documents(), today or date.today(), serve
    )
