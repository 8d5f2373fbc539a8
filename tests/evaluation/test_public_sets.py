"""The recipe on files in the three public formats, tiny ones written here."""

from __future__ import annotations

import csv
import json

import pytest

from scarwise.cli import main
from scarwise.evaluation import evaluate
from scarwise.evaluation.public_sets import few, figures, read_public
from scarwise.faults import FaultyDataError

TRAIN = {
    "balance": "what is my balance|how much money do i have|tell me my account balance|"
               "money left in my account|show the balance please|is there money in my account",
    "lost_card": "i lost my card|my card was stolen|somebody took my bank card|"
                 "i cannot find my card|my card is gone|where did my card go, lost it",
    "opening": "when do you open|what are your opening hours|are you open on sunday|"
               "until when is the branch open|at what time do you close|open tomorrow",
}  # fmt: skip
TEST = [
    ("how much is left in my account", "balance"),
    ("help, my card got stolen", "lost_card"),
    ("do you open on saturday", "opening"),
]
FOREIGN = ["who painted the mona lisa", "best recipe for onion soup"]
PAIRS = [(text, label) for label, texts in TRAIN.items() for text in texts.split("|")]


def written(path, columns, rows):
    with path.open("w", newline="", encoding="utf-8") as opened:
        csv.writer(opened).writerows([columns, *rows])
    return path


@pytest.fixture
def files(tmp_path):
    """Arguments after `--public` for each format."""
    clinc = tmp_path / "data_full.json"
    foreign = [(text, "oos") for text in FOREIGN]
    parts = {"train": PAIRS, "val": [], "test": TEST, "oos_train": foreign, "oos_val": foreign,
             "oos_test": foreign}  # fmt: skip
    clinc.write_text(json.dumps(parts))
    banking = ("text", "category")
    hint = ("sentence", "label")
    none = [(text, "NO_NODES_DETECTED") for text in FOREIGN]
    return {
        "clinc150": [clinc],
        "banking77": [written(tmp_path / "b.csv", banking, TEST),
                      written(tmp_path / "b_train.csv", banking, PAIRS)],
        "hint3": [written(tmp_path / "h.csv", hint, [*TEST, *none]),
                  written(tmp_path / "h_train.csv", hint, PAIRS)],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("form", "foreign"), [("clinc150", FOREIGN), ("banking77", []), ("hint3", FOREIGN)]
)
def test_each_format_is_read(files, form, foreign):
    found = read_public(files[form][0], form, files[form][1] if files[form][1:] else None)
    assert found.train == PAIRS
    assert found.test == TEST
    assert found.foreign == foreign


def test_the_recipe_learns_and_tells_what_is_foreign(files):
    found = figures(read_public(files["clinc150"][0], "clinc150", None))
    assert (found.train, found.labels, found.test, found.foreign) == (18, 3, 3, 2)
    assert found.accuracy == 1.0
    assert found.auroc == 1.0
    recall, at = found.at_recall[-1]
    assert recall == 0.95
    assert at.foreign_refused == 1.0
    assert at.right == 1.0


@pytest.mark.parametrize("form", ["clinc150", "banking77", "hint3"])
def test_the_command_reports_a_public_set(files, form, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(evaluate, "REPORTS", tmp_path / "reports")
    path, *train = files[form]
    options = ["--train", str(train[0])] if train else []
    assert main(["evaluate", "--public", str(path), "--format", form, *options]) == 0
    out = capsys.readouterr().out
    assert "In-scope accuracy, nothing refused: 100.0 %" in out
    assert ("AUROC: 1.000" in out) is (form != "banking77")
    report = json.loads((tmp_path / "reports" / f"public_{form}.json").read_text())
    assert report["accuracy"] == 1.0
    html = (tmp_path / "reports" / f"public_{form}.html").read_text()
    assert ("<svg" in html) is (form != "banking77")


def test_few_phrasings_a_label_are_the_same_ones_every_time():
    found = few(PAIRS, 2)
    assert found == few(PAIRS, 2)
    assert sorted(label for _, label in found) == sorted([*TRAIN, *TRAIN])


def test_a_wrong_file_says_what_is_missing(files, tmp_path):
    with pytest.raises(FaultyDataError, match="add --train FILE"):
        read_public(files["hint3"][0], "hint3", None)
    with pytest.raises(FaultyDataError, match="columns sentence and label; check --format"):
        read_public(files["banking77"][0], "hint3", files["banking77"][1])
    wrong = tmp_path / "wrong.json"
    wrong.write_text('{"train": []}')
    with pytest.raises(FaultyDataError, match=r"is not CLINC150's data_full\.json"):
        read_public(wrong, "clinc150", None)


def test_a_file_without_a_format_is_wrong_use(capsys):
    assert main(["evaluate", "--public", "some.csv"]) == 2
    assert "belong together" in capsys.readouterr().err
