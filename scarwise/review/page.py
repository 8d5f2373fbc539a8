"""What a reviewer is shown of one answer: its words, what they rest on, and what has changed.

Pure: the terminal and the booklet only lay it out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any, Literal

from scarwise.knowledge.answers import Answer
from scarwise.knowledge.documents import text_hash
from scarwise.knowledge.reviews import Review, Seen, SeenPassage, seen_today
from scarwise.review.desk import Desk

Mark = Literal["same", "gone", "new"]
Marked = tuple[tuple[Mark, str], ...]  # pieces of a text, in order

# What the parts of an answer are to a patient; another part bears its own name.
TITLES = {"say": "What patients read first", "more": "More detail, when asked",
          "short": "As a text message"}  # fmt: skip
# What the title and the doctor prompt tell of.
SHOWN_ELSEWHERE = frozenset({"topic", "facet", "doctor_prompt"})
HASH_LENGTH = 16


@dataclass(frozen=True)
class Ground:
    """A passage below a sentence, with its sources; `again` when it stands higher up already."""

    id: str
    text: Marked
    sources: tuple[Marked, ...]
    again: bool = False


@dataclass(frozen=True)
class Line:
    """One sentence of the answer and what it rests on; words of comfort rest on nothing."""

    text: Marked
    grounds: tuple[Ground, ...]


@dataclass(frozen=True)
class Part:
    """One text of the answer."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Page:
    """All that a reviewer is shown of one answer."""

    answer: str
    title: str
    asks: str
    prompt: Marked
    parts: tuple[Part, ...]
    review: Review | None
    hash: str

    @property
    def changes(self) -> int:
        """How many sentences, passages and sources have changed since the last review."""
        return sum(_is_changed(one) for one in self._pieces())

    def _pieces(self) -> Iterator[Marked]:
        yield self.prompt
        for line in (line for part in self.parts for line in part.lines):
            yield line.text
            for ground in line.grounds:
                if not ground.again:
                    yield ground.text
                    yield from ground.sources

    @property
    def history(self) -> str:
        """When it was reviewed last, by whom, and what has become of that, in one sentence."""
        if not self.review:
            return "New: nobody has reviewed it."
        last = f"{self.review.decision.capitalize()} on {self.review.on} by {self.review.reviewer}."
        if self.review.reviewer.kind == "source":  # nobody has signed
            last = f"Checked with its source on {self.review.on} ({self.review.reviewer})."
        if self.review.comment:
            last += f" Comment: {self.review.comment}"
        if not self.review.seen:
            return f"{last} The words of that time were not kept, so no changes are marked."
        count = self.changes
        if not count:
            return f"{last} Nothing has changed since."
        return f"{last} Changed since: {count} {'place' if count == 1 else 'places'}, marked below."


def _is_changed(text: Marked) -> bool:
    return any(mark != "same" for mark, _ in text)


def marked(before: str | None, now: str | None) -> Marked:
    """Both texts as one, word by word; None for a text that is not there."""
    old, new = (before or "").split(), (now or "").split()
    pieces: list[tuple[Mark, str]] = []
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for step, old_start, old_end, new_start, new_end in steps:
        if step == "equal":
            pieces.append(("same", " ".join(new[new_start:new_end])))
            continue
        gone, added = " ".join(old[old_start:old_end]), " ".join(new[new_start:new_end])
        pieces += [(mark, text) for mark, text in (("gone", gone), ("new", added)) if text]
    return tuple(pieces)


def page_of(desk: Desk, answer: Answer) -> Page:
    """What a reviewer of `answer` is shown now."""
    now = seen_today(answer, desk.documents)
    review = desk.reviews.get(answer.id)
    # Without kept words nothing can be compared, and nothing is marked.
    before = review.seen if review and review.seen else now
    return Page(
        answer=answer.id,
        title=desk.title(answer),
        asks=desk.topics[answer.topic].asks,
        prompt=marked(_prompt(desk, before), _prompt(desk, now)),
        parts=tuple(_parts(before, now)),
        review=review,
        hash=shown_hash(answer, now),
    )


def _prompt(desk: Desk, seen: Seen) -> str:
    """The prompt to speak with a doctor that stands below an answer."""
    default = Answer.model_fields["doctor_prompt"].default
    name = f"doctor_prompt.{seen.answer.get('doctor_prompt', default)}"
    return desk.texts.say(name) if name in desk.texts else f"{name} is no text."


def shown_hash(answer: Answer, seen: Seen) -> str:
    """The hash of all that is shown, by which a decision names it. It begins with a letter, so
    that no spreadsheet takes it for a number."""
    passages = {name: one.model_dump() for name, one in sorted(seen.passages.items())}
    whole = json.dumps([answer.hash, passages], sort_keys=True)
    return "v" + text_hash(whole)[:HASH_LENGTH]


def _texts(seen: Seen) -> dict[str, list[Mapping[str, Any]]]:
    """The texts of an answer by name: each a list of sentences with what they cite."""
    return {
        name: [one if isinstance(one, dict) else {"text": str(one)} for one in _listed(value)]
        for name, value in seen.answer.items()
        if name not in SHOWN_ELSEWHERE
    }


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _parts(before: Seen, now: Seen) -> Iterator[Part]:
    old, new = _texts(before), _texts(now)
    shown: set[str] = set()
    for name in dict.fromkeys((*new, *old)):
        lines = [
            _line(left, right, before, now, shown)
            for left, right in _pairs(old.get(name, []), new.get(name, []))
        ]
        yield Part(TITLES.get(name, name.replace("_", " ").capitalize()), tuple(lines))


def _pairs(
    old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]]:
    """Sentences of before beside those of now; None where there is none to set beside."""
    texts = [[one["text"] for one in side] for side in (old, new)]
    steps = SequenceMatcher(None, *texts, autojunk=False).get_opcodes()
    for _, old_start, old_end, new_start, new_end in steps:
        yield from zip_longest(old[old_start:old_end], new[new_start:new_end])


def _line(
    before: Mapping[str, Any] | None,
    now: Mapping[str, Any] | None,
    seen_before: Seen,
    seen_now: Seen,
    shown: set[str],
) -> Line:
    cited_before, cited_now = ((one or {}).get("cites", []) for one in (before, now))
    grounds = []
    for name in dict.fromkeys((*cited_now, *cited_before)):
        left = seen_before.passages.get(name) if name in cited_before else None
        right = seen_now.passages.get(name) if name in cited_now else None
        stays = left is not None and right is not None
        grounds.append(_ground(name, left, right, again=stays and name in shown))
        if stays:  # what came or went is shown wherever it did
            shown.add(name)
    texts = [one["text"] if one else None for one in (before, now)]
    return Line(marked(*texts), tuple(grounds))


def _ground(name: str, before: SeenPassage | None, now: SeenPassage | None, again: bool) -> Ground:
    sources = [one.sources if one else [] for one in (before, now)]
    kept: list[Marked] = []
    for one in dict.fromkeys((*sources[1], *sources[0])):
        kept.append(marked(*(one if one in side else None for side in sources)))
    text = marked(before.text if before else None, now.text if now else None)
    return Ground(name, text, tuple(kept), again)
