"""Tells what a new document could answer or change, and where it says something else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scarwise.knowledge.topics import load_topics
from scarwise.proposing.documents import NewDocument
from scarwise.proposing.drafts import answers_of, facet_of, main_topics, told
from scarwise.proposing.matching import Match

KINDS = {"figures": "Other figures", "denial": "One denies it", "opposite": "The opposite"}


@dataclass(frozen=True)
class TopicLine:
    """What the document means for one topic."""

    topic: str
    passages: int
    new: int  # that say what no served sentence says
    differing: int
    answered: bool  # whether the topic has an answer yet
    facet: str | None  # a term that most passages are about, and no answer of the topic is

    def __str__(self) -> str:
        does = "could change its answer" if self.answered else "could answer it: it has no answer"
        parts = [f"{self.passages} passages", f"{self.new} new"]
        parts += [f"{self.differing} differing"] if self.differing else []
        parts += [f"mostly about {self.facet}"] if self.facet else []
        return f"{self.topic}: {does} ({', '.join(parts)})"


def topic_lines(matches: Sequence[Match]) -> list[TopicLine]:
    """One line for each topic that a passage fits best."""
    lines = []
    for topic, some in main_topics(matches).items():
        present = answers_of(topic)
        facet = facet_of(some)
        known = {value for answer in present for value in answer.facet.values()}
        lines.append(
            TopicLine(
                topic,
                len(some),
                sum(not (one.said or one.differing) for one in some),
                sum(bool(one.differing) for one in some),
                bool(present),
                facet[1] if facet and facet[1] not in known else None,
            )
        )
    return lines


def summary(document: NewDocument, matches: Sequence[Match]) -> Iterator[str]:
    """The report for a terminal: what it is about, and every difference."""
    yield f"{document.file}: {len(matches)} passages in {len(document.sections)} sections"
    yield from (f"  left out: {one}" for one in document.left_out)
    lines = topic_lines(matches)
    yield f"Topics: {len(lines)}"
    yield from (f"  {one}" for one in lines)
    differing = [one for one in matches if one.differing]
    yield f"Differences from what is served: {len(differing)} passages"
    for match in differing:
        for one in match.differing:
            yield f"  {KINDS[one.finding.difference.kind]} ({told(one)})"
            yield f"    new    {match.passage.id}: {match.passage.text}"
            yield f"    served {one.served.place}: {one.served.text}"
    bare = [one for one in matches if not one.topics]
    yield f"Passages that no topic covers: {len(bare)}"
    said = sum(bool(one.said) for one in matches)
    yield f"Passages that say what is served already: {said}"


def markdown(document: NewDocument, matches: Sequence[Match]) -> str:
    """The whole report: all of the summary, and every passage with what it was matched to."""
    return "\n".join(_markdown(document, matches)) + "\n"


def _markdown(document: NewDocument, matches: Sequence[Match]) -> Iterator[str]:
    topics = load_topics()
    yield f"# Proposed: {_cell(document.title)}"
    yield ""
    yield (
        f"`{document.file}` holds {len(matches)} passages in {len(document.sections)} sections. "
        "Nothing that patients get was changed. A program matched the passages by meaning: it "
        "names the right topic first for about six of ten, and among three for about three of "
        "four; of denials in other words it misses about one in five."
    )
    yield from (f"\nLeft out: {one}." for one in document.left_out)
    yield from ("", "## Topics", "", "| topic | what it is about | what the document could do |",
                "|---|---|---|")  # fmt: skip
    for line in topic_lines(matches):
        does = str(line).partition(": ")[2]
        yield f"| `{line.topic}` | {_cell(topics[line.topic].asks)} | {_cell(does)} |"
    yield from ("", "## Where it differs from what is served", "")
    yield from _differences(matches)
    yield from ("", "## Passages that no topic covers", "")
    bare = [one for one in matches if not one.topics]
    yield from (f"- `{one.passage.id}` {one.passage.text}" for one in bare)
    if not bare:
        yield "None."
    yield from ("", "## Every passage", "", "| passage | text | topics | said already |",
                "|---|---|---|---|")  # fmt: skip
    for one in matches:
        said = f"{one.said.place}: {one.said.text}" if one.said else ""
        text = _cell(one.passage.text)
        yield f"| `{one.passage.id}` | {text} | {', '.join(one.topics)} | {_cell(said)} |"


def _differences(matches: Sequence[Match]) -> Iterator[str]:
    rows = [(match, one) for match in matches for one in match.differing]
    if not rows:
        yield "None was found."
        return
    yield "| what | the new sentence | what is served |"
    yield "|---|---|---|"
    for match, one in rows:
        what = f"{KINDS[one.finding.difference.kind]} ({told(one)})"
        new = f"{match.passage.text} (`{match.passage.id}`)"
        yield f"| {_cell(what)} | {_cell(new)} | {_cell(one.served.text)} (`{one.served.place}`) |"


def _cell(text: str) -> str:
    """`text` for a cell of a table."""
    return text.replace("|", "\\|").replace("<", "&lt;")
