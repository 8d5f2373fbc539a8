"""The commands of the review: what is due, and a signature for what stands now."""

from __future__ import annotations

import sys
from datetime import date
from typing import Literal

from scarwise.knowledge.answers import load_answers
from scarwise.knowledge.documents import load_documents, passages_by_id
from scarwise.knowledge.reviews import (
    Reviewer,
    load_reviews,
    objections,
    review_of,
    review_path,
    write_review,
)
from scarwise.knowledge.topics import load_topics
from scarwise.places import shown


def due(today: date) -> dict[str, list[str]]:
    """Ids of the answers that are not served today, with the reasons."""
    passages = passages_by_id(load_documents())
    reviews = load_reviews()
    reasons = {
        answer.id: objections(answer, reviews.get(answer.id), passages, today)
        for answer in load_answers().values()
    }
    return {answer_id: found for answer_id, found in reasons.items() if found}


def list_due(today: date) -> int:
    """Print what needs a review; the exit code is always 0."""
    found = due(today)
    for answer_id, reasons in sorted(found.items()):
        print(f"{answer_id}: {'; '.join(reasons)}")
    print(f"{len(found)} answers need a review." if found else "Every answer is reviewed.")
    return 0


def sign(
    answer_ids: list[str], role: str, name: str | None, kind: Literal["source", "clinician"]
) -> int:
    """Record a review of today for each answer (or for all that are `due`)."""
    answers, topics = load_answers(), load_topics()
    passages = passages_by_id(load_documents())
    today = date.today()
    chosen = sorted(due(today)) if answer_ids == ["due"] else answer_ids
    unknown = [one for one in chosen if one not in answers]
    for one in unknown:
        print(f"scarwise: there is no answer {one}; see data/answers/", file=sys.stderr)
    if unknown:
        return 2
    if kind == "clinician" and not name:
        print("scarwise: a clinician signs with a name; add --name", file=sys.stderr)
        return 2
    reviewer = Reviewer(kind=kind, role=role, name=name)
    for one in chosen:
        answer = answers[one]
        missing = [passage for passage in answer.cited if passage not in passages]
        if missing:
            print(f"scarwise: {one} cites {missing[0]}, which is no passage", file=sys.stderr)
            return 1
        path = review_path(one, topics[answer.topic].group)
        write_review(path, review_of(answer, passages, reviewer, today))
        print(f"wrote {shown(path)}")
    return 0
