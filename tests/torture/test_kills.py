"""kill -9 at any moment: no conversation is corrupted, and each goes on or says that it is new."""

from __future__ import annotations

import http.client
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from doors.running import Home, free_port, until
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker

from .patients import Assailed, Patient, Read, rows

AT_ONCE = 10  # conversations in one kill
SCRIPT = ["hello", "How much does it cost?", "tell me more", "How long is the recovery?",
          "say that again", "What are the risks?"]  # fmt: skip
RISKS = SCRIPT[-1]
NEW = "I have not answered a question yet."
NO_MORE = "I have no more detail about"
BACK_SECONDS = 90.0
SERVERS = {"rasa": "Rasa", "rasa_sdk": "the action server"}


def _told(patient: Patient, text: str) -> Read:
    """The reply to one message; sent again, as the page does, while nobody is there."""
    patient.said += 1
    end = time.monotonic() + BACK_SECONDS
    while True:
        try:
            return patient.again(text)
        except (OSError, http.client.HTTPException):
            assert time.monotonic() < end, "nobody came back"
            time.sleep(0.3)


def _talk(patient: Patient) -> list[Read]:
    """The whole script, with pauses as a reader makes them."""
    reads = []
    for text in SCRIPT:
        time.sleep(random.random() * 0.5)
        reads.append(_told(patient, text))
    return reads


def corrupted(events: list[dict[str, Any]]) -> list[str]:
    """What is wrong with the stored events of one conversation."""
    found = []
    open_turn = False
    for event in events:
        if event["event"] == "user":
            if open_turn:
                found.append(f"no reply before {event['text']!r}")
            open_turn = True
        open_turn = open_turn and event["event"] != "bot"
    if open_turn:
        found.append("no reply at the end")
    if [event["timestamp"] for event in events] != sorted(event["timestamp"] for event in events):
        found.append("events out of order")
    tracker = DialogueStateTracker.from_events("x", [Event.from_parameters(one) for one in events])
    if events and tracker.latest_action_name != "action_listen":
        found.append("does not wait for the patient")
    return found


@pytest.mark.parametrize("module", SERVERS)
def test_a_kill_at_any_moment(
    module: str, assailed: Assailed, many: Callable[[int, int], int], figures: Any
) -> None:
    kills, came, wrong, slowest = many(10, 1), Counter[str](), [], 0.0
    at_once = AT_ONCE if kills > 1 else 3
    for _ in range(kills):
        patients = [assailed.patient() for _ in range(at_once)]
        with ThreadPoolExecutor(at_once) as pool:
            talks = [pool.submit(_talk, patient) for patient in patients]
            time.sleep(random.uniform(0.1, 2.5))
            os.kill(assailed.child(module), signal.SIGKILL)
            killed = time.monotonic()
            reads = [read for talk in talks for read in talk.result()]
        assert all(read.text.strip() for read in reads)
        came["safe replies meanwhile"] += sum(read.safe for read in reads)
        assert all(read.safe or read.outcome != "failed" for read in reads)
        until(lambda: _told(assailed.patient(), RISKS).outcome == "answered", 60, "an answer")
        slowest = max(slowest, time.monotonic() - killed)
        for patient in patients:
            last = _told(patient, "tell me more")
            went_on = last.outcome == "answered" or NO_MORE in last.text
            came["went on" if went_on else "began anew" if NEW in last.text else "lost"] += 1
            events = assailed.events(patient.sender)
            wrong += corrupted(events)
            ids = [one["message_id"] for one in events if one["event"] == "user"]
            came["messages taken twice"] += len(ids) - len(set(ids))
    ((sound,),) = rows(assailed.home, "PRAGMA integrity_check")
    told = ", ".join(f"{count} {what}" for what, count in came.items())
    figures(
        f"kill -9 of {SERVERS[module]}",
        f"{kills} kills in {kills * at_once} conversations, {len(wrong)} corrupted; "
        f"{told}; all well again within {slowest:.0f} s",
    )
    assert (wrong, sound) == ([], "ok")
    assert (came["lost"], came["messages taken twice"]) == (0, 0)


def test_a_kill_of_all_leaves_nobody_behind(assailed: Assailed, tmp_path: Path) -> None:
    home = Home(tmp_path, (assailed.home.folder / "models").resolve())
    command = [sys.executable, "-m", "scarwise.cli", "run", "--port", str(free_port())]
    with subprocess.Popen(
        command, env=home.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as started:
        task = Path(f"/proc/{started.pid}/task/{started.pid}/children")
        until(lambda: len(task.read_text().split()) == 2, 30, "both servers")
        children = task.read_text().split()
        started.kill()
    until(lambda: not any(Path(f"/proc/{one}").exists() for one in children), 5, "their end")
