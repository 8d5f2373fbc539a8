"""`scarwise propose`: what the author reads, what is drafted, and that nothing served changes."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scarwise import places
from scarwise.cli import main
from scarwise.datafile import parse_yaml
from scarwise.faults import FaultyDataError
from scarwise.knowledge.answers import Answer
from scarwise.knowledge.documents import parse_document
from scarwise.proposing.documents import UnreadableError, read_document
from scarwise.proposing.drafts import document_draft

LEAFLET = """# Care after your scar revision

## Stitches

Stitches on the face come out after about 3 weeks. Keep the wound dry for 48 hours.

## Laser

- Laser treatment can remove a scar completely.

## Silk

Silk sheets on the pillow keep a scar on the cheek from rubbing at night.

## Parking

You can park behind the hospital for free on weekends.
"""
TODAY = date(2026, 11, 22)


@pytest.fixture
def leaflet(tmp_path: Path) -> Path:
    path = tmp_path / "Leaflet 7.md"
    path.write_text(LEAFLET, encoding="utf-8")
    return path


def state(folder: Path) -> dict[str, str]:
    """Every file below `folder` with the hash of its content."""
    return {
        str(one): hashlib.sha256(one.read_bytes()).hexdigest()
        for one in sorted(folder.rglob("*"))
        if one.is_file()
    }


def test_the_report(leaflet: Path, tmp_path: Path, capsys) -> None:
    before = state(places.DATA)
    folder = tmp_path / "drafts"
    assert main(["propose", str(leaflet), "--into", str(folder)]) == 0
    told = capsys.readouterr().out
    assert told.startswith("Leaflet 7.md: 5 passages in 4 sections\nTopics: ")
    assert "Differences from what is served: 2 passages\n" in told
    assert (
        "  Other figures (figures: 3 week / 5 to 7 day)\n"
        "    new    leaflet-7#stitches.1: Stitches on the face come out after about 3 weeks.\n"
        "    served aftercare.face: Stitches on the face come out after about 5 to 7 days.\n"
    ) in told
    assert re.search(
        r"  One denies it \(denial: - / cannot\)\n"
        r"    new    leaflet-7#laser\.1: Laser treatment can remove a scar completely\.\n"
        r"    served \S+: .*cannot remove a scar\.\n",
        told,
    )
    assert "laser: could change its answer (" in told
    assert f"begin with {(folder / 'report.md').as_posix()}\n" in told
    report = (folder / "report.md").read_text(encoding="utf-8")
    uncovered = report.partition("## Passages that no topic covers")[2].partition("##")[0]
    assert "You can park behind the hospital for free on weekends." in uncovered
    assert "Stitches" not in uncovered
    assert report.count("Stitches on the face come out after about 3 weeks.") == 2
    assert state(places.DATA) == before


def test_the_draft_of_the_document(leaflet: Path) -> None:
    text = document_draft(read_document(leaflet), TODAY)
    assert (
        text
        == """---
# Fill in the empty fields. May the words be quoted? If not, tell the facts in your own
# words. Take out what no answer cites. Then move this file to data/documents/.
id: leaflet-7
title: "Care after your scar revision"
license:
sources:
  source:
    publisher:
    title: "Care after your scar revision"
    address: "Leaflet 7.md"  # better: the web address that it was read at
    read: 2026-11-22
---

## Stitches {#stitches}

Stitches on the face come out after about 3 weeks. Keep the wound dry for 48 hours.

## Laser {#laser}

- Laser treatment can remove a scar completely.

## Silk {#silk}

Silk sheets on the pillow keep a scar on the cheek from rubbing at night.

## Parking {#parking}

You can park behind the hospital for free on weekends.
"""
    )
    path = Path("leaflet-7.md")
    with pytest.raises(FaultyDataError) as faults:  # nobody has said whose words these are
        parse_document(path, text)
    assert {str(one) for one in faults.value.faults} == {
        "leaflet-7.md: license: must be text; put it in quotes",
        "leaflet-7.md: sources.source.publisher: must be text; put it in quotes",
    }


def filled(draft: str) -> str:
    return draft.replace("license:\n", "license: ours\n").replace("publisher:\n", "publisher: us\n")


def test_a_draft_that_is_filled_in_has_the_passages_that_were_proposed(leaflet: Path) -> None:
    document = read_document(leaflet)
    parsed = parse_document(Path("leaflet-7.md"), filled(document_draft(document, TODAY)))
    assert [(one.id, one.text, one.section) for one in parsed.passages] == [
        (one.id, one.text, one.section) for one in document.passages
    ]


LINES = st.lists(
    st.one_of(
        st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=40),
        st.sampled_from([
            "# ", "## Sun {#sun}", "- ", "> a", "1. one", "12) two", "[a]: b", "[^a] x", "***",
            "<div>", "<b>x", "```", "    code", "| a | b |", "\\", "=== ", "+ plus", "_a_ * b *",
            "The scar may itch. It fades.", "Is it red? Yes!",
        ]),
    ),
    max_size=12,
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(lines=LINES, suffix=st.sampled_from([".md", ".txt", ".html"]))
def test_any_document_s_draft_has_its_passages(tmp_path_factory, lines, suffix: str) -> None:
    path = tmp_path_factory.mktemp("any") / f"leaflet{suffix}"
    usual = "\n\nThe scar may itch for some weeks, and it often fades over the years.\n"
    path.write_bytes(("\n".join(lines) + usual).encode())
    try:
        document = read_document(path)
    except UnreadableError:
        return
    parsed = parse_document(Path("leaflet.md"), filled(document_draft(document, TODAY)))
    assert [one.id for one in parsed.passages] == [one.id for one in document.passages]


def test_drafts_of_answers(leaflet: Path, tmp_path: Path) -> None:
    folder = tmp_path / "drafts"
    assert main(["propose", str(leaflet), "--into", str(folder)]) == 0
    drafts = sorted(folder.glob("answers/*/*.yml"))
    assert drafts
    for draft in drafts:
        text = draft.read_text(encoding="utf-8")
        present = places.DATA / draft.relative_to(folder)
        assert text.endswith(present.read_text(encoding="utf-8"))
        assert parse_yaml(draft, text, Answer).topic == draft.stem
    laser = (folder / "answers/about_scar_revision/laser.yml").read_text(encoding="utf-8")
    assert (
        "# leaflet-7#laser.1\n#   Laser treatment can remove a scar completely.\n"
        "#   DIFFERS (denial: - / cannot) from "
    ) in laser


STRETCH_MARKS = """# Stretch marks

Cocoa butter is often rubbed on stretch marks by hand. Ask the doctor which cream for stretch marks
is worth a try.
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home of its own, whose data may be changed."""
    folder = tmp_path / "home"
    folder.mkdir()
    shutil.copytree(places.DATA, folder / "data")
    for name in ("clinic.yml", "domain.yml", "config.yml", "endpoints.yml", ".cache"):
        (folder / name).symlink_to(places.HOME / name)
    return folder


def scarwise(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "SCARWISE_HOME": str(home), "PYTHONPATH": str(places.HOME)}
    return subprocess.run(
        [sys.executable, "-m", "scarwise.cli", *arguments],
        env=environment, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def test_from_a_leaflet_to_an_answer_that_only_wants_a_review(home: Path, leaflet: Path) -> None:
    (answer,) = (home / "data/answers").glob("*/stretch_marks.yml")
    for one in (*answer.parent.glob("stretch_marks*.yml"),
                *(home / "data/reviews").glob("*/stretch_marks*.yml")):  # fmt: skip
        one.unlink()  # a topic without any answer
    leaflet.write_text(STRETCH_MARKS)
    before = state(home / "data")
    ran = scarwise(home, "propose", str(leaflet))
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "  stretch_marks: could answer it: it has no answer (2 passages, 2 new" in ran.stdout
    assert state(home / "data") == before
    proposal = home / "proposals/leaflet-7"
    draft = proposal / f"answers/{answer.parent.name}/stretch_marks.yml"
    shutil.copy(draft, answer)
    text = (proposal / "documents/leaflet-7.md").read_text(encoding="utf-8")
    document = home / "data/documents/leaflet-7.md"
    document.write_text(text, encoding="utf-8")
    unfilled = scarwise(home, "check").stdout
    assert "data/documents/leaflet-7.md: license: must be text; put it in quotes\n" in unfilled
    assert "stretch_marks.yml: say.0.text: " in unfilled
    document.write_text(filled(text), encoding="utf-8")
    answer.write_text(
        draft.read_text(encoding="utf-8").replace('text: ""', "text: Ask which cream may help."),
        encoding="utf-8",
    )
    told = [one for one in scarwise(home, "check").stdout.splitlines() if "has no review" in one]
    assert [one.partition(":")[0] for one in told] == [
        f"data/answers/{answer.parent.name}/stretch_marks.yml"
    ]


def test_where_drafts_may_not_go(leaflet: Path, tmp_path: Path, capsys) -> None:
    before = state(places.DATA)
    (tmp_path / "link").symlink_to(places.DATA)
    (tmp_path / "begun").mkdir()
    (tmp_path / "begun" / "notes.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    served = "is a part of what is served: name another with --into\n"
    there = "is there already: move it away, or name another with --into\n"
    for folder, why in (
        (places.DATA / "proposals", served),
        (tmp_path / "link" / "answers" / "new", served),
        (tmp_path / "begun", there),
        (tmp_path / "file", there),
    ):
        assert main(["propose", str(leaflet), "--into", str(folder)]) == 1
        assert capsys.readouterr().err.endswith(why)
    assert main(["propose", str(leaflet), "--into", "/proc/none"]) == 1
    assert "cannot be written (" in capsys.readouterr().err
    assert state(places.DATA) == before


def test_a_file_that_cannot_be_read(tmp_path: Path, capsys) -> None:
    assert main(["propose", str(tmp_path / "none.pdf")]) == 1
    assert capsys.readouterr().err == "scarwise: none.pdf is not there: check its name\n"
