"""Who vouches for an answer, until when, and for exactly which words.

A review holds the hashes of the answer and of every passage that it cites. One changed word in
either, and the review no longer fits: the answer is not served until somebody reviews it again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from io import StringIO
from pathlib import Path
from typing import Literal

from ruamel.yaml import YAML

from scarwise import places
from scarwise.datafile import Schema, read_yaml
from scarwise.faults import Fault, FaultyDataError, fault
from scarwise.knowledge.answers import Answer
from scarwise.knowledge.documents import Passage

MONTHS_VALID = 12


class Reviewer(Schema):
    """Who vouches. `clinician` is the clinic's own; `source` says that the cited public
    documents stand behind the words and no clinician of this clinic has signed yet."""

    kind: Literal["source", "clinician"]
    role: str
    name: str | None = None


class Review(Schema):
    """The record of one review, as it lies in `data/reviews/`."""

    answer: str
    reviewer: Reviewer
    on: date
    until: date
    hash: str
    passages: dict[str, str]


def review_of(
    answer: Answer, passages: Mapping[str, Passage], reviewer: Reviewer, on: date
) -> Review:
    """A record that vouches for `answer` and its passages as they stand now."""
    cited = {one: passages[one].hash for one in answer.cited}
    until = _months_later(on, MONTHS_VALID)
    return Review(
        answer=answer.id, reviewer=reviewer, on=on, until=until, hash=answer.hash, passages=cited
    )


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.month - 1 + months, 12)
    return day.replace(year=day.year + year, month=month + 1, day=min(day.day, 28))


def objections(
    answer: Answer, review: Review | None, passages: Mapping[str, Passage], today: date
) -> list[str]:
    """Why `answer` may not be served today; empty when it may."""
    if review is None:
        return ["has no review"]
    found = []
    if review.hash != answer.hash:
        found.append("was changed after its review")
    for one in answer.cited:
        if one not in passages:
            found.append(f"cites {one}, which is no passage")
        elif review.passages.get(one) != passages[one].hash:
            found.append(f"cites {one}, which was changed after the review")
    if today > review.until:
        found.append(f"was reviewed until {review.until}, which is past")
    if review.on > today:
        found.append(f"was reviewed on {review.on}, which is still to come")
    return found


def review_path(answer_id: str, group: str) -> Path:
    """Where the review of an answer lies."""
    return places.DATA / "reviews" / group / f"{answer_id}.yml"


def write_review(path: Path, review: Review) -> None:
    """Write the record as YAML; an earlier one stays in the version history."""
    yaml = YAML()
    yaml.default_flow_style = False
    yaml.width = 200
    text = StringIO()
    yaml.dump(review.model_dump(exclude_none=True), text)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.getvalue(), encoding="utf-8")


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
