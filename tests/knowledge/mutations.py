"""Spoiled content: what may go wrong with an answer, its passages or its review, one at a time.

Each kind of mutation finds every place of the real content where it applies; a seeded choice
takes some of them. A mutation knows the file that the fault must name, and words of its message.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from scarwise.knowledge.answers import Answer, Sentence, spoken
from scarwise.knowledge.content import Content
from scarwise.knowledge.documents import text_hash
from scarwise.knowledge.quantities import quantities
from scarwise.knowledge.reading_grade import GRADE_GOAL, reading_grade
from scarwise.knowledge.size import words_of

Spoil = Callable[[Path], None]
ASK = "Ask the doctor when you may go to work and swim and run and ride a bike and lift and dance."
DENYING = re.compile(r"\b(?:not|no|cannot|never|neither)\b", re.IGNORECASE)
SHORT_MAIN = 50  # words of a main text that has room for one more sentence
NEGATIONS = {
    r"\b(does|do|is|are|may|can) not ": r"\1 ",
    r"\bcannot ": "can ",
    r"^No scar can be removed": "A scar can be removed",
    r"\bneither (.+?) nor (.+?) can\b": r"\1 and \2 can",
}
HEDGES = {r" can (?!be\b)": " will ", r" may ": " will ", r" (often|usually|commonly) ": " "}
BRITISH = {"color": "colour", "anesthesia": "anaesthesia", "center": "centre"}


@dataclass(frozen=True)
class Mutation:
    """One thing spoiled: `file` is what the fault must name, `says` what its message holds.

    With `signed`, a reviewer signs what was spoiled, so that no hash gives it away.
    """

    kind: str
    file: str
    says: str
    spoil: Spoil
    signed: bool = True
    passages: tuple[str, ...] = ()  # that it changes, too

    @property
    def touched(self) -> set[str]:
        """What no other mutation may change."""
        return {self.file, *self.passages}


def _edit(file: str, change: Callable[[dict[str, Any]], None]) -> Spoil:
    """A change of a YAML file as data."""

    def spoil(home: Path) -> None:
        path = home / file
        content = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
        change(content)
        yaml, text = YAML(), StringIO()
        yaml.width = 1000
        yaml.dump(content, text)
        path.write_text(text.getvalue(), encoding="utf-8")

    return spoil


def _said_anew(before: str, **fields: Any) -> Callable[[dict[str, Any]], None]:
    """Gives the first sentence of an answer that reads `before` other fields."""

    def change(answer: dict[str, Any]) -> None:
        for part in ("say", "more", "short"):
            for at, sentence in enumerate(answer.get(part, [])):
                if sentence["text"] == before:
                    kept = {
                        name: sentence[name] for name in ("cites", "comfort") if name in sentence
                    }
                    answer[part][at] = fields if "text" in fields and len(fields) > 1 else {
                        "text": before, **kept, **fields
                    }  # fmt: skip
                    return
        raise AssertionError(f"there is no sentence {before!r}")

    return change


def _file(content: Content, answer: Answer) -> str:
    return f"data/answers/{content.topics[answer.topic].group}/{answer.id}.yml"


def _review(content: Content, answer: Answer) -> str:
    return f"data/reviews/{content.topics[answer.topic].group}/{answer.id}.yml"


def _sentences(content: Content) -> Iterator[tuple[str, Answer, Sentence]]:
    """The first sentence of each text in each answer, with the answer's file."""
    for answer in content.answers.values():
        seen = set()
        for part in answer.parts:
            for sentence in part:
                if sentence.text not in seen and sentence.cites:
                    seen.add(sentence.text)
                    yield _file(content, answer), answer, sentence


def _retold(
    kind: str, content: Content, patterns: dict[str, str], says: str, keep: str = "(?!)"
) -> Iterator[Mutation]:
    """Sentences in which a pattern is replaced; `keep` marks those that it does not spoil."""
    for file, _, sentence in _sentences(content):
        for pattern, new in patterns.items():
            text = re.sub(pattern, new, sentence.text, count=1)
            if text != sentence.text and not re.search(keep, sentence.text):
                yield Mutation(
                    kind, file, says.format(text=text[:60]),
                    _edit(file, _said_anew(sentence.text, text=text)),
                )  # fmt: skip
                break


def number_changed(content: Content) -> Iterator[Mutation]:
    for file, _, sentence in _sentences(content):
        match = re.search(r"(?<!SPF )\b\d+", sentence.text)
        if not match:
            continue
        known = quantities(" ".join(content.cited(sentence)))
        text = sentence.text
        for more in (1, 2, 3, 5):
            number = str(int(match[0]) + more)
            text = sentence.text[: match.start()] + number + sentence.text[match.end() :]
            if not quantities(text) <= known:
                break
        yield Mutation(
            "number changed", file, f"{text[:60]!r} says ",
            _edit(file, _said_anew(sentence.text, text=text)),
        )  # fmt: skip


def negation_dropped(content: Content) -> Iterator[Mutation]:
    # what a patient is asked or told to do is judged by its own words, not by the passage's
    return _retold(
        "negation dropped", content, NEGATIONS, "{text!r} ", keep="^Ask|what it could not"
    )


def hedge_dropped(content: Content) -> Iterator[Mutation]:
    return _retold(
        "hedge dropped", content, HEDGES, "{text!r} ",
        keep=r"^(?:So )?(?:Ask|Talk|Call|Tell|Say|Once|Use)\b|so ask|depends on| may go| how ",
    )  # fmt: skip


def gloss_dropped(content: Content) -> Iterator[Mutation]:
    for answer in content.answers.values():
        file = _file(content, answer)
        for sentence in answer.say:
            if "(" not in sentence.text or answer.facet.get("term"):
                continue
            before = content.glossary.unexplained_in(answer)
            text = re.sub(r" \([^)]*\)", "", sentence.text)
            said = [one.model_copy(update={"text": text}) if one is sentence else one
                    for one in answer.say]  # fmt: skip
            lost = [
                name
                for name in content.glossary.unexplained_in(answer.model_copy(update={"say": said}))
                if name not in before and reading_grade(spoken(said)) <= GRADE_GOAL
            ]
            for name in lost[:1]:
                yield Mutation(
                    "term unexplained", file, f"does not explain {name} where it stands",
                    _edit(file, _said_anew(sentence.text, text=text)),
                )  # fmt: skip


def citation_swapped(content: Content) -> Iterator[Mutation]:
    passages = sorted(content.passages)
    for at, (file, _, sentence) in enumerate(_sentences(content)):
        other = passages[(at * 37 + 11) % len(passages)]
        if re.search(r"\b(?:ask|talk|tell)\b", sentence.text.lower()):
            continue  # many passages carry "ask the doctor"
        if other.partition("#")[0] == sentence.cites[0].partition("#")[0]:
            continue
        yield Mutation(
            "citation swapped", file, f"{sentence.text[:60]!r} ",
            _edit(file, _said_anew(sentence.text, text=sentence.text, cites=[other])),
        )  # fmt: skip


def citation_removed(content: Content) -> Iterator[Mutation]:
    for file, _, sentence in _sentences(content):
        yield Mutation(
            "citation removed", file, f"{sentence.text!r} is no known comfort",
            _edit(file, _said_anew(sentence.text, text=sentence.text, comfort=True)),
        )  # fmt: skip


def _with_passage(kind: str, content: Content, old: str, new: str, says: str) -> Iterator[Mutation]:
    """`old` made `new` in a sentence and in the passages that it cites, so that both agree."""
    for file, answer, sentence in _sentences(content):
        passages = [content.passages[one] for one in sentence.cites]
        if old not in sentence.text or not all(old in one.text for one in passages):
            continue
        if answer.facet.get("term") or DENYING.search(sentence.text):
            continue  # its words are plain words of a term, or take the promise back
        text = sentence.text.replace(old, new, 1)
        retold = _edit(file, _said_anew(sentence.text, text=text))

        def spoil(home: Path, retold: Spoil = retold, passages: list[Any] = passages) -> None:
            retold(home)
            for passage in passages:
                path = home / f"data/documents/{passage.document}.md"
                told = path.read_text(encoding="utf-8")
                assert passage.text in told, passage.id
                again = passage.text.replace(old, new, 1)
                path.write_text(told.replace(passage.text, again, 1), encoding="utf-8")

        yield Mutation(kind, file, says, spoil, passages=tuple(sentence.cites))


def promise_made(content: Content) -> Iterator[Mutation]:
    return _with_passage("promise made", content, "scar", "perfect scar", "promises ('perfect')")


def british_spelling(content: Content) -> Iterator[Mutation]:
    for old, new in BRITISH.items():
        yield from _with_passage(
            "British spelling", content, old, new, f"spells {new!r} in British"
        )


def rare_word(content: Content) -> Iterator[Mutation]:
    return _with_passage(
        "rare word", content, "scar", "cicatrix scar", "uses the rare word 'cicatrix'"
    )


def price_named(content: Content) -> Iterator[Mutation]:
    return _with_passage(
        "price named",
        content,
        "skin",
        "$5 skin",
        "names a dose or a price ('$5')",
    )


def hard_to_read(content: Content) -> Iterator[Mutation]:
    return _with_passage(
        "hard to read", content, "scar",
        "particularly individual international communication organization responsibility scar",
        "reads at grade ",
    )  # fmt: skip


def _added(kind: str, says: str, text: str, times: int, content: Content) -> Iterator[Mutation]:
    """`text` so many times more at the end of a main text that has room for it."""
    extra = {"text": text, "cites": ["scar-revision-surgery#remember.3"]}
    for answer in content.answers.values():
        if words_of(spoken(answer.say)) > SHORT_MAIN:
            continue
        file = _file(content, answer)
        yield Mutation(
            kind, file, says,
            _edit(file, lambda one: one["say"].extend(dict(extra) for _ in range(times))),
        )  # fmt: skip


def sentence_too_long(content: Content) -> Iterator[Mutation]:
    longer = ASK.removesuffix(".") + " and drive a car and go out in the sun."
    return _added("sentence too long", "words; make two of it", longer, 1, content)


def text_too_long(content: Content) -> Iterator[Mutation]:
    return _added("text too long", "at most 90", "Ask the doctor about your own scar.", 13, content)


def part_removed(content: Content) -> Iterator[Mutation]:
    parts = (("more", "has no `more`"), ("short", "has no `short`"), ("follow_up", "no topic next"))
    for at, answer in enumerate(content.answers.values()):
        file = _file(content, answer)
        part, says = parts[at % len(parts)]
        yield Mutation(
            "part removed", file, says, _edit(file, lambda one, part=part: one.pop(part))
        )


def passage_changed_and_signed(content: Content) -> Iterator[Mutation]:
    for file, _, sentence in _sentences(content):
        if len(sentence.cites) > 1 or not re.search(r"(?<!SPF )\b\d+ to \d+", sentence.text):
            continue
        passage = content.passages[sentence.cites[0]]
        changed = re.sub(r"\b\d+\b", lambda one: str(int(one[0]) + 1), passage.text)
        yield Mutation(
            "passage changed and signed", file, f"{sentence.text[:60]!r} says ",
            _document(passage.document, passage.text, changed), passages=(passage.id,),
        )  # fmt: skip


def _document(document: str, before: str, after: str) -> Spoil:
    def spoil(home: Path) -> None:
        path = home / f"data/documents/{document}.md"
        text = path.read_text(encoding="utf-8")
        assert before in text
        path.write_text(text.replace(before, after, 1), encoding="utf-8")

    return spoil


def passage_edited(content: Content) -> Iterator[Mutation]:
    for file, _, sentence in _sentences(content):
        passage = content.passages[sentence.cites[0]]
        yield Mutation(
            "passage edited", file, f"cites {passage.id}, which was changed after the review",
            _document(passage.document, passage.text, f"Perhaps {passage.text}"), False,
            (passage.id,),
        )  # fmt: skip


def answer_edited(content: Content) -> Iterator[Mutation]:
    for file, _, sentence in _sentences(content):
        spoil = _edit(file, _said_anew(sentence.text, text=f"{sentence.text[:-1]} indeed."))
        yield Mutation("answer edited", file, "was changed after its review", spoil, False)


def review_expired(content: Content) -> Iterator[Mutation]:
    past = date.today() - timedelta(days=1)
    for answer in content.answers.values():
        spoil = _edit(
            _review(content, answer),
            lambda one: one.update(on=past - timedelta(days=365), until=past),
        )
        yield Mutation("review expired", _file(content, answer), "which is past", spoil, False)


def review_removed(content: Content) -> Iterator[Mutation]:
    for answer in content.answers.values():
        file = _review(content, answer)
        yield Mutation(
            "review removed", _file(content, answer), "has no review",
            lambda home, file=file: (home / file).unlink(), signed=False,
        )  # fmt: skip


KINDS = {
    number_changed: 7, negation_dropped: 6, hedge_dropped: 4, gloss_dropped: 4,
    citation_swapped: 4, citation_removed: 4, promise_made: 2, british_spelling: 2, rare_word: 2,
    price_named: 1, hard_to_read: 1, sentence_too_long: 1, text_too_long: 1, part_removed: 3,
    passage_changed_and_signed: 1, passage_edited: 2, answer_edited: 1, review_expired: 3,
    review_removed: 1,
}  # fmt: skip


def chosen(content: Content, seed: str) -> list[Mutation]:
    """As many mutations of each kind as `KINDS` says, each of another answer.

    The lot of a mutation hangs on its own words, so that a new answer moves few of the others.
    """
    taken: set[str] = set()
    found: list[Mutation] = []
    for kind, count in KINDS.items():
        for mutation in sorted(kind(content), key=lambda one: _lot(seed, one)):
            if count and not taken & mutation.touched:
                taken |= mutation.touched
                found.append(mutation)
                count -= 1
        assert not count, f"{kind.__name__} applies to too few answers"
    return found


def _lot(seed: str, mutation: Mutation) -> str:
    return text_hash(f"{seed} {mutation.kind} {mutation.file} {mutation.says}")
