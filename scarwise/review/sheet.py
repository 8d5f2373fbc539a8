"""The sheet that a clinician fills in beside the booklet: a CSV file, written and read back.

It passes through spreadsheets, so it is written for them (UTF-8 with its mark, no cell that could
be a formula) and read with all that they do to it: other separators, dates, empty lines.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple

from scarwise.faults import Fault, FaultyDataError, fault
from scarwise.knowledge.reviews import Decision, Reviewer
from scarwise.review.deciding import Decided, objection_to, one_line
from scarwise.review.desk import Desk
from scarwise.review.page import Page
from scarwise.review.written_dates import DateError, read_date

COLUMNS = ("answer", "hash", "decision", "comment", "name", "role", "next date")
SEPARATORS = ",;\t"
DECISIONS: dict[str, Decision] = {
    "sign": "signed", "signed": "signed", "send back": "sent back", "sent back": "sent back",
}  # fmt: skip
SAVE = 'save the sheet as "CSV UTF-8"'
# What a spreadsheet would reckon with, and the mark before it that makes it plain text.
FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
GUARDED = re.compile(r"'+[=+\-@\t\r\n]")


@dataclass(frozen=True)
class Filled:
    """What a filled sheet says: its decisions, and how many answers it leaves undecided."""

    decisions: tuple[Decided, ...]
    undecided: int


class Row(NamedTuple):
    """One row with the number of its first line and its cells by column."""

    line: int
    cells: dict[str, str]


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    """The words of a cell that `guarded` wrote."""
    return cell[1:] if GUARDED.match(cell) else cell


def sheet_text(pages: Iterable[Page], separator: str = ",") -> str:
    """The empty sheet: a row for each page, with room for the decision."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator)
    writer.writerow(COLUMNS)
    for page in pages:
        writer.writerow([guarded(page.answer), page.hash, *[""] * (len(COLUMNS) - 2)])
    return text.getvalue()


def write_sheet(path: Path, pages: Iterable[Page], separator: str) -> None:
    """Write the empty sheet; a spreadsheet knows its encoding by the mark at its beginning."""
    path.write_bytes(sheet_text(pages, separator).encode("utf-8-sig"))


@dataclass
class _Reading:
    """What is found while a sheet is read."""

    path: Path
    faults: list[Fault] = field(default_factory=list)

    def note(self, line: int, message: str) -> None:
        self.faults.append(fault(self.path, message, line))

    def stop(self, line: int, message: str) -> FaultyDataError:
        self.note(line, message)
        return FaultyDataError(self.faults)


def read_sheet(path: Path, desk: Desk, today: date) -> Filled:
    """The decisions in the sheet at `path`, each one possible; raises `FaultyDataError` with every
    fault as `path:line: message` when there is one."""
    reading = _Reading(path)
    first: dict[str, int] = {}
    decisions, undecided = [], 0
    for row in _rows(reading, _text(reading)):
        decided = _decided(reading, row)
        name = row.cells["answer"]
        if name in first:
            reading.note(row.line, f"{name} stands in line {first[name]}, too; keep one of both")
        first.setdefault(name, row.line)
        if decided is None:
            undecided += 1
            continue
        if objection := objection_to(desk, decided, today):
            reading.note(row.line, objection)
        decisions.append(decided)
    if reading.faults:
        raise FaultyDataError(reading.faults)
    if not decisions:
        raise reading.stop(0, "holds no decision; write sign or send back in a row")
    return Filled(tuple(decisions), undecided)


def _text(reading: _Reading) -> str:
    try:
        content = reading.path.read_bytes()
    except OSError as error:
        raise reading.stop(0, f"cannot be read ({error.strerror}); correct the name") from None
    if content.startswith(b"PK"):
        raise reading.stop(0, f"is a spreadsheet file and no CSV; {SAVE}")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise reading.stop(line, f"is not UTF-8; {SAVE}") from None
    if "\0" in text:
        raise reading.stop(text[: text.index("\0")].count("\n") + 1, f"is no text; {SAVE}")
    return text


def _lines(reading: _Reading, text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Every row that is not empty, with the number of its first line."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for row in rows:
            if any(cell.strip() for cell in row):
                yield line, row
            line = rows.line_num + 1
    except csv.Error as error:
        raise reading.stop(line, f"cannot be read as CSV ({error}); mend its quotes") from None


def _rows(reading: _Reading, text: str) -> Iterator[Row]:
    head = text.lstrip("\r\n").splitlines()[:1]
    separator = max(SEPARATORS, key=(head or [""])[0].count)
    lines = _lines(reading, text, separator)
    line, names = next(lines, (1, [""]))
    names = [name.strip().lower() for name in names]
    _check_columns(reading, line, names)
    for line, cells in lines:
        if any(cell.strip() for cell in cells[len(names) :]):
            reading.note(line, f"has more than {len(names)} cells; put a comment in double quotes")
            continue
        padded = [*cells, *[""] * len(names)]
        named = zip(names, padded, strict=False)
        yield Row(line, {name: one_line(unguarded(cell.strip())) for name, cell in named})


def _check_columns(reading: _Reading, line: int, names: list[str]) -> None:
    for name in COLUMNS:
        if names.count(name) != 1:
            wrong = "lacks the column" if name not in names else "has twice the column"
            reading.note(line, f"{wrong} {name!r}; leave the first line as it was: "
                               f"{', '.join(COLUMNS)}")  # fmt: skip
    for name in sorted(set(names) - set(COLUMNS) - {""}):
        reading.note(line, f"the column {name!r} is not known; move its words into comment")
    if reading.faults:
        raise FaultyDataError(reading.faults)


def _decided(reading: _Reading, row: Row) -> Decided | None:
    """The decision of a row; None when there is none or it is faulty, which is noted."""
    cells = row.cells
    written = re.sub(r"[\s_-]+", " ", cells["decision"].lower())
    if not written:
        for name in ("comment", "next date"):
            if cells[name]:
                reading.note(row.line, f"has a {name} and no decision; write sign or send back")
        return None
    if written not in DECISIONS:
        reading.note(row.line, f"{cells['decision']!r} is no decision; write sign or send back, "
                               "or leave it empty")  # fmt: skip
        return None
    until = None
    if cells["next date"]:
        try:
            until = read_date(cells["next date"])
        except DateError as error:
            reading.note(row.line, f"next date: {error}")
            return None
    return Decided(
        answer=cells["answer"], decision=DECISIONS[written], hash=cells["hash"].lower() or None,
        reviewer=Reviewer(kind="clinician", role=cells["role"], name=cells["name"] or None),
        comment=cells["comment"] or None, until=until,
    )  # fmt: skip
