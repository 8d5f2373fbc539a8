"""Decisions on answers: who decides what, and what stands in the way. Pure, but for the writing.

A clinician decides on exactly what was shown: the hash of the page names it, and it must be what
the last commit holds.
"""

from __future__ import annotations

import shlex
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from scarwise.faults import Fault
from scarwise.knowledge.answers import Answer
from scarwise.knowledge.reviews import (
    MOST_MONTHS_VALID,
    Decision,
    Review,
    Reviewer,
    months_later,
    review_of,
    seen_today,
    write_reviews,
)
from scarwise.review.desk import Desk
from scarwise.review.page import shown_hash
from scarwise.review.working_copy import uncommitted

UNSEEN = frozenset({"Cc", "Cs", "Co", "Cn"})  # kinds of characters that say nothing
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # show words turned


def one_line(text: str) -> str:
    """Words as a record keeps them: in one line, with single spaces."""
    return " ".join(text.split())


@dataclass(frozen=True)
class Decided:
    """One decision on one answer. `hash` names what was shown; None where nobody was shown it."""

    answer: str
    decision: Decision
    reviewer: Reviewer
    hash: str | None = None
    comment: str | None = None
    until: date | None = None


def objection_to(desk: Desk, decided: Decided, today: date) -> str | None:
    """Why the decision cannot be taken, with the mend; None when it can."""
    answer = desk.answers.get(decided.answer)
    if not decided.answer:
        return "names no answer; add the id of the answer"
    if answer is None:
        return f"there is no answer {decided.answer}; see data/answers/"
    if wrong := _wrong_words(decided):
        return wrong
    if decided.reviewer.kind == "clinician" and not decided.hash:
        return f"a clinician says with the hash what was seen; {_show(answer)}"
    if decided.hash and decided.hash != shown_hash(answer, seen_today(answer, desk.documents)):
        return f"{answer.id} was changed after this was shown; {_show(answer)}"
    if decided.decision == "sent back":
        if not decided.comment:
            return "say in a comment why it is sent back"
        return "take the next date out; it belongs to a signature" if decided.until else None
    if decided.until:
        return _wrong_date(decided.until, today)
    return _lost_signature(desk, answer, decided.reviewer, today)


def _show(answer: Answer) -> str:
    return f"read it and decide then: scarwise review show {shlex.quote(answer.id)}"


def _wrong_words(decided: Decided) -> str | None:
    who = decided.reviewer
    if not who.role:
        return "say in which role the reviewer decides; add the role"
    if who.kind == "clinician" and not who.name:
        return "a clinician decides with a name; add the name"
    for words in (who.role, who.name, decided.comment):
        if any(unicodedata.category(one) in UNSEEN or one in TURNING for one in words or ""):
            return f"{words!r} holds a character that cannot be seen; type it anew"
    return None


def _wrong_date(until: date, today: date) -> str | None:
    latest = months_later(today, MOST_MONTHS_VALID)
    if until <= today:
        return f"the next date {until} is not after today, {today}; choose a later one"
    if until > latest:
        return f"the next date {until} is too far ahead; choose one until {latest}"
    return None


def _lost_signature(desk: Desk, answer: Answer, reviewer: Reviewer, today: date) -> str | None:
    """A review of public sources must not take the place of a clinician's that still holds."""
    before = desk.reviews.get(answer.id)
    if reviewer.kind == "clinician" or not before or before.reviewer.kind == "source":
        return None
    if not before.fits(answer, desk.passages) or (before.until and today > before.until):
        return None
    return f"{answer.id} was decided on by {before.reviewer}; a clinician decides on it again"


def uncommitted_below(desk: Desk, decisions: Sequence[Decided]) -> list[Fault]:
    """The files that a clinician's signatures are about and that are not as committed."""
    chosen = [
        desk.answers[one.answer]
        for one in decisions
        if one.reviewer.kind == "clinician" and one.decision == "signed"
    ]
    documents = {one.partition("#")[0] for answer in chosen for one in answer.cited}
    files = [desk.path(answer) for answer in chosen]
    return uncommitted([*files, *(desk.documents[name].path for name in sorted(documents))])


def record(desk: Desk, decisions: Sequence[Decided], today: date) -> list[Path]:
    """Write the reviews of decisions that nothing stands against: all of them, or none."""
    reviews: dict[Path, Review] = {}
    for one in decisions:
        answer = desk.answers[one.answer]
        reviews[desk.review_path(answer)] = review_of(
            answer, desk.documents, one.reviewer, today, until=one.until,
            comment=one.comment, decision=one.decision, before=desk.reviews.get(answer.id),
        )  # fmt: skip
    write_reviews(reviews)
    return list(reviews)
