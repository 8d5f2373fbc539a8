"""Marks the known terms in the question files, so that authors write plain sentences."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from scarwise import places
from scarwise.knowledge.questions import MARK, Annotator
from scarwise.knowledge.terms import load_terms
from scarwise.places import shown

LINE = "    - "


def annotate(folder: Path | None = None) -> Iterator[tuple[str, int]]:
    """Mark every file below `folder`; yields each changed path with its count of changed lines."""
    annotator = Annotator(load_terms())
    for path in sorted((folder or places.DATA / "questions").glob("*/*.yml")):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        marked = [_marked(line, annotator) for line in lines]
        changed = sum(before != after for before, after in zip(lines, marked, strict=True))
        if changed:
            path.write_text("".join(marked), encoding="utf-8")
            yield shown(path), changed


def _marked(line: str, annotator: Annotator) -> str:
    if not line.startswith(LINE):
        return line
    plain = MARK.sub(lambda match: match["words"], line.removeprefix(LINE).strip())
    return f"{LINE}{annotator.mark(plain)}\n"
