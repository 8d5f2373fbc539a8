"""The contract: every topic that a patient can ask about. Intents bear the topics' names."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from scarwise import places
from scarwise.datafile import Schema, read_yaml
from scarwise.faults import FaultyDataError, fault

Source = Literal["document", "library", "clinic"]
ANSWERED_GROUPS = (
    "about_scar_revision",
    "scars",
    "treatments",
    "having_the_operation",
    "about_me",
    "clinic",
)
OUT_OF_SCOPE = "out_of_scope"
SAFETY = "safety"  # the group of the kinds of danger


class TopicEntry(Schema):
    """One topic as it stands in `data/topics.yml`."""

    source: Source | None = Field(default=None, alias="from")
    title: str = Field(max_length=26)
    subject: str = Field(max_length=60)
    asks: str
    also: list[str] = []


class Topic(TopicEntry):
    """A topic with its id (the intent's name) and its group."""

    id: str
    group: str

    @property
    def answered(self) -> bool:
        """Whether it has an answer, rather than being talk, danger or not ours."""
        return self.group in ANSWERED_GROUPS

    def followed_by(self, text: str) -> str:
        """A follow-up together with this topic, which was answered just before it."""
        return f"{self.subject}: {text}"


@lru_cache
def load_topics(path: Path | None = None) -> dict[str, Topic]:
    """All topics by id, in the order of the file; raises `FaultyDataError`."""
    path = path or places.DATA / "topics.yml"
    groups = read_yaml(path, dict[str, dict[str, TopicEntry]])
    topics: dict[str, Topic] = {}
    faults = []
    for group, entries in groups.items():
        for topic_id, entry in entries.items():
            if topic_id in topics:
                faults.append(fault(path, f"{topic_id} stands twice; take one out"))
            if (entry.source is None) == (group in ANSWERED_GROUPS):
                faults.append(
                    fault(
                        path,
                        f"{group}.{topic_id}: `from` fits the groups "
                        f"{', '.join(ANSWERED_GROUPS)}, each topic of them",
                    )
                )
            fields = entry.model_dump(by_alias=True)
            topics[topic_id] = Topic(id=topic_id, group=group, **fields)
    for topic in topics.values():
        faults += [
            fault(path, f"{topic.id}.also: {other} is no topic; correct its spelling")
            for other in topic.also
            if other not in topics
        ]
    if faults:
        raise FaultyDataError(faults)
    return topics


def answerable(topics: dict[str, Topic]) -> list[str]:
    """Ids of the topics that an answer or the clinic's details can answer."""
    return [topic.id for topic in topics.values() if topic.answered]
