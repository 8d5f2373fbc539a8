"""The commands of `scarwise review`: the list, a page, a decision, the booklet and its sheet."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from rich.console import Console

from scarwise.faults import FaultyDataError, fault
from scarwise.knowledge.reviews import Reviewer
from scarwise.places import shown
from scarwise.review.booklet import booklet_html, booklet_pages
from scarwise.review.deciding import Decided, objection_to, one_line, record, uncommitted_below
from scarwise.review.desk import Desk, load_desk
from scarwise.review.due import due, listed
from scarwise.review.page import page_of
from scarwise.review.sheet import read_sheet, write_sheet
from scarwise.review.terminal import show
from scarwise.review.written_dates import DateError, read_date


def run(options: argparse.Namespace, today: date) -> int:
    """Run the subcommand; the exit code is 0 when all is well, 1 for faults, 2 for wrong use."""
    if options.action is None and options.html:
        return _write_booklet(Path(options.html), today)
    if options.html:
        return _wrong_use("--html goes without another word: scarwise review --html FILE")
    commands = {"show": _show, "sign": _sign, "send-back": _send_back, "import": _import}
    return commands.get(options.action, _list)(options, today)


def _wrong_use(message: str) -> int:
    print(f"scarwise: {message}", file=sys.stderr)
    return 2


def _list(_: argparse.Namespace, today: date) -> int:
    for line in listed(due(load_desk(), today)):
        print(line)
    return 0


def _show(options: argparse.Namespace, today: date) -> int:
    desk = load_desk()
    answer = desk.answers.get(options.answer)
    if answer is None:
        return _wrong_use(f"there is no answer {options.answer}; see data/answers/")
    show(page_of(desk, answer), Console(highlight=False, markup=False, emoji=False))
    return 0


def _sign(options: argparse.Namespace, today: date) -> int:
    desk = load_desk()
    until = None
    if options.next:
        try:
            until = read_date(options.next)
        except DateError as error:
            return _wrong_use(f"--next: {error}")
    if options.answers == ["due"] and options.kind == "source":
        options.answers = [one.answer.id for one in due(desk, today) if one.state != "unsigned"]
    if options.hash and len(options.answers) != 1:
        return _wrong_use("--hash names what was seen of one answer; sign one at a time")
    reviewer = _reviewer(options)
    decisions = [
        Decided(one, "signed", reviewer, hash=options.hash, until=until) for one in options.answers
    ]
    return _decide(desk, decisions, today)


def _send_back(options: argparse.Namespace, today: date) -> int:
    comment = one_line(options.comment)
    decided = Decided(options.answer, "sent back", _reviewer(options), options.hash, comment)
    return _decide(load_desk(), [decided], today)


def _reviewer(options: argparse.Namespace) -> Reviewer:
    name = one_line(options.name or "") or None
    return Reviewer(kind=options.kind, role=one_line(options.role), name=name)


def _decide(desk: Desk, decisions: Sequence[Decided], today: date) -> int:
    objections = [one for decided in decisions if (one := objection_to(desk, decided, today))]
    for one in objections:
        _wrong_use(one)
    return 2 if objections else _record(desk, decisions, today)


def _record(desk: Desk, decisions: Sequence[Decided], today: date) -> int:
    if faults := uncommitted_below(desk, decisions):
        raise FaultyDataError(faults)
    try:
        written = record(desk, decisions, today)
    except OSError as error:
        print(f"scarwise: no review was written: {error}", file=sys.stderr)
        return 1
    for path in written:
        print(f"wrote {shown(path)}")
    return 0


def _import(options: argparse.Namespace, today: date) -> int:
    desk = load_desk()
    filled = read_sheet(Path(options.file), desk, today)
    if code := _record(desk, filled.decisions, today):
        return code
    signed = sum(one.decision == "signed" for one in filled.decisions)
    back = len(filled.decisions) - signed
    print(f"{signed} signed, {back} sent back, {filled.undecided} left undecided.")
    return 0


def _write_booklet(booklet: Path, today: date) -> int:
    """Write the booklet and, beside it, its sheet; a sheet that may be filled in is kept."""
    sheet = booklet.with_suffix(".csv")
    if sheet == booklet:
        return _wrong_use("the booklet is a page for a browser: name it like booklet.html")
    desk = load_desk()
    if sheet.exists():
        message = "is there already and may hold decisions; move it, or name another booklet"
        raise FaultyDataError([fault(sheet, message)])
    pages = booklet_pages(desk)
    # Spreadsheets on the Continent, where the comma parts whole numbers from decimals, part cells
    # by semicolons.
    separator = ";" if desk.clinic.country == "EU" else ","
    try:
        booklet.write_text(booklet_html(desk, pages, today, sheet.name), encoding="utf-8")
        write_sheet(sheet, pages, separator)
    except OSError as error:
        print(f"scarwise: {booklet}: {error.strerror}", file=sys.stderr)
        return 1
    print(f"wrote {shown(booklet)} and {shown(sheet)}: {len(pages)} answers")
    return 0
