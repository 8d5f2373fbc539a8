"""A review from the patient's side: signed with the commands, served, and ended by the calendar
while the servers run."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from scarwise import places
from scarwise.dialogue import compose
from scarwise.knowledge.reviews import load_reviews

from .running import Chat, Home, Serving
from .test_strict_serving import UNSIGNED, public

SERVED = "Scar revision has risks, as all surgery does."
SAFE = "I cannot answer right now."
ASKED = "What are the risks?"
TODAY = date.today()
# Read by every process when it starts: the day is as many days ahead as a file says.
CLOCK = """
from datetime import date, timedelta
from pathlib import Path

from scarwise.dialogue import compose


class Day(date):
    @classmethod
    def today(cls):
        return date.today() + timedelta(days=int(Path(__file__).with_name("ahead").read_text()))


compose.date = Day
"""


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[date], None]]:
    """Sets the day for the assistant in this process."""

    def let_it_be(day: date) -> None:
        class Day(date):
            @classmethod
            def today(cls) -> date:
                return day

        monkeypatch.setattr(compose, "date", Day)

    yield let_it_be
    monkeypatch.undo()
    compose._voice_on.cache_clear()


def test_an_answer_is_served_up_to_its_last_day(talk: Callable, on: Callable) -> None:
    last = load_reviews()["risks"].until
    assert last
    on(last)
    assert talk("last day", ASKED).text.startswith(SERVED)
    on(last + timedelta(days=1))
    assert talk("last day", ASKED).text == UNSIGNED
    assert talk("another", ASKED).text == UNSIGNED
    on(last)
    assert talk("another", ASKED).text.startswith(SERVED)


@pytest.mark.parametrize(
    ("follow_up", "says"),
    [("say that again", SAFE), ("tell me more", "I have no more detail about the risks.")],
)
def test_what_was_said_before_midnight_is_not_said_again_after_it(
    talk: Callable, on: Callable, follow_up: str, says: str
) -> None:
    last = load_reviews()["risks"].until
    assert last
    on(last)
    sender = f"midnight {follow_up}"
    assert talk(sender, ASKED).text.startswith(SERVED)
    on(last + timedelta(days=1))
    assert talk(sender, follow_up).text.startswith(says)


class Clinic(Home):
    """A clinic with content of its own, no demo, and a clock that can be set."""

    def __init__(self, folder: Path, models: Path) -> None:
        super().__init__(folder, models)
        public(folder)
        (folder / "data").unlink()
        shutil.copytree(places.DATA, folder / "data")
        (folder / "clock").mkdir()
        (folder / "clock" / "sitecustomize.py").write_text(CLOCK)
        self.days_ahead(0)

    def days_ahead(self, days: int) -> None:
        new = self.folder / "clock" / "new"
        new.write_text(str(days))
        os.replace(new, self.folder / "clock" / "ahead")

    def environment(self, **more: str) -> dict[str, str]:
        path = f"{self.folder / 'clock'}{os.pathsep}{places.HOME}"
        return super().environment(PYTHONPATH=path, **more)

    def done(self, *arguments: str) -> str:
        """What a command prints that succeeds."""
        ran = self.scarwise(*arguments)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout


@pytest.fixture(scope="module")
def clinic(trained_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Clinic:
    return Clinic(tmp_path_factory.mktemp("clinic"), trained_model)


@pytest.fixture(scope="module")
def serving(clinic: Clinic) -> Iterator[Serving]:
    """The clinic's clinician has signed one answer until in ten days; then the servers started."""
    shown = re.search(r"--hash (v\w+)", clinic.done("review", "show", "risks"))
    assert shown
    clinic.done("review", "sign", "risks", "--hash", shown[1], "--role", "plastic surgeon",
                "--name", "A. Doe", "--next", str(TODAY + timedelta(days=10)))  # fmt: skip
    serving = Serving(clinic)
    yield serving
    serving.stop()


def test_the_day_changes_while_the_servers_run(clinic: Clinic, serving: Serving) -> None:
    chat = Chat(serving.port)
    reply = chat.say(ASKED)
    said = reply.text
    assert said.startswith(SERVED)
    assert reply.sources == [("Scar revision surgery", "plastic surgeon", str(TODAY))]
    # Only what is signed is said; who signed is not.
    assert chat.say("What is laser treatment?").text.startswith("I have no vetted answer")
    assert b"Doe" not in reply.body

    clinic.days_ahead(10)
    assert chat.say(ASKED).text == said

    clinic.days_ahead(11)
    assert chat.say(ASKED).text == UNSIGNED
    assert Chat(serving.port).say(ASKED).text == UNSIGNED
    assert chat.say("I took too many pills and cannot breathe").text.startswith("This")
    assert serving.process.poll() is None


def test_what_leans_on_the_day_before_is_not_said(clinic: Clinic, serving: Serving) -> None:
    clinic.days_ahead(10)
    chat = Chat(serving.port)
    assert chat.say(ASKED).text.startswith(SERVED)
    clinic.days_ahead(11)
    assert chat.say("say that again").text.startswith(SAFE)
