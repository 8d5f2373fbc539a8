"""All data files, read: what the checks of the content look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from scarwise import places
from scarwise.knowledge.answers import Answer, Sentence, load_answers
from scarwise.knowledge.documents import Document, Passage, load_documents, passages_by_id
from scarwise.knowledge.glossary import Glossary, load_glossary
from scarwise.knowledge.questions import Question, load_questions
from scarwise.knowledge.topics import Topic, load_topics
from scarwise.knowledge.wording import Wording, load_wording
from scarwise.texts import english_texts


@dataclass(frozen=True)
class Content:
    """Topics, answers, documents and lists of words, as they stand in the files."""

    topics: Mapping[str, Topic]
    answers: Mapping[str, Answer]
    documents: Mapping[str, Document]
    questions: tuple[Question, ...]
    glossary: Glossary
    wording: Wording
    texts: tuple[str, ...]  # the fixed texts in English

    @cached_property
    def passages(self) -> dict[str, Passage]:
        """Every passage by its id."""
        return passages_by_id(dict(self.documents))

    def path(self, answer: Answer) -> Path:
        """The file that `answer` was read from."""
        folder = places.DATA / "answers"
        if answer.topic in self.topics:
            return folder / self.topics[answer.topic].group / f"{answer.id}.yml"
        return next(folder.glob(f"*/{answer.id}.yml"))

    def sentences(self) -> Iterator[tuple[Path, Sentence]]:
        """Every sentence of every answer, with the answer's file."""
        for answer in self.answers.values():
            path = self.path(answer)
            for part in answer.parts:
                for sentence in part:
                    yield path, sentence

    def cited(self, sentence: Sentence) -> list[str]:
        """The texts of the passages that a sentence cites, as far as they exist."""
        known = (self.passages.get(one) for one in sentence.cites)
        return [passage.text for passage in known if passage]


def load_content() -> Content:
    """The content of the project; raises `FaultyDataError`."""
    return Content(
        load_topics(), load_answers(), load_documents(), load_questions(), load_glossary(),
        load_wording(), tuple(text.text for text in english_texts().values()),
    )  # fmt: skip
