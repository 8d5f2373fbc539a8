"""Reads a document of any known type into passages, and refuses clearly what it cannot read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from scarwise.knowledge.documents import sentences
from scarwise.proposing.blocks import Block, Contents, UnreadableError, tidy
from scarwise.proposing.pdf import read_pdf
from scarwise.proposing.plain_text import read_markdown, read_text
from scarwise.proposing.web_page import read_html
from scarwise.proposing.word_file import read_docx
from scarwise.understanding.vocabulary import english_words, words

MOST_BYTES = 20_000_000
MOST_PASSAGES = 2_000
FEWEST_LETTERS = 20
LEAST_ENGLISH = 0.6  # of the words; a leaflet with many names has 0.85
FIRST_SECTION = "start"
OPENINGS = {  # how files begin that only look like a document
    b"\xd0\xcf\x11\xe0": "is an old or a locked Word file: save it as .docx without a password",
    b"{\\rtf": "is a Rich Text file: save it as .docx or PDF",
    b"\x89PNG": "is a picture: have its text recognized (OCR), and save that",
    b"\xff\xd8\xff": "is a picture: have its text recognized (OCR), and save that",
    b"\xff\xfe": "is UTF-16: save it as UTF-8",
    b"\xfe\xff": "is UTF-16: save it as UTF-8",
}
READ = ".md, .txt, .html, .pdf and .docx"


@dataclass(frozen=True)
class NewPassage:
    """One sentence, list item or table row of a new document, named as it will be cited."""

    id: str
    text: str
    section: str  # the heading above it
    block: int  # the number of the block that it stands in


@dataclass(frozen=True)
class Section:
    """A heading with its name, and the blocks below it."""

    id: str
    title: str
    blocks: tuple[tuple[Block, tuple[NewPassage, ...]], ...]


@dataclass(frozen=True)
class NewDocument:
    """A document as it was read."""

    id: str
    title: str
    file: str
    sections: tuple[Section, ...]
    left_out: tuple[str, ...]

    @property
    def passages(self) -> list[NewPassage]:
        """Every passage in reading order."""
        return [one for section in self.sections for _, found in section.blocks for one in found]


def slug(text: str, most: int = 40) -> str:
    """`text` as a name in lower case: letters, digits and hyphens; may be empty."""
    plain = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    return plain[:most].strip("-")


def read_document(path: Path) -> NewDocument:
    """The document in the file `path`; raises `UnreadableError`."""
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise UnreadableError("is a folder: propose one file at a time")
        if size > MOST_BYTES:
            raise UnreadableError(
                f"has {size // 1_000_000} MB, more than {MOST_BYTES // 1_000_000}: propose its "
                "text alone"
            )
        data = path.read_bytes()
    except FileNotFoundError:
        raise UnreadableError("is not there: check its name") from None
    except OSError as error:
        raise UnreadableError(f"cannot be read ({error.strerror})") from None
    contents = _contents(path, data)
    document = _document(path, contents)
    _refuse_unfit(document)
    return document


def _contents(path: Path, data: bytes) -> Contents:
    """What stands in `data`; its beginning counts for more than the name of the file."""
    for opening, why in OPENINGS.items():
        if data.startswith(opening):
            raise UnreadableError(why)
    kind = path.suffix.lower()
    if b"%PDF-" in data[:1024]:
        return read_pdf(data)
    if data.startswith(b"PK"):
        return read_docx(data)
    if kind in (".pdf", ".docx"):
        raise UnreadableError(f"is no {kind} file by what stands in it: save it anew")
    if kind not in (".md", ".markdown", ".txt", ".text", ".html", ".htm", ""):
        raise UnreadableError(f"is of a type that is not read ({kind}); {READ} are")
    text = _decoded(data)
    if kind in (".html", ".htm") or re.match(r"\s*<(?:!doctype html|html)\b", text, re.IGNORECASE):
        return read_html(text)
    return read_markdown(text) if kind in (".md", ".markdown") else read_text(text)


def _decoded(data: bytes) -> str:
    if b"\0" in data:
        raise UnreadableError(f"is no text; {READ} are read")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError(f"is not UTF-8 at byte {error.start}: save it as UTF-8") from None


def _document(path: Path, contents: Contents) -> NewDocument:
    """The sections and passages of what was read."""
    document_id = slug(path.stem) or "document"
    blocks = list(contents.blocks)
    title = contents.title
    if not title and blocks and blocks[0].kind == "heading":
        title = blocks.pop(0).text
    title = title or path.stem
    sections: list[Section] = []
    taken: dict[str, int] = {}
    heading, below = "", []
    for block in [*blocks, Block("heading", "")]:
        if block.kind != "heading":
            below.append(block)
            continue
        if below:
            sections.append(_section(document_id, heading, title, below, taken))
        heading, below = block.text, []
    return NewDocument(document_id, title, path.name, tuple(sections), contents.left_out)


def _section(
    document_id: str, heading: str, title: str, below: list[Block], taken: dict[str, int]
) -> Section:
    name = (slug(heading) or "section") if heading else FIRST_SECTION
    taken[name] = taken.get(name, 0) + 1
    while taken[name] > 1 and f"{name}-{taken[name]}" in taken:
        taken[name] += 1
    if taken[name] > 1:
        name = f"{name}-{taken[name]}"
        taken[name] = 1
    count = 0
    held = []
    for number, block in enumerate(below):
        texts = sentences(block.text) if block.kind == "paragraph" else [block.text]
        found = []
        for text in texts:
            count += 1
            passage_id = f"{document_id}#{name}.{count}"
            found.append(NewPassage(passage_id, tidy(text), heading or title, number))
        held.append((block, tuple(found)))
    return Section(name, heading or title, tuple(held))


def _refuse_unfit(document: NewDocument) -> None:
    """Refuse what holds too little, too much, or no English."""
    passages = document.passages
    letters = sum(c.isalpha() for one in passages for c in one.text)
    if letters < FEWEST_LETTERS:
        raise UnreadableError("holds no text to speak of")
    if len(passages) > MOST_PASSAGES:
        raise UnreadableError(
            f"has {len(passages)} sentences, more than {MOST_PASSAGES}: propose it in parts"
        )
    found = [word for one in passages for word in words(one.text)]
    known = english_words()
    share = sum(word in known for word in found) / max(1, len(found))
    if share < LEAST_ENGLISH:
        raise UnreadableError(
            f"does not read as English ({share:.0%} of its words are): another language, or a PDF "
            "whose letters cannot be read; propose an English text"
        )
