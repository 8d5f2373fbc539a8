"""What needs a reviewer, and how soon."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from scarwise.knowledge.answers import Answer
from scarwise.knowledge.reviews import Review, ends_soon, objections
from scarwise.review.desk import Desk

State = Literal["expired", "sent back", "changed", "new", "unsigned", "ends soon"]
STATES: tuple[State, ...] = get_args(State)  # what is most urgent first


@dataclass(frozen=True)
class Due:
    """One answer that needs a review, with the reasons in words."""

    answer: Answer
    state: State
    why: str


def due(desk: Desk, today: date) -> list[Due]:
    """What needs a review today, the most urgent first."""
    found = [one for answer in desk.in_order() if (one := _due(desk, answer, today))]
    return sorted(found, key=lambda one: (STATES.index(one.state), _left(desk, one, today)))


def _left(desk: Desk, one: Due, today: date) -> int:
    review = desk.reviews.get(one.answer.id)
    return (review.days_left(today) if review else None) or 0


def _due(desk: Desk, answer: Answer, today: date) -> Due | None:
    review = desk.reviews.get(answer.id)
    reasons = objections(answer, review, desk.passages, today)
    if reasons:
        return Due(answer, _state(desk, answer, review), "; ".join(reasons))
    assert review  # without one there is an objection
    if desk.clinic.serve == "signed" and review.reviewer.kind != "clinician":
        why = "is not signed by the clinic's own clinician, and clinic.yml serves signed answers"
        return Due(answer, "unsigned", why)
    soon = ends_soon(review, today)
    return Due(answer, "ends soon", soon) if soon else None


def _state(desk: Desk, answer: Answer, review: Review | None) -> State:
    if review is None:
        return "new"
    if not review.fits(answer, desk.passages):
        return "changed"
    return "sent back" if review.decision == "sent back" else "expired"


def listed(found: list[Due]) -> Iterator[str]:
    """The list in lines, and what to do next."""
    for one in found:
        yield f"{one.answer.id}: {one.why}"
    withheld = sum(one.state != "ends soon" for one in found)
    soon = len(found) - withheld
    if withheld:
        answers = "1 answer is" if withheld == 1 else f"{withheld} answers are"
        yield f"{answers} not served until reviewed."
    if soon:
        yield f"{soon} of the reviews end soon." if soon > 1 else "1 of the reviews ends soon."
    yield "See one: scarwise review show ANSWER" if found else "Every answer is reviewed."
