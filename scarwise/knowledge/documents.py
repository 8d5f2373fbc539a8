"""The documents that answers cite, cut into passages.

A document is Markdown with front matter. A passage is one sentence of a paragraph or one list
item, named `document#section.n`, so that a citation, a review and a reader all point at the
same words.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path

import spacy
from markdown_it import MarkdownIt
from pydantic import Field
from spacy.language import Language

from scarwise import places
from scarwise.datafile import Schema, parse_yaml, read_text
from scarwise.faults import Fault, FaultyDataError, fault

FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.DOTALL)
REFERENCE = re.compile(r"\[\^([a-z0-9-]+)\]")
ANCHOR = re.compile(r"^(?P<title>.*?)\s*\{#(?P<id>[a-z0-9-]+)\}\s*$")


class Source(Schema):
    """Where a fact was read: `address` is a web address or the name of a file."""

    publisher: str
    title: str
    address: str
    read: date


class FrontMatter(Schema):
    """What a document says of itself; its sources by the name that `[^name]` refers to."""

    id: str
    title: str
    license: str
    sources: dict[str, Source] = Field(min_length=1)


@dataclass(frozen=True)
class Passage:
    """One sentence or list item of a document, the smallest thing that can be cited."""

    id: str
    text: str
    section: str
    sources: tuple[str, ...]

    @property
    def document(self) -> str:
        """The id of the document that it stands in."""
        return self.id.partition("#")[0]

    @property
    def hash(self) -> str:
        """SHA-256 of its words; part of a review."""
        return text_hash(self.text)


@dataclass(frozen=True)
class Document:
    """A document with its passages in reading order."""

    path: Path
    about: FrontMatter
    passages: tuple[Passage, ...]


def text_hash(text: str) -> str:
    """SHA-256 of a text in hexadecimal, blind to line breaks and double spaces."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()


@cache
def _sentences_of() -> Language:
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    return nlp


def sentences(text: str) -> list[str]:
    """The sentences of a paragraph, as spaCy's sentencizer finds them."""
    return [span.text.strip() for span in _sentences_of()(text).sents if span.text.strip()]


def _blocks(markdown: str) -> Iterator[tuple[str, str, bool]]:
    """Headings (kind `h2`) and paragraphs (kind `p`) with whether they are a list item."""
    items = 0
    kind = ""
    for token in MarkdownIt().parse(markdown):
        if token.type in ("list_item_open", "list_item_close"):
            items += 1 if token.type.endswith("open") else -1
        elif token.type == "heading_open":
            kind = token.tag
        elif token.type == "paragraph_open":
            kind = "p"
        elif token.type == "inline":
            yield kind, token.content.replace("\n", " "), items > 0


def _referred(paragraph: str) -> Iterator[str]:
    """The sentences of a paragraph, each with the references that follow its full stop."""
    start = 0
    for match in re.finditer(r"(?:\[\^[a-z0-9-]+\])+", paragraph):
        before = sentences(paragraph[start : match.start()])
        yield from before[:-1]
        yield (before[-1] if before else "") + match[0]
        start = match.end()
    yield from sentences(paragraph[start:])


def _passage(passage_id: str, sentence: str, title: str, about: FrontMatter) -> Passage:
    named = tuple(REFERENCE.findall(sentence))
    text = REFERENCE.sub("", sentence).strip()
    only = tuple(about.sources) if len(about.sources) == 1 else ()
    return Passage(passage_id, text, title, named or only)


def _wrong(passage: Passage, about: FrontMatter) -> Iterator[str]:
    if not passage.sources:
        yield f"names no source; end it with [^name], one of {', '.join(about.sources)}"
    for name in passage.sources:
        if name not in about.sources:
            yield f"[^{name}] is no source of the front matter; correct it or add it there"


def parse_document(path: Path, text: str) -> Document:
    """The document in `text`; raises `FaultyDataError` naming the place and the mend."""
    match = FRONT_MATTER.match(text)
    if not match:
        message = "has no front matter; begin it with --- lines around id, title, publisher ..."
        raise FaultyDataError([fault(path, message)])
    about = parse_yaml(path, match[1], FrontMatter)
    faults: list[Fault] = []
    if about.id != path.stem:
        faults.append(fault(path, f"id is {about.id}; it must be the file's name, {path.stem}"))
    passages: list[Passage] = []
    section, title, count = "", "", 0
    for kind, content, in_list in _blocks(match[2]):
        if kind != "p":
            anchor = ANCHOR.match(content)
            if not anchor:
                faults.append(
                    fault(path, f"heading {content!r} has no name; end it with {{#name}}")
                )
                continue
            section, title, count = anchor["id"], anchor["title"], 0
            continue
        if not section:
            faults.append(fault(path, f"{content[:40]!r} stands before the first heading"))
        for sentence in [content] if in_list else _referred(content):
            count += 1
            passage = _passage(f"{about.id}#{section}.{count}", sentence, title, about)
            faults += [fault(path, f"{passage.id}: {wrong}") for wrong in _wrong(passage, about)]
            passages.append(passage)
    ids = [passage.id for passage in passages]
    faults += [
        fault(path, f"passage {one} stands twice; give each heading a name of its own")
        for one in sorted({one for one in ids if ids.count(one) > 1})
    ]
    if faults:
        raise FaultyDataError(faults)
    return Document(path, about, tuple(passages))


@lru_cache
def load_documents(folder: Path | None = None) -> dict[str, Document]:
    """All documents below `folder` by id; raises `FaultyDataError` with every fault found."""
    folder = folder or places.DATA / "documents"
    documents: dict[str, Document] = {}
    faults: list[Fault] = []
    for path in sorted(folder.glob("**/*.md")):
        try:
            document = parse_document(path, read_text(path))
        except FaultyDataError as error:
            faults += error.faults
            continue
        if document.about.id in documents:
            faults.append(fault(path, f"id {document.about.id} is taken; choose another"))
        documents[document.about.id] = document
    if faults:
        raise FaultyDataError(faults)
    return documents


def passages_by_id(documents: dict[str, Document]) -> dict[str, Passage]:
    """Every passage of every document by its id."""
    return {passage.id: passage for document in documents.values() for passage in document.passages}
