"""Restarts and dead parts: nobody meets silence, and a conversation goes on where it was."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from .running import Chat, Home, Serving, free_port, until

RISKS = "Scar revision has risks, as all surgery does."
MORE_RISKS = "There is no guarantee that all signs of the wound go away."
SAFE = (
    "I cannot answer right now. Your question was not lost on your side: please ask it again in a "
    "few minutes.\n\nTo talk with a doctor, call Willow Lane Scar Clinic at +1 212 555 0142, or "
    "book a visit: https://clinic.example/book\n\nIn an emergency, call 911."
)


@pytest.fixture(scope="module")
def first(home: Home) -> Iterator[Serving]:
    serving = Serving(home)
    yield serving
    serving.stop()


def test_the_action_server_dies_in_mid_conversation(first: Serving) -> None:
    chat = Chat(first.port)
    assert RISKS in chat.say("What are the risks?").text

    os.kill(first.action_server(), signal.SIGKILL)
    started = time.monotonic()
    assert chat.say("How long is the recovery?").text == SAFE
    assert time.monotonic() - started < 8

    # A danger reply needs no action server.
    assert "call 911" in chat.say("I took too many pills and I cannot breathe").text.lower()

    until(first.action_server, 10, "another action server")
    until(lambda: chat.say("How long is the recovery?").text != SAFE, 30, "an answer")
    assert MORE_RISKS not in chat.say("tell me more").text
    assert "starting it again" in first.log.read_text()


def test_the_action_server_hangs(first: Serving) -> None:
    chat, hanging = Chat(first.port), first.action_server()
    time.sleep(1)  # one that never answered is given longer to start
    os.kill(hanging, signal.SIGSTOP)
    assert chat.say("How long is the recovery?").text == SAFE
    started = time.monotonic()
    until(lambda: first.action_server() not in (hanging, None), 45, "another action server")
    assert time.monotonic() - started < 40
    until(lambda: chat.say("How long is the recovery?").text != SAFE, 30, "an answer")
    assert "The action server does not answer." in first.log.read_text()


def test_a_locked_database_takes_no_step(first: Serving, home: Home) -> None:
    chat = Chat(first.port)
    assert RISKS in chat.say("What are the risks?").text
    with closing(sqlite3.connect(home.database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        started = time.monotonic()
        assert chat.say("How long is the recovery?").text == SAFE
        assert time.monotonic() - started < 5
        other.execute("ROLLBACK")
    assert len(home.events(chat.sender, "user")) == 1
    assert MORE_RISKS in chat.say("tell me more").text


def test_a_conversation_goes_on_after_a_restart(first: Serving, home: Home) -> None:
    chat = Chat(first.port)
    assert RISKS in chat.say("What are the risks?").text
    assert first.stop() == 0
    assert first.log.read_text().rstrip().endswith("Stopped.")

    second = Serving(home)
    try:
        chat.port = second.port
        assert MORE_RISKS in chat.say("tell me more").text
    finally:
        assert second.stop() == 0


def test_a_broken_database_is_not_silence(home: Home) -> None:
    for file in home.database.parent.glob("conversations.db*"):
        file.unlink()
    home.database.write_bytes(b"this is no database" * 100)
    serving = Serving(home)
    try:
        assert Chat(serving.port).say("What are the risks?").text == SAFE
    finally:
        serving.stop()


# What stops a start


def test_a_port_that_is_taken_is_told(home: Home) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ran = home.scarwise("run", "--port", str(port))
    assert ran.returncode == 1
    assert f"Port {port} on 127.0.0.1 cannot be used" in ran.stderr
    assert f"make run PORT={port + 1}" in ran.stderr


def test_a_faulty_clinic_is_told(home: Home, trained_model, tmp_path) -> None:
    faulty = Home(tmp_path, trained_model)
    text = (home.folder / "clinic.yml").read_text(encoding="utf-8")
    (tmp_path / "clinic.yml").unlink()
    (tmp_path / "clinic.yml").write_text(text.replace("+1 212 555 0142", "call us"))
    for command in (["run", "--port", str(free_port())], ["shell"]):
        ran = faulty.scarwise(*command)
        assert ran.returncode == 1
        assert ran.stderr.startswith("clinic.yml: phone: is no phone number; write it like")
        assert "Traceback" not in ran.stderr


def test_a_missing_model_is_told(trained_model, tmp_path) -> None:
    without = Home(tmp_path, trained_model)
    (tmp_path / "models").unlink()
    for command in (["run", "--port", str(free_port())], ["shell"]):
        ran = without.scarwise(*command)
        assert (ran.returncode, ran.stderr) == (
            1, "scarwise: There is no model in models: run `make train`.\n"
        )  # fmt: skip


@pytest.mark.parametrize(
    ("setting", "value", "says"),
    [
        ("SCARWISE_SECRET", "short", "SCARWISE_SECRET is shorter than 32 characters"),
        ("SCARWISE_DATABASE_URL", "my database", "SCARWISE_DATABASE_URL is no database address"),
        ("SCARWISE_DATABASE_URL", "mysql://host/x", "names mysql, which is not supported"),
    ],
)
def test_a_wrong_setting_is_told(home: Home, setting: str, value: str, says: str) -> None:
    ran = home.scarwise("run", "--port", str(free_port()), **{setting: value})
    assert ran.returncode == 1
    assert says in ran.stderr
    assert "Traceback" not in ran.stderr
