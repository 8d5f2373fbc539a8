"""Who vouches for an answer, until when, and for exactly which words.

A review holds the hashes of the answer and of every passage that it cites. One changed word in
either, and the review no longer fits: the answer is not served until somebody reviews it again.
It also keeps the words themselves, so that the next reviewer sees what has changed since.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from io import StringIO
from pathlib import Path
from typing import Any, Literal

from pydantic import model_validator
from ruamel.yaml import YAML

from scarwise import places
from scarwise.datafile import Schema, read_yaml
from scarwise.faults import Fault, FaultyDataError, fault
from scarwise.knowledge.answers import Answer
from scarwise.knowledge.documents import Document, Passage, Source, passages_by_id

MONTHS_VALID = 12
MOST_MONTHS_VALID = 36
WARN_DAYS = (60, 30, 7)  # before a review ends

Decision = Literal["signed", "sent back"]
Kind = Literal["source", "clinician"]


class Reviewer(Schema):
    """Who vouches. `clinician` is the clinic's own; `source` says that the cited public
    documents stand behind the words and no clinician of this clinic has signed yet."""

    kind: Kind
    role: str
    name: str | None = None

    def __str__(self) -> str:
        return f"{self.name}, {self.role}" if self.name else self.role


class SeenPassage(Schema):
    """A passage as the reviewer saw it, with its sources in words."""

    text: str
    sources: list[str]


class Seen(Schema):
    """What the reviewer saw: the answer as its file held it, and its passages by id."""

    answer: dict[str, Any]
    passages: dict[str, SeenPassage]


class Earlier(Schema):
    """A review that a later one has replaced."""

    decision: Decision
    reviewer: Reviewer
    on: date
    until: date | None = None
    comment: str | None = None
    hash: str


class Review(Earlier):
    """The record of the last review of an answer, as it lies in `data/reviews/`."""

    answer: str
    decision: Decision = "signed"
    passages: dict[str, str]  # id and hash
    seen: Seen | None = None  # older records hold hashes alone
    earlier: list[Earlier] = []

    @model_validator(mode="after")
    def _ends_or_objects(self) -> Review:
        if self.decision == "signed" and self.until is None:
            raise ValueError("add `until`, the day until which the signature holds")
        if self.decision == "sent back" and not self.comment:
            raise ValueError("add a `comment` that says why the answer was sent back")
        return self

    def days_left(self, today: date) -> int | None:
        """Days until it ends, negative when it has; None for an answer that was sent back."""
        return (self.until - today).days if self.until else None

    def fits(self, answer: Answer, passages: Mapping[str, Passage]) -> bool:
        """Whether answer and passages are still the ones that were reviewed."""
        return not _changes(answer, self, passages)


def in_words(source: Source) -> str:
    """A source as a reader finds it again."""
    return f'{source.publisher}: "{source.title}", {source.address} (read {source.read})'


def sources_of(passage: Passage, documents: Mapping[str, Document]) -> list[str]:
    """The sources of a passage in words."""
    known = documents[passage.document].about.sources
    return [in_words(known[name]) for name in passage.sources]


def seen_today(answer: Answer, documents: Mapping[str, Document]) -> Seen:
    """What a reviewer of `answer` sees now; every passage that it cites must be there."""
    passages = passages_by_id(dict(documents))
    cited = {one: passages[one] for one in answer.cited}
    return Seen(
        answer=answer.model_dump(mode="json", exclude_defaults=True, exclude={"follow_up"}),
        passages={
            name: SeenPassage(text=one.text, sources=sources_of(one, documents))
            for name, one in cited.items()
        },
    )


def review_of(
    answer: Answer,
    documents: Mapping[str, Document],
    reviewer: Reviewer,
    on: date,
    *,
    until: date | None = None,
    comment: str | None = None,
    decision: Decision = "signed",
    before: Review | None = None,
) -> Review:
    """A record of what was decided on `answer` and its passages as they stand now."""
    if decision == "signed" and until is None:
        until = months_later(on, MONTHS_VALID)
    earlier: list[Earlier] = []
    if before:
        kept = before.model_dump(include=set(Earlier.model_fields))
        earlier = [Earlier.model_validate(kept), *before.earlier]
    passages = passages_by_id(dict(documents))
    hashes = {one: passages[one].hash for one in answer.cited}
    return Review(
        answer=answer.id, decision=decision, reviewer=reviewer, on=on, until=until,
        comment=comment, hash=answer.hash, passages=hashes, seen=seen_today(answer, documents),
        earlier=earlier,
    )  # fmt: skip


def months_later(day: date, months: int) -> date:
    """The day so many months later; the 28th for days that not every month has."""
    year, month = divmod(day.month - 1 + months, 12)
    return day.replace(year=day.year + year, month=month + 1, day=min(day.day, 28))


def _changes(answer: Answer, review: Review, passages: Mapping[str, Passage]) -> list[str]:
    since = "its review" if review.decision == "signed" else "it was sent back"
    found = [f"was changed after {since}"] if review.hash != answer.hash else []
    for one in answer.cited:
        if one not in passages:
            found.append(f"cites {one}, which is no passage")
        elif review.passages.get(one) != passages[one].hash:
            since = "the review" if review.decision == "signed" else "it was sent back"
            found.append(f"cites {one}, which was changed after {since}")
    return found


def objections(
    answer: Answer, review: Review | None, passages: Mapping[str, Passage], today: date
) -> list[str]:
    """Why `answer` may not be served today; empty when it may."""
    if review is None:
        return ["has no review"]
    found = _changes(answer, review, passages)
    if review.decision == "sent back" and not found:
        found.append(f"was sent back on {review.on} by {review.reviewer}: {review.comment}")
    if review.until and today > review.until:
        found.append(f"was reviewed until {review.until}, which is past")
    if review.on > today:
        found.append(f"was reviewed on {review.on}, which is still to come")
    return found


def ends_soon(review: Review, today: date) -> str | None:
    """That the review ends within the widest of `WARN_DAYS`, in words; else None."""
    left = review.days_left(today)
    if left is None or not 0 <= left <= max(WARN_DAYS):
        return None
    within = min(days for days in WARN_DAYS if left <= days)
    return f"its review ends in {left} days (within {within})"


def review_path(answer_id: str, group: str) -> Path:
    """Where the review of an answer lies."""
    return places.DATA / "reviews" / group / f"{answer_id}.yml"


def as_yaml(review: Review) -> str:
    """The record as its file holds it."""
    yaml = YAML()
    yaml.default_flow_style = False
    yaml.width = 200
    text = StringIO()
    kept = {"answer": review.answer, **review.model_dump(exclude_none=True)}
    yaml.dump({name: value for name, value in kept.items() if value != []}, text)
    return text.getvalue()


def write_reviews(reviews: Mapping[Path, Review]) -> None:
    """Write every record, or, when one cannot be written (`OSError`), none."""
    waiting = {path: path.with_name(f".{path.name}.new") for path in reviews}
    try:
        for path, review in reviews.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            waiting[path].write_text(as_yaml(review), encoding="utf-8")
        for path, new in waiting.items():
            new.replace(path)
    finally:
        for new in waiting.values():
            new.unlink(missing_ok=True)


@lru_cache
def load_reviews(folder: Path | None = None) -> dict[str, Review]:
    """All reviews by the id of their answer; raises `FaultyDataError` with every fault."""
    folder = folder or places.DATA / "reviews"
    reviews: dict[str, Review] = {}
    faults: list[Fault] = []
    for path in sorted(folder.glob("*/*.yml")):
        try:
            review = read_yaml(path, Review)
        except FaultyDataError as error:
            faults += error.faults
            continue
        if review.answer != path.stem:
            faults.append(fault(path, f"reviews {review.answer}; name it {review.answer}.yml"))
        reviews[review.answer] = review
    if faults:
        raise FaultyDataError(faults)
    return reviews
