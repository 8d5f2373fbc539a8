"""The booklet: every answer with all that a clinician needs to decide, safe to open and print."""

from __future__ import annotations

import csv
import re
from html.parser import HTMLParser

import pytest

from scarwise.knowledge.answers import load_answers
from scarwise.knowledge.documents import load_documents

RISKS = "data/answers/about_scar_revision/risks.yml"
WHO = ("--role", "plastic surgeon", "--name", "A. Doe")


class Read(HTMLParser):
    """What a page holds: its words in order, and every tag with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._style = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._style = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._style = False

    def handle_data(self, data: str) -> None:
        if not self._style:
            self.words += data.split()

    @property
    def text(self) -> str:
        return " ".join(self.words)


@pytest.fixture
def booklet(home, monkeypatch: pytest.MonkeyPatch):
    """Prints the booklet and reads it."""
    monkeypatch.chdir(home.path)

    def write() -> Read:
        (home.path / "booklet.csv").unlink(missing_ok=True)
        ran = home.run("review", "--html", "booklet.html")
        assert (ran.code, ran.out) == (0, "wrote booklet.html and booklet.csv: 21 answers\n")
        return Read((home.path / "booklet.html").read_text(encoding="utf-8"))

    return write


def test_every_answer_has_its_block_and_its_line_in_the_contents(home, booklet) -> None:
    page = booklet()
    blocks = [at["id"] for tag, at in page.tags if tag == "section"]
    links = [at["href"] for tag, at in page.tags if tag == "a"]
    assert blocks == [f"answer-{number}" for number in range(1, 22)]
    assert links == [f"#{one}" for one in blocks]
    with (home.path / "booklet.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        assert f"Decision on {row['answer']} , hash {row['hash']}" in page.text
    assert [row["answer"] for row in rows][10] == "risks"
    assert "11. Risks Answer risks . Patients ask: risks, side effects and" in page.text


def test_it_holds_every_sentence_passage_and_source(booklet) -> None:
    text = booklet().text
    for answer in load_answers().values():
        for sentence in (one for part in answer.parts for one in part):
            assert " ".join(sentence.text.split()) in text
    (document,) = load_documents().values()
    for passage in document.passages:
        assert f"{' '.join(passage.text.split())} {passage.id}" in text
    for source in document.about.sources.values():
        assert f'{source.publisher}: "{source.title}", {source.address}' in text


def test_what_has_changed_is_marked_and_what_is_due_is_told(home, booklet) -> None:
    home.change(RISKS, "One is infection.", "One is an infection.")
    page = booklet()
    html = (home.path / "booklet.html").read_text(encoding="utf-8")
    assert "One is <ins>an</ins> infection." in html
    assert "Due: was changed after its review." in page.text
    assert page.text.count("Due: ") == 1


def test_words_of_a_reviewer_are_words_and_nothing_else(home, booklet) -> None:
    """What came out of a sheet cannot act in the browser of the next reader."""
    wicked = "</p><script>alert(1)</script><img src=x onerror=alert(2)>"
    home.run("review", "send-back", "risks", "--hash", home.shown("risks"), *WHO,
             "--comment", wicked)  # fmt: skip
    home.change("clinic.yml", "Willow Lane Scar Clinic ", "'A \"B\" </style><script>x' ")
    page = booklet()
    assert wicked in page.text
    assert {tag for tag, _ in page.tags} & {"script", "img", "iframe", "link", "object"} == set()
    assert page.text.startswith('Answers to review, A "B" </style><script>x,')


def test_the_name_of_the_clinic_stands_below_every_printed_page(home, booklet) -> None:
    home.change("clinic.yml", "Willow Lane Scar Clinic ", '"St. Mary\'s \\"Zoë\\" </style>" ')
    booklet()
    html = (home.path / "booklet.html").read_text(encoding="utf-8")
    escaped = r"St. Mary\27 s \22 Zoë\22  \3c \2f style\3e , "
    assert f'@bottom-left {{ content: "{escaped}' in html


def test_it_asks_no_other_computer_for_anything(home, booklet) -> None:
    page = booklet()
    asked = [at for _, at in page.tags if {"src", "srcset", "action"} & at.keys()]
    html = (home.path / "booklet.html").read_text(encoding="utf-8")
    assert asked == []
    assert re.findall(r"url\(|@import", html) == []


def test_each_answer_prints_on_a_page_of_its_own(home, booklet) -> None:
    booklet()
    html = (home.path / "booklet.html").read_text(encoding="utf-8")
    printed = html[html.index("@media print") :]
    assert ".contents, .answer { break-before: page }" in printed
    assert "tr { break-inside: avoid }" in html


def test_the_booklet_is_no_csv(home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home.path)
    ran = home.run("review", "--html", "booklet.csv")
    assert (ran.code, ran.err) == (
        2, "scarwise: the booklet is a page for a browser: name it like booklet.html\n"
    )  # fmt: skip
    assert not (home.path / "booklet.csv").exists()


def test_a_folder_that_is_not_there(home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home.path)
    ran = home.run("review", "--html", "nowhere/booklet.html")
    assert (ran.code, ran.err) == (1, "scarwise: nowhere/booklet.html: No such file or directory\n")


def test_the_booklet_stands_alone(home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home.path)
    ran = home.run("review", "--html", "booklet.html", "show", "risks")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "scarwise: --html goes without another word: scarwise review --html FILE\n"
