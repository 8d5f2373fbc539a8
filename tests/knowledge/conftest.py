"""A home of one's own for each test: a small copy of the data that can be spoiled.

The copy holds the supplied document, its answers, and every topic's first phrasings, so that a
check of it takes under a second; its answers are reviewed anew, today.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from pathlib import Path
from typing import Protocol

import pytest

from scarwise import cli, clinic, places, texts
from scarwise.dialogue import compose
from scarwise.faults import Fault
from scarwise.knowledge import (
    answers,
    documents,
    glossary,
    questions,
    reviews,
    suggestions,
    terms,
    topics,
    wording,
)
from scarwise.knowledge.check import check

PLACES = {
    "DATA": "data", "CLINIC": "clinic.yml", "DOMAIN": "domain.yml", "CONFIG": "config.yml",
    "ENDPOINTS": "endpoints.yml", "ACTIONS": "actions", "MODELS": "models", "CACHE": ".cache",
}  # fmt: skip
REMEMBERED = (
    answers.load_answers, clinic.load_clinic, documents.load_documents, questions.load_follow_ups,
    questions.load_questions, reviews.load_reviews, terms.load_terms, texts.load_fixed_texts,
    suggestions.load_suggestions, texts.load_texts, topics.load_topics, compose._voice_on,
    glossary.load_glossary, wording.load_wording,
)  # fmt: skip
SHARED = (
    "topics.yml", "suggestions.yml", "glossary.yml", "wording.yml", "spelling.yml", "danger",
    "follow_ups", "terms", "texts",
)  # fmt: skip
SIGN_ALL = ("review", "sign", "due", "--kind", "source")
PHRASINGS = 16
ANSWERS = "data/answers/about_scar_revision"
REVIEWS = "data/reviews/about_scar_revision"
DOCUMENT = "data/documents/scar-revision-surgery.md"


def forget() -> None:
    """Let every loader read its files again."""
    for load in REMEMBERED:
        load.cache_clear()


@dataclass(frozen=True)
class Ran:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def faults(self) -> list[str]:
        """The faults that `check` printed; their number stands in its last line."""
        lines = self.out.splitlines()
        count = 0 if lines[-1] == "No faults." else int(lines[-1].removesuffix(" faults"))
        return lines[:count]


@dataclass(frozen=True)
class Home:
    """A copy of the project's data."""

    path: Path
    capsys: pytest.CaptureFixture[str] | None = None

    def change(self, file: str, before: str, after: str) -> None:
        """Replace `before`, which stands exactly once in `file`."""
        text = (self.path / file).read_text(encoding="utf-8")
        assert text.count(before) == 1, f"{before!r} stands {text.count(before)} times in {file}"
        self.write(file, text.replace(before, after))

    def write(self, file: str, text: str) -> None:
        (self.path / file).parent.mkdir(parents=True, exist_ok=True)
        (self.path / file).write_text(text, encoding="utf-8")
        forget()

    def add(self, file: str, text: str) -> None:
        self.write(file, (self.path / file).read_text(encoding="utf-8") + text)

    def remove(self, file: str) -> None:
        (self.path / file).unlink()
        forget()

    def move(self, file: str, to: str) -> None:
        (self.path / to).parent.mkdir(parents=True, exist_ok=True)
        (self.path / file).rename(self.path / to)
        forget()

    def run(self, *arguments: str) -> Ran:
        """Run `scarwise` with `arguments` on this copy."""
        assert self.capsys
        self.capsys.readouterr()
        forget()
        code = cli.main(arguments)
        forget()
        printed = self.capsys.readouterr()
        return Ran(code, printed.out, printed.err)

    def build(self) -> None:
        """Build anew after a change, where staleness is not what a test is about."""
        assert self.run("build").code == 0

    def sign(self, answer: str) -> None:
        """Have an answer reviewed as it stands now."""
        assert self.run("review", "sign", answer, "--role", "tester", "--kind", "source").code == 0

    def shown(self, answer: str) -> str:
        """The hash of what a reviewer of `answer` is shown."""
        found = re.search(r"--hash (v[0-9a-f]{16}) ", self.run("review", "show", answer).out)
        assert found
        return found[1]

    def sign_as_clinician(self, answer: str, *more: str) -> Ran:
        """Have an answer signed, as it stands now, by a clinician of the clinic."""
        who = ("--role", "plastic surgeon", "--name", "A. Doe")
        return self.run("review", "sign", answer, "--hash", self.shown(answer), *who, *more)


def moved(patch: pytest.MonkeyPatch, home: Path) -> None:
    patch.setattr(places, "HOME", home)
    for name, path in PLACES.items():
        patch.setattr(places, name, home / path)
    forget()


def _copy_shared(home: Path) -> None:
    """Copy to `home` what every copy holds; of the questions, the first of each topic."""
    home.mkdir()
    for name in SHARED:
        source = places.DATA / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        (home / "data").mkdir(exist_ok=True)
        copy(source, home / "data" / name)
    shutil.copytree(places.ACTIONS, home / "actions", ignore=shutil.ignore_patterns("__pycache__"))
    for path in (places.CLINIC, places.DOMAIN, places.CONFIG, places.ENDPOINTS):
        shutil.copy(path, home / path.name)
    for path in sorted((places.DATA / "questions").glob("*/*.yml")):
        to = home / "data" / path.relative_to(places.DATA)
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_text(_first_phrasings(path), encoding="utf-8")


def _only_of_the_document(home: Path) -> None:
    """Leave out the answers that cite other documents, which are not in the small copy."""
    for path in (home / ANSWERS).glob("*.yml"):
        cited = re.findall(r"([a-z-]+)#", path.read_text(encoding="utf-8"))
        if set(cited) != {"scar-revision-surgery"}:
            path.unlink()
    kept = {path.stem for path in (home / ANSWERS).glob("*.yml")}
    file = home / "data" / glossary.GLOSSARY
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("".join(f"{_pointed(line, kept)}\n" for line in lines), encoding="utf-8")


def _pointed(line: str, answers_kept: set[str]) -> str:
    """A line of the glossary that names an answer of the small copy."""
    match = re.search(r"answer: ([^,}]+)", line)
    if not match or match[1] in answers_kept:
        return line
    return line.replace(match[0], "answer: definition")


def _first_phrasings(path: Path) -> str:
    """The question file at `path` with its first `PHRASINGS` phrasings."""
    kept, count = [], 0
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        count += line.startswith("    - ")
        if count <= PHRASINGS or not line.startswith("    - "):
            kept.append(line)
    return "".join(kept)


@pytest.fixture(scope="session")
def clean_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The copy without a fault, made once."""
    home = tmp_path_factory.mktemp("clean") / "home"
    _copy_shared(home)
    shutil.copytree(places.DATA / "answers" / "about_scar_revision", home / ANSWERS)
    (home / DOCUMENT).parent.mkdir()
    shutil.copy(places.HOME / DOCUMENT, home / DOCUMENT)
    _only_of_the_document(home)
    with pytest.MonkeyPatch.context() as patch:
        moved(patch, home)
        assert cli.main(["build"]) == 0
        assert cli.main([*SIGN_ALL, "--role", "supplied document"]) == 0
    forget()
    return home


@pytest.fixture(scope="session")
def whole_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy with every document, answer and review, made once; its questions are few."""
    home = tmp_path_factory.mktemp("whole") / "home"
    _copy_shared(home)
    for name in ("documents", "answers", "reviews"):
        shutil.copytree(places.DATA / name, home / "data" / name)
    with pytest.MonkeyPatch.context() as patch:
        moved(patch, home)
        assert cli.main(["build"]) == 0
    forget()
    return home


class Spoiling(Protocol):
    """What the fixture `spoil` needs of a mutation."""

    spoil: Callable[[Path], None]
    signed: bool  # by a reviewer who reads nothing, so that no hash gives it away


@pytest.fixture
def spoil(
    whole_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[Sequence[Spoiling]], list[Fault]]]:
    """What `check` finds in a fresh copy of the whole content after some mutations."""
    copies = count()

    def spoiled(mutations: Sequence[Spoiling]) -> list[Fault]:
        home = shutil.copytree(whole_home, tmp_path / f"home-{next(copies)}")
        moved(monkeypatch, home)
        for mutation in (one for one in mutations if one.signed):
            mutation.spoil(home)
        forget()
        assert cli.main([*SIGN_ALL, "--role", "a reviewer who reads nothing"]) == 0
        for mutation in (one for one in mutations if not one.signed):
            mutation.spoil(home)
        forget()
        return check(date.today()).faults

    yield spoiled
    monkeypatch.undo()
    forget()


@pytest.fixture
def home(clean_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Home]:
    """A fresh copy; the whole program reads its data while the test runs."""
    with pytest.MonkeyPatch.context() as patch:
        copy = shutil.copytree(clean_home, tmp_path / "home")
        moved(patch, copy)
        yield replace(Home(copy), capsys=capsys)
    forget()
