"""`scarwise propose`: reads a document, and writes a report and drafts beside what is served."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

from scarwise import places
from scarwise.proposing import drafts, report
from scarwise.proposing.blocks import UnreadableError
from scarwise.proposing.documents import NewDocument, read_document
from scarwise.proposing.matching import Match, Matcher

PROPOSALS = places.HOME / "proposals"


class FolderError(Exception):
    """The drafts cannot be written where they were asked for; the message names the mend."""


def main(path: Path, into: Path | None) -> int:
    """Propose the document at `path`; the exit code is 1 when it or the folder cannot be used."""
    try:
        document = read_document(path)
        folder = into or PROPOSALS / document.id
        _refuse_folder(folder)
        matches = Matcher().match(document)
        files = write(folder, document, matches, date.today())
    except UnreadableError as error:
        print(f"scarwise: {path.name} {error}", file=sys.stderr)
        return 1
    except FolderError as error:
        print(f"scarwise: {error}", file=sys.stderr)
        return 1
    for line in report.summary(document, matches):
        print(line)
    print(f"Wrote {len(files)} files; begin with {places.shown(folder / 'report.md')}")
    return 0


def write(folder: Path, document: NewDocument, matches: list[Match], today: date) -> list[Path]:
    """Write report and drafts into `folder`; returns what was written. Raises `FolderError`."""
    texts = {
        Path("report.md"): report.markdown(document, matches),
        Path("documents", f"{document.id}.md"): drafts.document_draft(document, today),
        **{Path("answers") / at: text for at, text in drafts.answer_drafts(matches).items()},
    }
    try:
        for at, text in texts.items():
            target = folder / at
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise FolderError(
            f"{places.shown(folder)} cannot be written ({error.strerror}): name another with --into"
        ) from None
    return [folder / at for at in texts]


def _refuse_folder(folder: Path) -> None:
    """Nothing that is served, and no work that somebody has begun, is written over."""
    real = folder.resolve()
    if real.is_relative_to(places.DATA.resolve()):
        raise FolderError(
            f"{places.shown(folder)} is a part of what is served: name another with --into"
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderError(
            f"{places.shown(folder)} is there already: move it away, or name another with --into"
        )
