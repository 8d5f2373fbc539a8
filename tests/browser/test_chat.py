"""The chat for websites: its parts alone, and all of it in Chromium with the real assistant.

The tests themselves are in `widget/tests/`; each file is one test here.
"""

from __future__ import annotations

import json
import os
import re
import subprocess

import pytest
from torture.conftest import Figures

from scarwise import places
from scarwise.knowledge.reading_grade import GRADE_GOAL, reading_grade

WIDGET = places.HOME / "widget"
UNIT = sorted(path.stem.removesuffix(".test") for path in WIDGET.glob("tests/unit/*.test.mjs"))


README = (places.HOME / "README.md").read_text(encoding="utf-8")


def run(name: str, **more: str) -> list[tuple[str, str]]:
    """Run one file of the chat's tests; the figures that it tells as `figure: what: came`."""
    done = subprocess.run(
        ["node", "node_modules/vitest/vitest.mjs", "run", f"tests/{name}.test.mjs"],
        cwd=WIDGET, env={**os.environ, "NO_COLOR": "1", **more}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-4000:]
    return re.findall(r"^figure: ([^:]+): (.+)$", done.stdout, flags=re.MULTILINE)


@pytest.mark.parametrize("name", UNIT)
def test_a_part(name: str) -> None:
    run(f"unit/{name}")


def test_every_look(chromium: str, figures: Figures) -> None:
    for what, came in run("browser/look", CHROMIUM=chromium):
        figures(what, came)


def test_every_use(chromium: str) -> None:
    run("browser/use", CHROMIUM=chromium)


def test_whole_conversations(surroundings: dict[str, str], figures: Figures) -> None:
    for what, came in run("browser/server", **surroundings):
        figures(what, came)


def test_the_words_of_the_chat_are_easy_to_read() -> None:
    source = (WIDGET / "src/strings/en.ts").read_text(encoding="utf-8")
    texts = re.findall(r'^  \w+: "(.+)",$', source, flags=re.MULTILINE)
    assert len(texts) > 50
    sentences = [re.sub(r"\{\w+\}", "it", one) for one in texts if one.endswith((".", "?"))]
    assert [one for one in sentences if reading_grade(one) > GRADE_GOAL] == []


def test_the_readme_names_every_setting() -> None:
    code = (WIDGET / "src/element.ts").read_text(encoding="utf-8")
    styles = "".join(one.read_text(encoding="utf-8") for one in WIDGET.glob("src/styles/*.css"))
    attributes = set(re.findall(r'setting\("(\w+)"\)', code)) | {"position", "theme"}
    assert set(re.findall(r"^\| `([a-z]+)` \|", README, flags=re.MULTILINE)) >= attributes
    properties = set(re.findall(r"--scar-chat-\w+", code + styles))
    assert set(re.findall(r"`(--scar-chat-\w+)`", README)) == properties


if os.environ.get("TORTURE"):  # its packages are only fetched by `make torture`

    def test_what_lighthouse_says(surroundings: dict[str, str], figures: Figures) -> None:
        done = subprocess.run(
            ["node", "judge.mjs"], cwd=WIDGET / "lighthouse", env={**os.environ, **surroundings},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        told = json.loads(done.stdout)
        figures("Lighthouse on the demo page", done.stdout.strip())
        assert (told["accessibility"], told["best-practices"], told["shift"]) == (100, 100, 0)
        assert told["cost"] <= 2
