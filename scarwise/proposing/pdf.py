"""Reads a PDF: lines with their size and place, joined to headings, paragraphs and list items.

A PDF holds no paragraphs, only marks on paper, so what belongs together is told by size and gaps.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from statistics import median
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from scarwise.proposing.blocks import Block, Contents, UnreadableError, tidy
from scarwise.proposing.plain_text import BULLET
from scarwise.understanding.vocabulary import english_words

MOST_PAGES = 300
LARGER = 1.12  # a heading's letters, against those of the text
GAP = 1.45  # between paragraphs, against the usual distance of lines
MOST_HEADING = 120
SAME_LINE = 0.5  # of the letters' size
_PAGE_NUMBER = re.compile(r"(?:page\s*)?\d{1,4}(?:\s*(?:/|of)\s*\d{1,4})?", re.IGNORECASE)

logging.getLogger("pypdf").setLevel(logging.ERROR)  # it warns of every flaw that it can mend


@dataclass
class Line:
    """One line of a page."""

    text: str
    size: float
    bold: bool
    height: float  # of its foot above the foot of the page
    page: int


def read_pdf(data: bytes) -> Contents:
    """The blocks of a PDF; raises `UnreadableError` for a locked, broken or scanned one."""
    try:
        reader = PdfReader(BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableError("is locked with a password: save a copy without one")
        if len(reader.pages) > MOST_PAGES:
            raise UnreadableError(
                f"has {len(reader.pages)} pages, more than {MOST_PAGES}: propose it in parts"
            )
        pages = [_lines(page, number) for number, page in enumerate(reader.pages)]
        title = reader.metadata.title if reader.metadata else None
    except UnreadableError:
        raise
    except (PyPdfError, Exception) as error:  # a broken file raises whatever it likes
        raise UnreadableError(
            f"is a broken PDF ({type(error).__name__}): save it anew from its program"
        ) from None
    if not any(pages):
        raise UnreadableError(
            "holds no text, only pictures of pages: have its text recognized (OCR) first"
        )
    empty = [str(number) for number, lines in enumerate(pages, start=1) if not lines]
    left_out = (f"pages without text: {', '.join(empty)}",) if empty else ()
    lines = _without_page_frames(pages)
    return Contents(tuple(_blocks(lines)), tidy(str(title or "")), left_out)


def _lines(page: Any, number: int) -> list[Line]:
    """The lines of a page in the order of its text."""
    lines: list[Line] = []

    def visit(text: str, cm: list[float], tm: list[float], font: Any, size: float) -> None:
        if not text.strip():
            if lines and text and not lines[-1].text.endswith(" "):
                lines[-1].text += " "
            return
        height = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        letters = abs(size * (tm[3] or tm[1] or 1.0) * (cm[3] or 1.0)) or 1.0
        bold = "bold" in str((font or {}).get("/BaseFont", "")).lower()
        for at, part in enumerate(text.strip("\n").split("\n")):
            last = lines[-1] if lines else None
            joins = last and not at and abs(last.height - height) <= SAME_LINE * letters
            if joins and last:
                last.text += part
                last.bold = last.bold and bold
            elif part.strip():
                lines.append(Line(part, letters, bold, height, number))

    page.extract_text(visitor_text=visit)
    for line in lines:
        line.text = tidy(line.text)
    return [line for line in lines if line.text]


def _without_page_frames(pages: list[list[Line]]) -> list[Line]:
    """All lines but page numbers and what stands at the edge of most pages."""
    edges: Counter[str] = Counter()
    for lines in pages:
        edges.update({_frame(line) for line in [*lines[:2], *lines[-2:]]})
    often = {text for text, count in edges.items() if count >= max(3, len(pages) / 2)}
    kept = []
    for lines in pages:
        edge = {id(line) for line in [*lines[:2], *lines[-2:]]}
        kept += [
            line
            for line in lines
            if not (id(line) in edge and (_frame(line) in often or _is_number(line)))
        ]
    return kept


def _frame(line: Line) -> str:
    return re.sub(r"\d+", "0", line.text)


def _is_number(line: Line) -> bool:
    return bool(_PAGE_NUMBER.fullmatch(line.text))


def _blocks(lines: list[Line]) -> Iterator[Block]:
    if not lines:
        return
    size = median(line.size for line in lines for _ in range(1 + len(line.text) // 20))
    gaps = [a.height - b.height for a, b in zip(lines, lines[1:], strict=False) if a.page == b.page]
    usual = median([gap for gap in gaps if gap > 0] or [size])
    part: list[Line] = []
    for line in lines:
        if part and _begins_anew(part, line, size, usual):
            yield _block(part, size)
            part = []
        part.append(line)
    yield _block(part, size)


def _begins_anew(part: list[Line], line: Line, size: float, usual: float) -> bool:
    """Whether `line` begins another block than the lines before it."""
    last = part[-1]
    if BULLET.match(line.text) or _is_heading(last, size) != _is_heading(line, size):
        return True
    if _is_heading(line, size):
        return abs(line.size - last.size) > 0.5
    if line.page != last.page or line.height > last.height:  # the next page or column
        return last.text.endswith((".", "?", "!", ":"))
    return last.height - line.height > GAP * usual


def _is_heading(line: Line, size: float) -> bool:
    large = line.size >= LARGER * size or (line.bold and line.size >= size * 0.95)
    return large and len(line.text) <= MOST_HEADING and not line.text.endswith((".", ",", ";"))


def _block(part: list[Line], size: float) -> Block:
    text = _joined([line.text for line in part])
    if _is_heading(part[0], size):
        return Block("heading", text)
    bullet = BULLET.match(text)
    return Block("item", text[bullet.end() :]) if bullet else Block("paragraph", text)


def _joined(lines: list[str]) -> str:
    """The lines as one, with words mended that were parted at a line's end."""
    text = ""
    for line in lines:
        if text.endswith("-") and line[:1].islower():
            start = re.split(r"\W", text[:-1])[-1]
            whole = start + re.split(r"\W", line)[0]
            text = (text[:-1] if whole.lower() in english_words() else text) + line
        else:
            text = f"{text} {line}" if text else line
    return tidy(text)
