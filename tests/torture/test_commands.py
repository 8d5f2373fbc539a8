"""Nothing that a patient types acts as a command of Rasa's, however its "/" is dressed up."""

from __future__ import annotations

import itertools
import json
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from doors.running import Home, request
from threadpoolctl import threadpool_limits

from scarwise.callback import SLOTS
from scarwise.storage import requests
from scarwise.understanding.normalize import normalize

from .patients import Assailed, rows

SPACES = ["", " ", "\t", "\u00a0", "\u1680", "\u2003", "\u2028", "\u3000", "\x0b", "\x1c", "\x85"]
# What is not seen: zero-width marks, a soft hyphen, controls, turned writing, a blank braille cell.
UNSEEN = ["", "\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u202e", "\u180e", "\x08", "\x7f",
          "\u2800", "\U0001f600", "\u0301"]  # fmt: skip
SLASHES = [
    "/",
    "//",
    "/ /",
    "\uff0f",
    "\uff0f/",
    "/\uff0f",
    "/\u200b/",
    "/\u00a0/",
    "///",
    "&#47;/",
]
# "forget_me" is not here: as plain words it asks for the same.
COMMANDS = [
    "restart", "session_start", "back", "RESTART", "restart{}", "restart@1.0", "cost", "risks",
    "affirm", "deny", "crisis", "emergency", "nlu_fallback", "talk_to_person", "bot_challenge",
    'cost{"technique": "zebra"}', 'cost{"answered": ["zebra"]}', 'risks{"scar_type": {"a": 7}}',
    'cost@0.99{"body_part": 7, "technique": "zebra"}', 'inform{"name": "zebra", "phone": 7}',
    'inform{"requested_slot": "zebra"}', "SetSlots(technique=zebra)", "EXTERNAL: /restart",
    "action_restart", "action_answer", "action_deactivate_loop", "utter_crisis", '{"cost": 7}',
    "cost /restart", "../restart", "x" * 900, "", "stop it", "debug", "slot{zebra}", "form{zebra}",
]  # fmt: skip
FORM_ANSWERS = ["Will Burn", "+1 911 555 0142", "Morning"]
MARKS = 10  # that stand below one conversation: so few that its session is not cut
ANOTHER = "another session"
OURS = {"answered", "session_started_metadata"}
KINDS = {"user", "bot", "action", "slot", "session_started", "user_featurization"}


def variants(number: int) -> list[str]:
    """So many different texts of all kinds, the same ones each time."""
    every = itertools.product(SPACES, UNSEEN, SLASHES, COMMANDS)
    texts = sorted({unseen + space + slash + word for space, unseen, slash, word in every})
    chosen = random.Random(4).sample(texts, number)
    plain = [slash + word for slash in ("/", "\uff0f", "\u200b/") for word in COMMANDS[:2]]
    return [*plain, *(one for one in chosen if one not in plain)][:number]


def acts(events: list[dict[str, Any]]) -> list[str]:
    """What was done in a conversation that text alone cannot do."""
    found, in_words = [], set()
    for event in events:
        if event["event"] not in KINDS:
            found.append(f"event {event['event']}")
        if event["event"] == "user":
            understood = event["parse_data"]
            if normalize(event["text"]).startswith("/") or "reading" not in understood:
                found.append(f"intent {understood['intent']} of {event['text']!r}")
            else:  # "back" is a place on the body, too
                in_words |= {one["value"] for one in understood["entities"]}
        if event["event"] == "slot" and event["name"] not in OURS:
            if event["value"] is not None and event["value"] not in in_words:
                found.append(f"slot {event['name']}")
        if event["event"] == "slot" and "zebra" in str(event):
            found.append(f"slot {event['name']} of the sender's own")
    if sum(event["event"] == "session_started" for event in events) > 1:
        found.append(ANOTHER)
    return found


def groups(texts: list[str]) -> list[list[str]]:
    return [texts[start : start + MARKS] for start in range(0, len(texts), MARKS)]


@pytest.fixture(scope="module")
def texts(many: Callable[[int, int], int]) -> list[str]:
    return variants(many(500, 16))


@dataclass
class Shell:
    """A session of the shell with piped input, under way from the first test on."""

    home: Home
    lines: list[str]
    process: subprocess.Popen[str]

    def shown(self) -> str:
        """All that it printed, once it has ended by itself."""
        assert self.process.wait(900) == 0, (self.home.folder / "errors").read_text()
        return (self.home.folder / "shown").read_text(encoding="utf-8")


@pytest.fixture(scope="module", autouse=True)
def shell(
    trained_model: Path, tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> Iterator[Shell]:
    home = Home(tmp_path_factory.mktemp("shell"), trained_model)
    lines = [text for text in texts if text.strip() not in ("", "/stop")]
    said, shown, errors = (home.folder / name for name in ("said", "shown", "errors"))
    said.write_text("\n".join([*lines, "/stop", ""]), encoding="utf-8", newline="\n")
    with said.open() as read, shown.open("w") as write, errors.open("w") as complain:
        process = subprocess.Popen(
            [sys.executable, "-m", "scarwise.cli", "shell"], text=True,
            env=home.environment(PYTHONIOENCODING="utf-8"),
            stdin=read, stdout=write, stderr=complain,
        )  # fmt: skip
    yield Shell(home, lines, process)
    process.terminate()
    process.wait(30)


def test_a_command_that_acts_is_seen(assistant: Any, run: Callable) -> None:
    """The judge above is not blind: behind the guard, Rasa does act on a command."""
    from rasa.core.channels.channel import UserMessage

    tracker = run(assistant.agent.tracker_store.get_or_create_tracker("torture:behind"))
    message = UserMessage('/cost{"technique": "zebra"}', sender_id="torture:behind")
    run(assistant.agent.processor.handle_message(message))
    tracker = run(assistant.agent.tracker_store.retrieve("torture:behind"))
    found = acts([event.as_dict() for event in tracker.events])
    assert {one.split()[0] for one in found} == {"intent", "slot"}


def test_by_the_web(assailed: Assailed, texts: list[str], figures: Any) -> None:
    acted, empty = [], 0
    for group in groups(texts):
        patient = assailed.patient()
        assert patient.say("What are the risks?").outcome == "answered"
        for text in group:
            read = patient.say(text)
            empty += not read.text
            assert read.outcome != "failed", repr(text)
        acted += acts(assailed.events(patient.sender))
    figures('"/" by the web, as text', f"{len(texts)} sent, {len(acted)} act, {empty} silent")
    assert acted == []


def test_as_buttons_by_the_web(assailed: Assailed, texts: list[str], figures: Any) -> None:
    patient, refused = assailed.patient(), 0
    patient.say("What are the risks?")
    for number, text in enumerate(texts):
        body = {"id": f"b{number}", "button": text}
        bearer = {"Authorization": f"Bearer {patient.token}"}
        answer = request(assailed.port, "POST", "messages", body, bearer)
        refused += answer.status == 400
    users = [one for one in assailed.events(patient.sender) if one["event"] == "user"]
    figures('"/" by the web, as button', f"{len(texts)} sent, {refused} refused")
    assert (refused, len(users)) == (len(texts), 1)


def test_by_replay(assistant: Any, run: Callable, texts: list[str], figures: Any) -> None:
    acted = []
    with threadpool_limits(1):  # as the servers do: two threads cost more and save nothing
        for number, group in enumerate(groups(texts)):
            sender = f"torture:{number}"
            for text in ["What are the risks?", *group]:
                assert run(assistant.say(sender, text)).outcome != "failed", repr(text)
            tracker = run(assistant.agent.tracker_store.retrieve(sender))
            acted += acts([event.as_dict() for event in tracker.events])
    figures('"/" by scarwise replay', f"{len(texts)} sent, {len(acted)} act")
    assert acted == []


def test_by_the_shell(shell: Shell, figures: Any) -> None:
    """One long conversation: its session may be cut, as every long one is."""
    shown = shell.shown()
    assert shown.count("Your input -> ") == len(shell.lines) + 1
    stored = rows(shell.home, "SELECT sender_id, data FROM events ORDER BY id")
    assert len({sender for sender, _ in stored}) == 1
    acted = [one for one in acts([json.loads(data) for _, data in stored]) if one != ANOTHER]
    figures('"/" by the shell', f"{len(shell.lines)} sent, {len(acted)} act")
    assert acted == []
    assert "I cannot answer right now." not in shown


def test_inside_the_form(
    assistant: Any, run: Callable, texts: list[str], figures: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No text that looks like a command skips a question, sends the request, or fills a slot with
    anything but the words that were typed in reply to it."""
    store = requests.in_memory()
    monkeypatch.setattr(requests, "_in_use", store)
    jumped = []
    with threadpool_limits(1):
        for number, group in enumerate(groups(texts)):
            asked = SLOTS[number % len(SLOTS)]
            sender = f"torture:form:{number}"
            before = FORM_ANSWERS[: SLOTS.index(asked)]
            for text in ["I want to book an appointment", "/ask_for_callback", *before]:
                begun = run(assistant.say(sender, text))
            assert begun.slot == asked
            form = values(assistant, run, sender)
            for text in group:
                assert run(assistant.say(sender, text)).outcome != "failed", repr(text)
                now = values(assistant, run, sender)
                if not (now == form or left(now) or in_turn(form, now, text)):
                    jumped.append(text)
                form = now
    assert store.open_requests() == []
    figures('"/" inside the form', f"{len(texts)} sent, {len(jumped)} skip or fill a step")
    assert jumped == []


def test_a_step_that_is_skipped_is_seen() -> None:
    at_name = {**dict.fromkeys(SLOTS), "requested_slot": SLOTS[0]}
    at_phone = {**at_name, SLOTS[0]: "deny", "requested_slot": SLOTS[1]}
    assert in_turn(at_name, at_phone, "//deny")
    assert not in_turn(at_name, at_phone, "//affirm")
    assert not in_turn(at_name, {**at_phone, "requested_slot": SLOTS[2]}, "//deny")
    assert not in_turn(at_name, {**at_phone, SLOTS[1]: "deny"}, "//deny")
    assert not left(at_name)


def values(assistant: Any, run: Callable, sender: str) -> dict[str, Any]:
    """The form's slots as they stand, and the one that is asked for."""
    tracker = run(assistant.agent.tracker_store.retrieve(sender))
    return {name: tracker.get_slot(name) for name in (*SLOTS, "requested_slot")}


def left(form: dict[str, Any]) -> bool:
    """Whether the form was left, with nothing kept."""
    return not any(form.values())


def in_turn(before: dict[str, Any], after: dict[str, Any], text: str) -> bool:
    """Whether `text` answered the question that was asked, by its own words, and no more."""
    asked = before["requested_slot"]
    if asked not in SLOTS[:-1]:
        return False
    value = after[asked]
    following = SLOTS[SLOTS.index(asked) + 1]
    as_told = {**before, asked: value, "requested_slot": following}
    return after == as_told and bool(value) and value.lower() in normalize(text).lower()
