"""A reviewer sees what is due, reads it beside its sources, and decides on exactly that."""

from __future__ import annotations

import subprocess
from datetime import date, timedelta
from pathlib import Path

import pytest
from ruamel.yaml import YAML

ANSWERS = "data/answers/about_scar_revision"
REVIEWS = "data/reviews/about_scar_revision"
DOCUMENT = "data/documents/scar-revision-surgery.md"
RISKS, REVIEW = f"{ANSWERS}/risks.yml", f"{REVIEWS}/risks.yml"
WHO = ("--role", "plastic surgeon", "--name", "A. Doe")
SOURCE = "    title: Scar revision surgery\n    "
TODAY = date.today()
EVERY = "Every answer is reviewed.\n"


def record(home, path: str = REVIEW) -> dict:
    return YAML(typ="safe").load((home.path / path).read_text(encoding="utf-8"))


def date_of(home, name: str, day: date, path: str = REVIEW) -> None:
    """Set a date of a review by hand."""
    lines = (home.path / path).read_text(encoding="utf-8").splitlines()
    dated = [f"{name}: {day}" if line.startswith(f"{name}: ") else line for line in lines]
    assert dated != lines
    home.write(path, "\n".join(dated) + "\n")


def committed(home) -> None:
    """Keep the copy under version control, with all of it committed."""
    identity = ("-c", "user.name=Tester", "-c", "user.email=tester@clinic.example")
    for words in (["init", "-q"], ["add", "-A"], [*identity, "commit", "-q", "-m", "All"]):
        subprocess.run(["git", *words], cwd=home.path, check=True, capture_output=True)


# The list.


def test_nothing_is_due(home) -> None:
    assert home.run("review").out == EVERY


def test_the_list_names_every_state_the_most_urgent_first(home) -> None:
    date_of(home, "until", TODAY - timedelta(days=3), f"{REVIEWS}/laser.yml")
    home.run("review", "send-back", "creams", "--hash", home.shown("creams"), *WHO,
             "--comment", "Say\n which   creams.")  # fmt: skip
    home.change(RISKS, "One is infection.", "One is an infection.")
    home.remove(f"{REVIEWS}/confidence.yml")
    for days, name in ((60, "excision"), (30, "results"), (7, "definition"), (61, "techniques")):
        date_of(home, "until", TODAY + timedelta(days=days), f"{REVIEWS}/{name}.yml")
    assert home.run("review").out.splitlines() == [
        f"laser: was reviewed until {TODAY - timedelta(days=3)}, which is past",
        f"creams: was sent back on {TODAY} by A. Doe, plastic surgeon: Say which creams.",
        "risks: was changed after its review",
        "confidence: has no review",
        "definition: its review ends in 7 days (within 7)",
        "results: its review ends in 30 days (within 30)",
        "excision: its review ends in 60 days (within 60)",
        "4 answers are not served until reviewed.",
        "3 of the reviews end soon.",
        "See one: scarwise review show ANSWER",
    ]


def test_where_only_signed_answers_are_served_the_others_are_due(home) -> None:
    home.change("clinic.yml", "serve: reviewed", "serve: signed")
    home.sign_as_clinician("risks")
    lines = home.run("review").out.splitlines()
    assert "laser: is not signed by the clinic's own clinician, and clinic.yml serves signed " \
        "answers" in lines  # fmt: skip
    assert not [line for line in lines if line.startswith("risks:")]
    assert lines[-2] == "20 answers are not served until reviewed."


# The page.


def test_the_page_shows_words_passages_sources_and_the_prompt(home) -> None:
    shown = " ".join(home.run("review", "show", "risks").out.replace("│", " ").split())
    assert shown.startswith("Risks [risks]")
    assert (
        f"Checked with its source on {TODAY} (supplied document). Nothing has changed since."
        in shown
    )
    assert "One is infection." in shown
    assert "scar-revision-surgery#risks.1" in shown
    assert 'Source: The supplied document: "Scar revision surgery"' in shown
    assert "Below it patients read: Please talk with a doctor about your own scar." in shown
    assert "{+" not in shown
    assert f"scarwise review sign risks --hash {home.shown('risks')} --role" in shown


def flat(home, answer: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The page on a screen so wide that no sentence is broken."""
    monkeypatch.setenv("COLUMNS", "400")
    return home.run("review", "show", answer).out


def test_the_page_marks_what_has_changed(home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.change(RISKS, "One is infection.", "One is a deep infection.")
    home.change(DOCUMENT, "among them infection", "above all infection")
    home.change(DOCUMENT, f"{SOURCE}address", f"{SOURCE.replace(' surgery', '')}address")
    home.change(RISKS, "doctor_prompt: general", "doctor_prompt: kind")
    shown = flat(home, "risks", monkeypatch)
    assert "Changed since: " in shown
    assert "One is {+a deep+} infection." in shown
    assert "[-among them-] {+above all+} infection" in shown
    assert '[-The supplied document: "Scar revision surgery", ' in shown
    assert '{+The supplied document: "Scar revision", ' in shown
    assert "[-Please-] {+You can+} talk with a doctor about" in shown


def test_the_page_marks_sentences_and_citations_that_came_or_went(
    home, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (home.path / RISKS).read_text(encoding="utf-8")
    gone = "  - text: One is infection.\n    cites: [scar-revision-surgery#risks.1]\n"
    assert gone in text
    new = "  - text: Scars are a part of life.\n    cites: [scar-revision-surgery#living.1]\n"
    home.write(RISKS, text.replace(gone, "").replace("more:\n", f"more:\n{new}"))
    shown = flat(home, "risks", monkeypatch)
    assert "[-One is infection.-]" in shown
    assert "{+Scars are a part of life.+}" in shown
    assert "{+Scars are a part of life, yet nobody has to live with one for good.+}" in shown


TWICE = """topic: confidence
say:
  - text: Scars are a part of life.
    cites: [scar-revision-surgery#living.1]
  - text: Nobody has to live with one.
    cites: [scar-revision-surgery#living.2, scar-revision-surgery#living.1]
"""


def test_a_dropped_citation_of_a_passage_that_stands_above_is_marked(
    home, monkeypatch: pytest.MonkeyPatch
) -> None:
    passage = "Scars are a part of life, yet nobody has to live with one for good."
    home.write(f"{ANSWERS}/confidence.yml", TWICE)
    home.sign("confidence")
    shown = flat(home, "confidence", monkeypatch)
    assert "Nothing has changed since." in shown
    assert shown.count(passage) == 1
    home.change(f"{ANSWERS}/confidence.yml", "living.2, scar-revision-surgery#living.1", "living.2")
    assert f"[-{passage}-]" in flat(home, "confidence", monkeypatch)


def test_a_changed_passage_is_shown_once(home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.write(f"{ANSWERS}/confidence.yml", TWICE)
    home.sign("confidence")
    home.change(DOCUMENT, "Scars are a part of life", "Scars are part of life")
    shown = flat(home, "confidence", monkeypatch)
    assert shown.count("Scars are [-a-] part of life, yet") == 1
    assert shown.count("scar-revision-surgery#living.1 (see above)") == 1
    assert "Changed since: 1 place, marked below." in shown


def test_a_record_without_words_marks_nothing_and_says_so(home) -> None:
    text = (home.path / REVIEW).read_text(encoding="utf-8")
    home.write(REVIEW, text[: text.index("seen:")])
    shown = " ".join(home.run("review", "show", "risks").out.split())
    assert "The words of that time were not kept, so no changes are marked." in shown
    assert home.run("review").out == EVERY


def test_a_new_answer_says_that_it_is_new(home) -> None:
    home.remove(REVIEW)
    assert "New: nobody has reviewed it." in home.run("review", "show", "risks").out


def test_no_page_of_an_answer_that_does_not_exist(home) -> None:
    ran = home.run("review", "show", "riscs")
    assert (ran.code, ran.err) == (
        2, "scarwise: there is no answer riscs; see data/answers/\n"
    )  # fmt: skip


# Decisions.


def test_a_signature_records_who_when_until_and_what(home) -> None:
    ran = home.sign_as_clinician("risks")
    assert (ran.code, ran.out) == (0, f"wrote {REVIEW}\n")
    kept = record(home)
    assert list(kept)[0] == "answer"
    assert kept["decision"] == "signed"
    assert kept["reviewer"] == {"kind": "clinician", "role": "plastic surgeon", "name": "A. Doe"}
    assert kept["on"] == TODAY
    assert 360 < (kept["until"] - TODAY).days <= 366
    assert "One is infection." in [one["text"] for one in kept["seen"]["answer"]["say"]]
    assert set(kept["seen"]["passages"]) == set(kept["passages"])
    (earlier,) = kept["earlier"]
    assert earlier["reviewer"] == {"kind": "source", "role": "supplied document"}
    assert home.run("check").code == 0


@pytest.mark.parametrize("written", ["{:%Y-%m-%d}", "{:%d.%m.%Y}", "{:%d %B %Y}", "{:%b %d, %Y}"])
def test_the_next_date_is_set(home, written: str) -> None:
    day = TODAY + timedelta(days=100)
    assert home.sign_as_clinician("risks", "--next", written.format(day)).code == 0
    assert record(home)["until"] == day


@pytest.mark.parametrize(
    ("day", "says"),
    [
        (str(TODAY), f"the next date {TODAY} is not after today, {TODAY}; choose a later one"),
        ("2999-01-01", "the next date 2999-01-01 is too far ahead; choose one until "),
        ("3/4/2999", "--next: '3/4/2999' may be two days, as either number may be the month; "
         "write it like 1 May 2027"),
        ("soon", "--next: 'soon' is no date; write it like 1 May 2027"),
    ],
)  # fmt: skip
def test_a_wrong_next_date_is_refused(home, day: str, says: str) -> None:
    ran = home.sign_as_clinician("risks", "--next", day)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"scarwise: {says}")


def test_a_clinician_signs_only_what_was_shown(home) -> None:
    ran = home.run("review", "sign", "risks", *WHO)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "scarwise: a clinician says with the hash what was seen; read it and decide then: "
        "scarwise review show risks\n"
    )


def test_what_was_changed_after_it_was_shown_is_not_signed(home) -> None:
    seen = home.shown("risks")
    before = record(home)
    for change in (
        (RISKS, "One is infection.", "One is an infection."),
        (DOCUMENT, "among them infection", "above all infection"),
        (DOCUMENT, f"{SOURCE}address", f"{SOURCE.replace(' surgery', '')}address"),
    ):
        home.change(*change)
        ran = home.run("review", "sign", "risks", "--hash", seen, *WHO)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err == (
            "scarwise: risks was changed after this was shown; read it and decide then: "
            "scarwise review show risks\n"
        )
        home.change(change[0], change[2], change[1])
    assert record(home) == before
    assert home.run("review", "sign", "risks", "--hash", seen, *WHO).code == 0


def test_one_hash_signs_one_answer(home) -> None:
    ran = home.run("review", "sign", "risks", "laser", "--hash", home.shown("risks"), *WHO)
    assert ran.code == 2
    assert "sign one at a time" in ran.err


@pytest.mark.parametrize(
    ("who", "says"),
    [
        (["--role", "surgeon"], "a clinician decides with a name; add the name"),
        (["--role", " ", "--name", "A"], "say in which role the reviewer decides; add the role"),
        (["--role", "surgeon", "--name", "A\u202eB"],
         "'A\\u202eB' holds a character that cannot be seen; type it anew"),
    ],
)  # fmt: skip
def test_a_reviewer_has_a_name_and_a_role(home, who: list[str], says: str) -> None:
    ran = home.run("review", "sign", "risks", "--hash", home.shown("risks"), *who)
    assert (ran.code, ran.err) == (2, f"scarwise: {says}\n")


def test_nobody_signs_an_answer_that_does_not_exist(home) -> None:
    ran = home.run("review", "sign", "riscs", "--role", "tester", "--kind", "source")
    assert (ran.code, ran.err) == (
        2, "scarwise: there is no answer riscs; see data/answers/\n"
    )  # fmt: skip


def test_an_answer_that_cites_no_passage_cannot_be_shown_or_signed(home) -> None:
    last = "before you decide.\n    cites: [scar-revision-surgery#risks."
    home.change(RISKS, f"with the doctor {last}3]", f"with the doctor {last}9]")
    ran = home.run("review", "sign", "risks", "--role", "tester", "--kind", "source")
    assert (ran.code, ran.err) == (
        1, f"{RISKS}: cites scar-revision-surgery#risks.9, which is no passage; correct it or "
        "take it out\n",
    )  # fmt: skip


def test_public_sources_do_not_take_the_place_of_a_signature(home) -> None:
    home.sign_as_clinician("risks")
    ran = home.run("review", "sign", "risks", "--role", "public sources", "--kind", "source")
    assert (ran.code, ran.err) == (
        2, "scarwise: risks was decided on by A. Doe, plastic surgeon; a clinician decides on it "
        "again\n",
    )  # fmt: skip
    assert record(home)["reviewer"]["kind"] == "clinician"


def test_an_answer_is_sent_back_changed_and_signed(home, monkeypatch: pytest.MonkeyPatch) -> None:
    back = home.run("review", "send-back", "risks", "--hash", home.shown("risks"), *WHO,
                    "--comment", "Name the drug.")  # fmt: skip
    assert (back.code, back.out) == (0, f"wrote {REVIEW}\n")
    assert home.run("check").faults == [
        f"{RISKS}: was sent back on {TODAY} by A. Doe, plastic surgeon: Name the drug., so it is "
        "not served; have it reviewed: scarwise review show risks"
    ]
    home.change(RISKS, "One is infection.", "One is an infection.")
    assert home.run("review").out.splitlines()[0] == "risks: was changed after it was sent back"
    shown = flat(home, "risks", monkeypatch)
    assert "Sent back on" in shown
    assert "Comment: Name the drug." in shown
    assert "One is {+an+} infection." in shown
    assert home.sign_as_clinician("risks").code == 0
    assert home.run("review").out == EVERY
    decisions = [one["decision"] for one in record(home)["earlier"]]
    assert decisions == ["sent back", "signed"]


# Under version control.


def test_only_what_is_committed_is_signed(home) -> None:
    committed(home)
    home.change(RISKS, "One is infection.", "One is an infection.")
    ran = home.sign_as_clinician("risks")
    assert (ran.code, ran.out, ran.err) == (
        1, "", f"{RISKS}: has changes that are not committed, and only what is committed can be "
        f"signed: git add {RISKS} && git commit\n",
    )  # fmt: skip
    committed(home)
    assert home.sign_as_clinician("risks").code == 0


def test_a_document_that_is_not_committed_stops_the_signature(home) -> None:
    committed(home)
    home.add(DOCUMENT, "\nOne more sentence for nobody.\n")
    ran = home.sign_as_clinician("risks")
    assert ran.code == 1
    assert ran.err.startswith(f"{DOCUMENT}: has changes that are not committed")


def test_an_answer_that_was_never_committed_stops_the_signature(home) -> None:
    home.move(RISKS, "risks.yml")
    home.move(REVIEW, "review.yml")
    committed(home)
    home.move("risks.yml", RISKS)
    assert home.sign_as_clinician("risks").err.startswith(f"{RISKS}: has changes that are not")


def test_changes_of_other_files_do_not_stop_it(home) -> None:
    committed(home)
    home.change("clinic.yml", "parking:", "parking: ")
    home.change(
        f"{ANSWERS}/laser.yml", "In some cases a laser is used", "In most cases a laser is used"
    )
    assert home.sign_as_clinician("risks").code == 0


def test_it_can_be_sent_back_before_it_is_committed(home) -> None:
    committed(home)
    home.change(RISKS, "One is infection.", "One is an infection.")
    back = home.run("review", "send-back", "risks", "--hash", home.shown("risks"), *WHO,
                    "--comment", "Too short.")  # fmt: skip
    assert back.code == 0


def test_public_sources_are_recorded_with_the_change_itself(home) -> None:
    """No person vouches there; content and record go into the same commit."""
    committed(home)
    home.change(RISKS, "One is infection.", "One is an infection.")
    home.sign("risks")
    assert home.run("review").out == EVERY


def test_a_broken_history_is_told(home) -> None:
    (home.path / ".git").mkdir()
    ran = home.sign_as_clinician("risks")
    assert ran.code == 1
    assert f"{RISKS}: cannot be compared with its last commit (fatal: " in ran.err


def test_a_history_without_git_is_told(home, monkeypatch: pytest.MonkeyPatch) -> None:
    committed(home)
    monkeypatch.setenv("PATH", str(home.path))
    ran = home.sign_as_clinician("risks")
    assert ran.code == 1
    assert f"{RISKS}: cannot be compared with its last commit; install git, then sign" in ran.err


def test_a_folder_that_git_ignores_is_not_under_version_control(home) -> None:
    home.write(".gitignore", "data/\n")
    committed(home)
    assert home.sign_as_clinician("risks").code == 0


def test_all_or_nothing_is_written(home, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is full after the first record leaves no record changed."""
    for name in ("risks", "laser"):
        path = f"{ANSWERS}/{name}.yml"
        home.write(path, (home.path / path).read_text(encoding="utf-8").replace("general", "kind"))
    before = {one: one.read_bytes() for one in (home.path / REVIEWS).iterdir()}
    write, written = Path.write_text, []

    def full(path: Path, *args, **kwargs):
        written.append(path)
        if len(written) > 1:
            raise OSError(28, "No space left on device")
        return write(path, *args, **kwargs)

    monkeypatch.setattr(Path, "write_text", full)
    ran = home.run("review", "sign", "risks", "laser", "--role", "tester", "--kind", "source")
    assert (ran.code, ran.out) == (1, "")
    assert "no review was written" in ran.err
    assert {one: one.read_bytes() for one in (home.path / REVIEWS).iterdir()} == before
