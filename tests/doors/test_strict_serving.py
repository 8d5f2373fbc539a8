"""A clinic that is no demo and chooses nothing says only what its own clinician has signed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scarwise import places
from scarwise.clinic import load_clinic

from .running import Chat, Home, Serving

UNSIGNED = (
    "I have no vetted answer about the risks yet.\n\nPlease talk with a doctor about your own "
    "scar. Call Willow Lane Scar Clinic at +1 212 555 0142, or book a visit: "
    "https://clinic.example/book"
)


def public(folder: Path) -> Path:
    """`clinic.yml` of a deployment that is no demo and sets no `serve`."""
    text = places.CLINIC.read_text(encoding="utf-8")
    text = re.sub(r"^demo: true", "demo: false", text, flags=re.MULTILINE)
    text = re.sub(r"^serve: .*\n", "", text, flags=re.MULTILINE)
    path = folder / "clinic.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_signed_is_the_default(tmp_path: Path) -> None:
    assert load_clinic(public(tmp_path)).serve == "signed"
    assert load_clinic(public(tmp_path)).demo is False


@pytest.fixture
def own(trained_model: Path, tmp_path: Path) -> Home:
    home = Home(tmp_path, trained_model)
    public(home.folder)
    return home


def test_an_unsigned_answer_is_not_said(own: Home) -> None:
    serving = Serving(own)
    try:
        chat = Chat(serving.port)
        answer = chat.say("What are the risks?")
        assert answer.text == UNSIGNED
        assert answer.json["replies"][0]["outcome"] == "declined"
        # The fixed texts need no signature, danger least of all; and nothing claims to be a demo.
        assert "Call 911 now" in chat.say("I took too many pills and cannot breathe").text
        assert "demo" not in chat.say("hello").text
    finally:
        assert serving.stop() == 0
