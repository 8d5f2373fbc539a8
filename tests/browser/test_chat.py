"""The chat for websites: its parts alone, and all of it in Chromium with the real assistant.

The tests themselves are in `widget/tests/`; each file is one test here.
"""

from __future__ import annotations

import os
import subprocess

import pytest

from scarwise import places

WIDGET = places.HOME / "widget"
UNIT = sorted(path.stem.removesuffix(".test") for path in WIDGET.glob("tests/unit/*.test.mjs"))


def run(name: str, **more: str) -> None:
    """Run one file of the chat's tests."""
    done = subprocess.run(
        ["node", "node_modules/vitest/vitest.mjs", "run", f"tests/{name}.test.mjs"],
        cwd=WIDGET, env={**os.environ, "NO_COLOR": "1", **more}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-4000:]


@pytest.mark.parametrize("name", UNIT)
def test_a_part(name: str) -> None:
    run(f"unit/{name}")


def test_every_look(chromium: str) -> None:
    run("browser/look", CHROMIUM=chromium)


def test_every_use(chromium: str) -> None:
    run("browser/use", CHROMIUM=chromium)


def test_whole_conversations(surroundings: dict[str, str]) -> None:
    run("browser/server", **surroundings)
