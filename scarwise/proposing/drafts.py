"""Drafts to write answers from: the new document in the project's form, and a file for each topic.

A draft cannot be served by mistake: what a person has to fill in is empty, and `scarwise check`
refuses it until it is filled.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from scarwise import places
from scarwise.knowledge.answers import Answer, load_answers
from scarwise.knowledge.topics import load_topics
from scarwise.proposing.documents import NewDocument, Section
from scarwise.proposing.matching import Differing, Match

MOST_QUOTED = 12  # passages of a topic, the likeliest first
MOST_CITED = 5
LEAST_SHARE = 0.6  # of a topic's passages that name one term, for an answer of that term alone
# What Markdown would take for something else than the beginning of a sentence.
_MARK = re.compile(r"^(?=[#>|<\[`~=+*_-]|\d{1,9}[.)])")
_FACETS = {"technique", "scar_type", "body_part"}


def document_draft(document: NewDocument, today: date) -> str:
    """The new document as Markdown with front matter; its sources are left to be filled in."""
    quoted = json.dumps(document.title, ensure_ascii=False)
    file = json.dumps(document.file, ensure_ascii=False)
    lines = [
        "---",
        "# Fill in the empty fields. May the words be quoted? If not, tell the facts in your own",
        "# words. Take out what no answer cites. Then move this file to data/documents/.",
        f"id: {document.id}",
        f"title: {quoted}",
        "license:",
        "sources:",
        "  source:",
        "    publisher:",
        f"    title: {quoted}",
        f"    address: {file}  # better: the web address that it was read at",
        f"    read: {today}",
        "---",
    ]
    for section in document.sections:
        lines += ["", f"## {_line(section.title)} {{#{section.id}}}", *_section_lines(section)]
    return "\n".join(lines) + "\n"


def _section_lines(section: Section) -> Iterator[str]:
    before = ""
    for block, passages in section.blocks:
        is_item = block.kind != "paragraph"
        if not (is_item and before == "item"):
            yield ""
        if is_item:
            yield from (f"- {_line(one.text)}" for one in passages)
        else:
            yield _line(" ".join(one.text for one in passages))
        before = "item" if is_item else "paragraph"


def _line(text: str) -> str:
    """`text` so that Markdown reads it as the words that it is."""
    return _MARK.sub(r"\\", text.replace("[^", "[ ^"))


def by_topic(matches: Sequence[Match]) -> dict[str, list[Match]]:
    """The passages of each topic, those that it fits best first; most passages first."""
    found: dict[str, list[Match]] = defaultdict(list)
    for match in matches:
        for topic in match.topics:
            found[topic].append(match)
    for topic, some in found.items():
        some.sort(key=lambda one: (one.topics.index(topic), -one.score))
    return dict(sorted(found.items(), key=lambda one: (-_mainly(*one), one[0])))


def _mainly(topic: str, matches: Sequence[Match]) -> int:
    return sum(one.topics[0] == topic for one in matches)


def main_topics(matches: Sequence[Match]) -> dict[str, list[Match]]:
    """As `by_topic`, only topics that at least one passage fits best."""
    return {topic: some for topic, some in by_topic(matches).items() if _mainly(topic, some)}


def answers_of(topic: str) -> list[Answer]:
    """The answers of a topic as they stand, the general one first."""
    every = [one for one in load_answers().values() if one.topic == topic]
    return sorted(every, key=lambda one: len(one.facet))


def facet_of(matches: Sequence[Match]) -> tuple[str, str] | None:
    """The term that most of a topic's passages name, when an answer of its own may fit it."""
    named = Counter(
        term for match in matches for term in match.terms if term[0] in _FACETS
    ).most_common(1)
    enough = named and len(matches) > 1 and named[0][1] >= LEAST_SHARE * len(matches)
    return named[0][0] if enough else None


def answer_drafts(matches: Sequence[Match]) -> dict[Path, str]:
    """The draft of each topic's answer, by its place below a folder of answers."""
    topics = load_topics()
    return {
        Path(topics[topic].group, f"{topic}.yml"): answer_draft(topic, some)
        for topic, some in main_topics(matches).items()
    }


def answer_draft(topic_id: str, matches: Sequence[Match]) -> str:
    """One draft: the passages as comments, then the present answer or an empty one."""
    topic = load_topics()[topic_id]
    present = answers_of(topic_id)
    path = f"data/answers/{topic.group}/{topic_id}.yml"
    lines = [
        f"# A draft for {path}: {topic.asks}.",
        "# Write each sentence in your own plain words, reading grade 6 or less, and cite the",
        "# passages that it rests on. The passages below are there to write from, not to copy.",
        "#",
    ]
    lines += [line for match in matches[:MOST_QUOTED] for line in _quoted(match)]
    if len(matches) > MOST_QUOTED:
        lines.append(f"# {len(matches) - MOST_QUOTED} more are in the report.")
    if facet := facet_of(matches):
        lines += [
            "#",
            f"# Most of these are about {facet[1]}: an answer for it alone is named",
            f"# {topic_id}.{facet[1]}.yml and holds `facet: {{{facet[0]}: {facet[1]}}}`.",
        ]
    general = next((one for one in present if not one.facet), None)
    if general:
        others = ", ".join(one.id for one in present if one.facet)
        lines += [
            "#",
            "# The answer as it is now" + (f" (there are also {others}):" if others else ":"),
        ]
        return "\n".join(lines) + "\n" + _text_of(general)
    return "\n".join([*lines, *_empty(topic_id, matches)]) + "\n"


def _text_of(answer: Answer) -> str:
    path = next((places.DATA / "answers").glob(f"*/{answer.id}.yml"))
    return path.read_text(encoding="utf-8")


def _quoted(match: Match) -> Iterator[str]:
    yield f"# {match.passage.id}"
    yield f"#   {match.passage.text}"
    if match.said:
        yield f"#   said already ({match.said.place}): {match.said.text}"
    for one in match.differing:
        yield f"#   DIFFERS ({told(one)}) from {one.served.place}: {one.served.text}"


def told(one: Differing) -> str:
    """What differs, in a few words: the new sentence first."""
    difference = one.finding.difference
    return f"{difference.kind}: {difference.new} / {difference.served}"


def _empty(topic_id: str, matches: Sequence[Match]) -> list[str]:
    cited = ", ".join(one.passage.id for one in matches[:MOST_CITED])
    return [
        f"topic: {topic_id}",
        "say:",
        '  - text: ""  # what a patient reads first; one sentence each',
        f"    cites: [{cited}]  # those that this very sentence rests on",
        "doctor_prompt: general",
    ]
