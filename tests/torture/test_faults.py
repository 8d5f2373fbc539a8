"""Parts that are down, hang, raise or are locked: every turn ends in a safe reply, in time."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import Any

import pytest
from doors.running import until

from .patients import Assailed, Patient, Read

TURNS = 10  # of one patient, below the limit of 20 in ten seconds
AT_ONCE = {"down": 4, "hanging": 16, "raising": 4, "locked": 3}
IN_TIME = {"down": 10.0, "hanging": 10.0, "raising": 10.0, "locked": 3.0}
OTHERS_IN_TIME = {"long": 1.0, "short": 4.0}  # the short run shares the machine with other work
MORE_RISKS = "There is no guarantee that all signs of the wound go away."
QUESTIONS = ["What are the risks?", "How long is the recovery?", "How much does it cost?",
             "Will the scar go away?", "Does laser help?"]  # fmt: skip


@contextmanager
def down(assailed: Assailed) -> Iterator[None]:
    """The action server is gone, and nobody starts it again."""
    os.kill(assailed.serving.process.pid, signal.SIGSTOP)
    try:
        os.kill(assailed.child("rasa_sdk"), signal.SIGKILL)
        yield
    finally:
        os.kill(assailed.serving.process.pid, signal.SIGCONT)


@contextmanager
def hanging(assailed: Assailed) -> Iterator[None]:
    """The action server takes connections and never answers, and nobody starts another."""
    stopped = (assailed.serving.process.pid, assailed.child("rasa_sdk"))
    for process in stopped:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in stopped:
            os.kill(process, signal.SIGCONT)


@contextmanager
def raising(assailed: Assailed) -> Iterator[None]:
    """Every action raises."""
    assailed.raising(True)
    try:
        yield
    finally:
        assailed.raising(False)


@contextmanager
def locked(assailed: Assailed) -> Iterator[None]:
    """Another program holds the database."""
    with closing(sqlite3.connect(assailed.home.database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


FAULTS = {"down": down, "hanging": hanging, "raising": raising, "locked": locked}


def _asked(patient: Patient, turns: int) -> list[Read]:
    """What a patient reads who asks again and again, each time after a moment."""
    reads = []
    for number in range(turns):
        time.sleep(random.random())
        reads.append(patient.say(QUESTIONS[number % len(QUESTIONS)]))
    return reads


class Other(threading.Thread):
    """Somebody in the waiting room, who greets every now and then and needs no action."""

    def __init__(self, assailed: Assailed) -> None:
        super().__init__()
        self._assailed = assailed
        self._over = threading.Event()
        self.reads: list[Read] = []

    def run(self) -> None:
        while not self._over.wait(0.3):
            self.reads.append(self._assailed.patient().say("hello"))

    def __enter__(self) -> Other:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_and_over_when_it_is_over(
    fault: str, assailed: Assailed, many: Callable[[int, int], int], figures: Any
) -> None:
    turns = many(TURNS, 1)
    patients = [assailed.patient() for _ in range(many(200 // TURNS, 4))]
    for patient in patients:
        assert patient.say("What are the risks?").outcome == "answered"
    stored = {one.sender: assailed.events(one.sender) for one in patients}

    with FAULTS[fault](assailed), ThreadPoolExecutor(AT_ONCE[fault]) as pool:
        with Other(assailed) as other:
            asked = pool.map(_asked, patients, [turns] * len(patients))
            reads = [read for one in asked for read in one]

    slowest = max(read.seconds for read in reads)
    others = max(read.seconds for read in other.reads)
    safe, confirms = sum(one.safe for one in reads), sum(one.confirms for one in reads)
    figures(
        f"{'tracker store' if fault == 'locked' else 'action server'} {fault}",
        f"{len(reads)} turns, {safe} safe, {confirms} confirmed, slowest {slowest:.1f} s; "
        f"{len(other.reads)} turns of others, slowest {others:.2f} s",
    )
    assert (safe, confirms) == (len(reads), 0)
    assert slowest < IN_TIME[fault]
    assert others < OTHERS_IN_TIME["long" if turns > 1 else "short"]
    if fault == "locked":
        assert all(read.safe for read in other.reads)
        assert stored == {one.sender: assailed.events(one.sender) for one in patients}
    else:
        assert {read.outcome for read in other.reads} == {"conversation"}

    until(lambda: assailed.patient().say(QUESTIONS[0]).outcome == "answered", 60, "an answer")
    for patient in patients:
        assert MORE_RISKS in patient.say("tell me more").text
    assert "zebra" not in assailed.log
