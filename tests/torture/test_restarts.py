"""kill -9 in the middle of a turn, at the very place where it hurts: each message is shown once.

The server kills itself: before its turn is stored, after the turn is stored and before the journal
holds the replies, or whenever chance has it.
"""

from __future__ import annotations

import http.client
import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from doors.running import Home, Serving, plain, until

from scarwise import places

from .patients import Assailed, Patient
from .test_tokens import turns

SCRIPT = ["hello", "How much does it cost?", "What are the risks?", "How long is the recovery?",
          "thanks"]  # fmt: skip
BACK_SECONDS = 120.0
# Python loads this module first; in Rasa's own process it lays the mine.
MINE = """
import os, signal, sys
from pathlib import Path

if "rasa" in sys.orig_argv:
    from scarwise.storage.journal import Journal

    ARMED = Path(os.environ["ARMED"])

    def mined(name):
        work = getattr(Journal, name)

        def killed_before(self, *arguments, **named):
            if ARMED.exists() and ARMED.read_text() == name:
                ARMED.unlink()
                os.kill(os.getpid(), signal.SIGKILL)
            return work(self, *arguments, **named)

        setattr(Journal, name, killed_before)

    for name in ("take", "unfinished", "finish"):
        mined(name)
"""
PLACES = {
    "take": "before the message is kept",
    "unfinished": "before the message is taken",
    "finish": "between the tracker and the journal",
}


@pytest.fixture(scope="module")
def mined(trained_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assailed]:
    """A server that kills itself where the file `armed` says."""
    folder = tmp_path_factory.mktemp("mined")
    found = Assailed(Home(folder, trained_model))
    (folder / "mine").mkdir()
    (folder / "mine" / "sitecustomize.py").write_text(MINE)
    path = os.pathsep.join([str(folder / "mine"), str(places.HOME)])
    found.serving = Serving(found.home, PYTHONPATH=path, ARMED=str(folder / "armed"))
    yield found
    found.serving.stop()


def told(patient: Patient, text: str) -> str:
    """What is replied; sent again with its id, as a client does, while nobody is there."""
    patient.said += 1
    end = time.monotonic() + BACK_SECONDS
    while True:
        try:
            return patient.again(text).text
        except (OSError, http.client.HTTPException):
            assert time.monotonic() < end, "nobody came back"
            time.sleep(0.2)


def shown_once(mined: Assailed, patient: Patient, read: list[str]) -> None:
    """The patient reads each message once, and a client that comes back reads the same."""
    kept = turns(patient)
    assert [turn["number"] for turn in kept] == list(range(1, len(SCRIPT) + 1))
    assert [turn["said"] for turn in kept] == SCRIPT
    assert [turn["id"] for turn in kept] == [f"m{one + 1}" for one in range(len(SCRIPT))]
    assert [plain(reply["text"]) for turn in kept for reply in turn["replies"]] == read
    assert not any(one.startswith("I cannot answer right now.") for one in read)
    users = [one for one in mined.events(patient.sender) if one["event"] == "user"]
    assert [one["text"] for one in users] == SCRIPT
    assert len({one["message_id"] for one in users}) == len(SCRIPT)


@pytest.mark.parametrize("place", PLACES)
def test_a_kill_inside_a_turn(
    place: str, mined: Assailed, many: Callable[[int, int], int], figures: Any
) -> None:
    kills = many(20, 1)
    armed = mined.home.folder / "armed"
    for number in range(kills):
        patient, read, at = mined.patient(), [], (number + 2) % len(SCRIPT)
        for turn, text in enumerate(SCRIPT):
            if turn == at:
                armed.write_text(place)
            read.append(told(patient, text))
        assert not armed.exists(), "nobody was killed"
        shown_once(mined, patient, read)
    figures(f"kill -9 {PLACES[place]}", f"{kills} conversations of 5 turns, 0 lost, 0 doubled")


def test_nobody_need_ask_again_after_a_kill(mined: Assailed) -> None:
    """The server that starts next finishes the turn by itself."""
    patient = mined.patient()
    (mined.home.folder / "armed").write_text("finish")
    with pytest.raises((OSError, http.client.HTTPException)):
        patient.say("What are the risks?")
    (turn,) = until(lambda: turns_or_none(patient), 60, "the turn")
    assert turn["said"] == "What are the risks?"
    assert turn["replies"][0]["text"].startswith("Scar revision has risks")


def test_kills_at_random(mined: Assailed, many: Callable[[int, int], int], figures: Any) -> None:
    kills = many(20, 1)
    for _ in range(kills):
        patient, read = mined.patient(), []
        victim = mined.child("rasa")
        timer = threading.Timer(random.uniform(0.0, 1.0), os.kill, [victim, signal.SIGKILL])
        timer.start()
        for text in SCRIPT:
            read.append(told(patient, text))
            time.sleep(random.random() * 0.2)
        timer.join()
        until(lambda gone=victim: mined.child("rasa") not in (None, gone), 30, "another Rasa")
        until(lambda one=patient: turns_or_none(one), 60, "an answer")
        shown_once(mined, patient, read)
    figures("kill -9 at random", f"{kills} conversations of 5 turns, 0 lost, 0 doubled")


def turns_or_none(patient: Patient) -> Any:
    try:
        return turns(patient)
    except (OSError, http.client.HTTPException):
        return None
