"""The stock `rasa` command works on this project, as somebody types it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scarwise import places

RASA = Path(sys.executable).with_name("rasa")


def rasa(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `rasa` in the project's folder."""
    return subprocess.run(
        [RASA, *arguments],
        cwd=places.HOME,
        env={**os.environ, "PYTHONPATH": str(places.HOME)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_version() -> None:
    ran = rasa("--version")
    assert ran.returncode == 0, ran.stderr
    lines = [line.split(":", 1) for line in ran.stdout.splitlines() if ":" in line]
    versions = {name.strip(): found.strip() for name, found in lines}
    assert versions["Rasa Version"] == "3.6.21"
    assert versions["Rasa SDK Version"] == "3.6.2"


def test_data_validate() -> None:
    ran = rasa("data", "validate")
    assert ran.returncode == 0, ran.stderr
    assert "No story structure conflicts found." in ran.stderr + ran.stdout


def test_data_validate_tells_of_a_story_that_contradicts_another(tmp_path: Path) -> None:
    """Without this, what the command says about our stories would say nothing."""
    story = "- story: {0}\n  steps:\n  - intent: greet\n  - action: {1}\n"
    (tmp_path / "stories.yml").write_text(
        'version: "3.1"\nstories:\n'
        + story.format("one", "utter_greet")
        + story.format("two", "utter_goodbye"),
        encoding="utf-8",
    )
    nlu = str(places.DATA / "nlu" / "conversation.yml")
    ran = rasa("data", "validate", "--data", str(tmp_path), nlu)
    assert "Story structure conflict after intent 'greet'" in ran.stderr + ran.stdout
    assert "No story structure conflicts found." not in ran.stderr + ran.stdout


@pytest.mark.parametrize("options", [[], ["--e2e"]], ids=["actions", "with_understanding"])
def test_core_on_the_test_stories(options: list[str], trained_model: Path, tmp_path: Path) -> None:
    ran = rasa(
        "test", "core", *options, "--fail-on-prediction-errors",
        "--model", str(trained_model), "--stories", "tests/stories", "--out", str(tmp_path),
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr[-2000:]
    report = json.loads((tmp_path / "story_report.json").read_text(encoding="utf-8"))
    assert report["conversation_accuracy"]["accuracy"] == 1.0
    assert report["conversation_accuracy"]["total"] == 13
    assert "utter_emergency" in report
    failed = (tmp_path / "failed_test_stories.yml").read_text(encoding="utf-8")
    assert "None of the test stories failed" in failed


def test_core_fails_on_a_wrong_story(trained_model: Path, tmp_path: Path) -> None:
    stories = tmp_path / "test_wrong.yml"
    stories.write_text(
        'version: "3.1"\nstories:\n- story: wrong\n  steps:\n'
        "  - intent: greet\n  - action: utter_goodbye\n",
        encoding="utf-8",
    )
    ran = rasa(
        "test", "core", "--fail-on-prediction-errors",
        "--model", str(trained_model), "--stories", str(stories), "--out", str(tmp_path / "out"),
    )  # fmt: skip
    assert ran.returncode == 1
    assert "utter_goodbye  # predicted: utter_greet" in ran.stdout + ran.stderr
