"""The sheet of decisions: what a spreadsheet does to it is understood, or refused with the mend."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from scarwise.knowledge.reviews import MOST_MONTHS_VALID, months_later
from scarwise.review.deciding import TURNING, UNSEEN, one_line
from scarwise.review.sheet import COLUMNS, guarded, unguarded
from scarwise.review.written_dates import MONTHS, DateError, read_date

ANSWERS = "data/answers/about_scar_revision"
REVIEWS = "data/reviews/about_scar_revision"
TODAY = date.today()
NEXT = TODAY + timedelta(days=200)
HEAD = ",".join(COLUMNS)
Rows = dict[str, list[str]]


@pytest.fixture
def sheet(home, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Prints a booklet and its sheet, and fills in the rows of some answers: `sheet(risks=[...])`
    with decision, comment, name, role and next date gives the path."""
    monkeypatch.chdir(home.path)
    assert home.run("review", "--html", "booklet.html").code == 0

    def fill(separator: str = ",", encoding: str = "utf-8-sig", **rows: list[str]) -> str:
        text = (home.path / "booklet.csv").read_text(encoding="utf-8-sig")
        out = io.StringIO(newline="")
        writer = csv.writer(out, delimiter=separator)
        for row in csv.reader(io.StringIO(text)):
            writer.writerow([*row[:2], *rows[row[0]]] if row[0] in rows else row)
        (home.path / "filled.csv").write_bytes(out.getvalue().encode(encoding))
        return "filled.csv"

    return fill


SIGNED = ["sign", "", "A. Doe", "plastic surgeon", ""]


def record(home, answer: str) -> dict:
    text = (home.path / REVIEWS / f"{answer}.yml").read_text(encoding="utf-8")
    return YAML(typ="safe").load(text)


def records(home) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in (home.path / REVIEWS).iterdir()}


def line_of(home, answer: str) -> int:
    lines = (home.path / "booklet.csv").read_text(encoding="utf-8-sig").splitlines()
    return next(n for n, line in enumerate(lines, start=1) if line.startswith(f"{answer},"))


def refused(home, file: str, *faults: str) -> None:
    """The sheet is refused with exactly these faults, and no review is written."""
    before = records(home)
    ran = home.run("review", "import", file)
    assert ran.err.splitlines() == list(faults)
    assert (ran.code, ran.out) == (1, "")
    assert records(home) == before


# As it is printed.


def test_the_sheet_opens_in_spreadsheets(home, sheet) -> None:
    written = (home.path / "booklet.csv").read_bytes()
    assert written.startswith(b"\xef\xbb\xbfanswer,hash,decision,comment,name,role,next date\r\n")
    rows = list(csv.DictReader(io.StringIO(written.decode("utf-8-sig"))))
    assert len(rows) == 21
    assert rows[10] == {
        "answer": "risks", "hash": home.shown("risks"), "decision": "", "comment": "",
        "name": "", "role": "", "next date": "",
    }  # fmt: skip
    assert all(not row["hash"][0].isdigit() for row in rows)


def test_a_clinic_on_the_continent_gets_semicolons(home) -> None:
    home.change("clinic.yml", "country: US", "country: EU")
    assert home.run("review", "--html", str(home.path / "b.html")).code == 0
    text = (home.path / "b.csv").read_text(encoding="utf-8-sig")
    assert text.startswith("answer;hash;decision;")


def test_a_sheet_that_may_be_filled_in_is_not_written_over(home, sheet) -> None:
    before = (home.path / "booklet.csv").read_bytes()
    ran = home.run("review", "--html", "booklet.html")
    assert (ran.code, ran.err) == (
        1, "booklet.csv: is there already and may hold decisions; move it, or name another "
        "booklet\n",
    )  # fmt: skip
    assert (home.path / "booklet.csv").read_bytes() == before


def test_no_cell_is_a_formula(home) -> None:
    """A topic or a facet with a strange name is still only words to a spreadsheet."""
    assert [guarded(one) for one in ("=1+1", "+1", "-1", "@SUM(A1)", "\tx", "'=1", "it's", "")] == [
        "'=1+1", "'+1", "'-1", "'@SUM(A1)", "'\tx", "''=1", "it's", ""
    ]  # fmt: skip


# Read back.


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8"])
def test_decisions_are_read_back(home, sheet, separator: str, encoding: str) -> None:
    file = sheet(
        separator,
        encoding,
        risks=["Sign", "", "Zoë Doe", "plastic surgeon", f"{NEXT:%d %B %Y}"],
        laser=["SEND-BACK", "Say; in plain\nwords, which laser.", "Zoë Doe", "nurse", ""],
    )
    ran = home.run("review", "import", file)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        f"wrote {REVIEWS}/laser.yml",
        f"wrote {REVIEWS}/risks.yml",
        "1 signed, 1 sent back, 19 left undecided.",
    ]
    risks, laser = record(home, "risks"), record(home, "laser")
    assert risks["reviewer"] == {"kind": "clinician", "role": "plastic surgeon", "name": "Zoë Doe"}
    assert (risks["decision"], risks["until"], risks["on"]) == ("signed", NEXT, TODAY)
    assert (laser["decision"], laser["comment"]) == (
        "sent back", "Say; in plain words, which laser."
    )  # fmt: skip
    assert home.run("review").out.splitlines()[0] == (
        f"laser: was sent back on {TODAY} by Zoë Doe, nurse: Say; in plain words, which laser."
    )


def test_empty_lines_and_cells_of_a_spreadsheet_do_not_matter(home, sheet) -> None:
    path = home.path / sheet(risks=SIGNED)
    text = path.read_bytes().decode("utf-8-sig").replace("\r\n", ",,\r\n")
    path.write_bytes(("\r\n" + text + ",,,,,,,,\r\n\r\n").encode("utf-8-sig"))
    assert home.run("review", "import", "filled.csv").code == 0
    assert record(home, "risks")["reviewer"]["kind"] == "clinician"


def test_a_name_that_is_filled_in_everywhere_decides_nothing(home, sheet) -> None:
    file = sheet(risks=SIGNED, laser=["", "", "A. Doe", "plastic surgeon", ""])
    assert home.run("review", "import", file).out.endswith("1 signed, 0 sent back, 20 left "
                                                           "undecided.\n")  # fmt: skip


# Refused: every fault with its line and its mend, and nothing is written.


def test_every_fault_is_told_and_nothing_is_written(home, sheet) -> None:
    file = sheet(
        definition=SIGNED,
        risks=["ok", "", "A. Doe", "plastic surgeon", ""],
        laser=["sign", "", "", "plastic surgeon", ""],
        creams=["send back", "", "A. Doe", "plastic surgeon", ""],
        results=["sign", "", "A. Doe", "", "3/4/2027"],
        excision=["", "Too long", "A. Doe", "plastic surgeon", ""],
        techniques=["send back", "Why?", "A. Doe", "nurse", str(NEXT)],
        confidence=["sign", "", "A. Doe", "nurse", str(TODAY)],
    )
    found = {
        "techniques": "take the next date out; it belongs to a signature",
        "excision": "has a comment and no decision; write sign or send back",
        "laser": "a clinician decides with a name; add the name",
        "creams": "say in a comment why it is sent back",
        "risks": "'ok' is no decision; write sign or send back, or leave it empty",
        "results": "next date: '3/4/2027' may be two days, as either number may be the month; "
                   "write it like 1 May 2027",
        "confidence": f"the next date {TODAY} is not after today, {TODAY}; choose a later one",
    }  # fmt: skip
    refused(
        home, file, *(f"filled.csv:{line_of(home, one)}: {says}" for one, says in found.items())
    )


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        (f"{ANSWERS}/risks.yml", "One is infection.", "One is an infection."),
        ("data/documents/scar-revision-surgery.md", "among them infection", "above all infection"),
    ],
)
def test_an_answer_that_changed_since_the_booklet_was_printed(
    home, sheet, file: str, before: str, after: str
) -> None:
    filled = sheet(risks=SIGNED, confidence=SIGNED)
    home.change(file, before, after)
    refused(
        home, filled,
        f"filled.csv:{line_of(home, 'risks')}: risks was changed after this was shown; read it "
        "and decide then: scarwise review show risks",
    )  # fmt: skip


def test_a_comment_over_several_lines_does_not_shift_the_numbers(home, sheet) -> None:
    file = sheet(
        definition=["send back", "one\ntwo\nthree", "A. Doe", "nurse", ""],
        risks=["ok", "", "A. Doe", "nurse", ""],
    )
    line = line_of(home, "risks") + 2
    refused(home, file, f"filled.csv:{line}: 'ok' is no decision; write sign or send back, or "
                        "leave it empty")  # fmt: skip


def test_an_answer_twice(home, sheet) -> None:
    path = home.path / sheet(risks=SIGNED)
    text = path.read_bytes().decode("utf-8-sig")
    row = next(line for line in text.splitlines() if line.startswith("risks,"))
    path.write_bytes(f"{text}{row}\r\n".encode("utf-8-sig"))
    refused(home, "filled.csv", "filled.csv:23: risks stands in line 12, too; keep one of both")


def test_rows_that_name_no_answer_or_no_hash(home, sheet) -> None:
    (home.path / "filled.csv").write_text(
        f"{HEAD}\nriscs,v1,sign,,A,nurse,\n,v1,sign,,A,nurse,\nrisks,,sign,,A,nurse,\n"
    )
    refused(
        home, "filled.csv",
        "filled.csv:2: there is no answer riscs; see data/answers/",
        "filled.csv:3: names no answer; add the id of the answer",
        "filled.csv:4: a clinician says with the hash what was seen; read it and decide then: "
        "scarwise review show risks",
    )  # fmt: skip


LEAVE = f"leave the first line as it was: {', '.join(COLUMNS)}"


@pytest.mark.parametrize(
    ("content", "faults"),
    [
        (b"", [f"filled.csv:1: lacks the column {one!r}; {LEAVE}" for one in sorted(COLUMNS)]),
        (f"{HEAD}\n".encode(),
         ["filled.csv: holds no decision; write sign or send back in a row"]),
        (f"{HEAD},notes\n".encode(),
         ["filled.csv:1: the column 'notes' is not known; move its words into comment"]),
        (f"{HEAD},role\n".encode(), [f"filled.csv:1: has twice the column 'role'; {LEAVE}"]),
        (HEAD.replace("hash,", "").encode(), [f"filled.csv:1: lacks the column 'hash'; {LEAVE}"]),
        (f"{HEAD}\n\nrisks,v,sign,,A,B,,more\n".encode(),
         ["filled.csv:3: has more than 7 cells; put a comment in double quotes"]),
        (f"{HEAD}\nrisks,v,sign,\"x\n".encode(),
         ["filled.csv:2: cannot be read as CSV (unexpected end of data); mend its quotes"]),
        (f"{HEAD}\nrisks,v,sign,caf\u00e9,,,\n".encode("cp1252"),
         ['filled.csv:2: is not UTF-8; save the sheet as "CSV UTF-8"']),
        (f"{HEAD}\n".encode("utf-16"),
         ['filled.csv:1: is not UTF-8; save the sheet as "CSV UTF-8"']),
        (f"{HEAD}\n".encode("utf-16-le"),
         ['filled.csv:1: is no text; save the sheet as "CSV UTF-8"']),
        (b"PK\x03\x04", ['filled.csv: is a spreadsheet file and no CSV; save the sheet as '
                         '"CSV UTF-8"']),
        (f"{HEAD}\nrisks,v,sign,a\x1b[2Jb,A,B,\n".encode(),
         ["filled.csv:2: 'a\\x1b[2Jb' holds a character that cannot be seen; type it anew"]),
    ],
)  # fmt: skip
def test_what_is_no_sheet(home, monkeypatch, content: bytes, faults: list[str]) -> None:
    monkeypatch.chdir(home.path)
    (home.path / "filled.csv").write_bytes(content)
    refused(home, "filled.csv", *faults)


def test_a_sheet_that_is_not_there(home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home.path)
    refused(home, "filled.csv", "filled.csv: cannot be read (No such file or directory); correct "
                                "the name")  # fmt: skip


# Dates.


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("46508", "'46508' is a number that stands for a date in a spreadsheet"),
        ("46508.0", "'46508.0' is a number that stands for a date in a spreadsheet"),
        ("30 February 2027", "'30 February 2027' is no day of the calendar"),
        ("1 Mai 2027", "'1 Mai 2027' names no English month"),
        ("3/4/27", "'3/4/27' is no date"),
        ("next May", "'next May' is no date"),
        ("0000-01-01", "'0000-01-01' is no day of the calendar"),
    ],
)
def test_no_date(written: str, says: str) -> None:
    with pytest.raises(DateError) as refusal:
        read_date(written)
    assert str(refusal.value) == f"{says}; write it like 1 May 2027"


DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
FORMATS = (
    "%Y-%m-%d", "%Y-%m-%d 00:00:00", "%Y/%m/%d", "%d.%m.%Y", "%d %B %Y", "%d-%b-%y", "%d-%b-%Y",
    "%B %d, %Y", "%b %d %Y",
)  # fmt: skip


@given(DAYS, st.sampled_from(FORMATS), st.booleans())
def test_dates_of_spreadsheets_are_read(day: date, written: str, shout: bool) -> None:
    text = day.strftime(written)
    assert read_date(text.upper() if shout else text) == day


@given(DAYS)
def test_a_date_with_slashes_is_right_or_refused(day: date) -> None:
    """It never becomes another day, whichever number stands first."""
    for written in (f"{day:%m/%d/%Y}", f"{day:%d/%m/%Y}", f"{day.month}/{day.day}/{day.year}"):
        try:
            assert read_date(written) == day
        except DateError:
            assert day.day <= 12 and day.day != day.month


@given(st.text(max_size=30))
@example("١/٢/٢٠٢٧")
def test_any_text_is_a_date_or_refused_with_the_mend(text: str) -> None:
    try:
        assert isinstance(read_date(text), date)
    except DateError as refusal:
        assert str(refusal).endswith("; write it like 1 May 2027")


def test_months_have_their_names() -> None:
    assert [date(2027, n, 1).strftime("%B").lower() for n in range(1, 13)] == list(MONTHS)


# Any words.


@given(st.text())
def test_a_guarded_cell_is_no_formula_and_comes_back(text: str) -> None:
    assert not guarded(text)[:1] or guarded(text)[0] not in "=+-@\t\r\n"
    assert unguarded(guarded(text)) == text


SEEN = st.characters(exclude_categories=tuple(UNSEEN), exclude_characters="".join(TURNING))
WORDS = st.text(SEEN, min_size=1, max_size=60).filter(
    lambda text: one_line(unguarded(text.strip()))
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    comment=WORDS, name=WORDS, role=WORDS, separator=st.sampled_from(",;\t"),
    ahead=st.integers(1, 300), sign=st.booleans(),
)  # fmt: skip
@example(comment="=cmd|' /C calc'!A0", name='"', role="[red]x[/red]", separator=";", ahead=1,
         sign=False)  # fmt: skip
@example(comment="no", name="null", role="2027-01-01", separator=",", ahead=9, sign=True)
def test_what_is_written_into_the_sheet_lies_in_the_record(
    home, sheet, comment, name, role, separator, ahead, sign
) -> None:
    day = TODAY + timedelta(days=ahead)
    assert day < months_later(TODAY, MOST_MONTHS_VALID)
    row = ["sign" if sign else "send back", comment, name, role, str(day) if sign else ""]
    ran = home.run("review", "import", sheet(separator, risks=row))
    assert (ran.code, ran.err) == (0, "")
    kept = record(home, "risks")
    assert kept["comment"] == one_line(unguarded(comment.strip()))
    assert kept["reviewer"]["name"] == one_line(unguarded(name.strip()))
    assert kept["reviewer"]["role"] == one_line(unguarded(role.strip()))
    assert kept.get("until") == (day if sign else None)
    assert home.run("review").code == home.run("review", "show", "risks").code == 0
    (home.path / "again.csv").unlink(missing_ok=True)
    assert home.run("review", "--html", "again.html").code == 0


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.one_of(st.binary(max_size=200), st.text(max_size=120).map(
    lambda text: f"{HEAD}\nrisks,v1,sign,{text}".encode("utf-8", "surrogatepass"))))  # fmt: skip
def test_no_file_writes_a_review_or_breaks_the_command(home, content: bytes) -> None:
    path = home.path / "any.csv"
    path.write_bytes(content)
    before = records(home)
    ran = home.run("review", "import", str(path))
    assert ran.code == 1
    assert all(line.startswith("any.csv") for line in ran.err.splitlines() if line.strip())
    assert records(home) == before
