"""Real processes on this machine: a folder of their own to run in, and a way to talk to them."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scarwise import places

READY = re.compile(r"Ready: http://127\.0\.0\.1:(\d+)/webhooks/webchat/")
DOOR = "/webhooks/webchat/"


def free_port() -> int:
    """A port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(true: Any, seconds: float, what: str) -> Any:
    """The first true value that `true` gives within `seconds`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := true():
            return value
        time.sleep(0.1)
    raise AssertionError(f"{what} did not come within {seconds:.0f} s")


@dataclass
class Answer:
    """What came back by HTTP."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        """What the patient reads; there is exactly one message."""
        assert self.status == 200, self.body
        (reply,) = self.json["replies"]
        return plain(reply["text"])

    @property
    def sources(self) -> list[tuple[str, str, str]]:
        """What the patient reads of its sources: documents, who checked them, and when."""
        (reply,) = self.json["replies"]
        found = [(one["document"], one["by"], one["reviewed"]) for one in reply["sources"]]
        return list(dict.fromkeys(found))


def plain(text: str) -> str:
    """A reply without its markup: links are the addresses and numbers that they lead to."""
    text = re.sub(r"\*\*([^*]+)\*\*", r"\1", text)
    linked = re.compile(r"\[([^]]+)\]\((https?://|tel:)([^)]+)\)")
    return linked.sub(lambda found: (found[2] if found[2] != "tel:" else "") + found[1], text)


def request(
    port: int, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
) -> Answer:
    """One HTTP request; a body that is not bytes is sent as JSON."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    sent = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    connection.request(method, DOOR + path, sent, headers or {})
    answer = connection.getresponse()
    got = {name.lower(): value for name, value in answer.getheaders()}
    return Answer(answer.status, got, answer.read())


class Chat:
    """One conversation by HTTP."""

    def __init__(self, port: int) -> None:
        self.port = port
        begun = request(port, "POST", "conversations", {"consent": True})
        assert begun.status == 201, begun.body
        self.token = begun.json["token"]
        self._said = 0

    @property
    def sender(self) -> str:
        return "webchat:" + self.token.partition(".")[0]

    def ask(self, method: str, path: str, body: Any = None) -> Answer:
        """Any request with the conversation's token."""
        return request(self.port, method, path, body, {"Authorization": f"Bearer {self.token}"})

    def post(self, body: Any) -> Answer:
        """Send a body as it is."""
        return self.ask("POST", "messages", body)

    def turns(self, after: int = 0) -> list[dict[str, Any]]:
        """What a client that comes back is given."""
        answer = self.ask("GET", f"messages?after={after}")
        assert answer.status == 200, answer.body
        return answer.json["turns"]

    def button(self, title: str) -> str:
        """The id of a button below the last reply."""
        (reply,) = self.turns()[-1]["replies"]
        return next(one["id"] for one in reply["buttons"] if one["title"] == title)

    def press(self, title: str) -> Answer:
        """Press a button below the last reply."""
        return self.say(self.button(title), "button")

    def say(self, text: str, name: str = "text") -> Answer:
        """Say something new."""
        self._said += 1
        return self.post({"id": f"m{self._said}", name: text})


class Home:
    """A folder with the project's files and its own `var/`."""

    def __init__(self, folder: Path, models: Path) -> None:
        self.folder = folder
        for name in ("data", "actions", "widget", ".cache", "domain.yml", "config.yml",
                     "endpoints.yml", "credentials.yml"):  # fmt: skip
            (folder / name).symlink_to(places.HOME / name)
        # All that a test sends comes from one address.
        limits = "\nlimits:\n  messages_in_10_seconds: 100000\n"
        clinic = places.CLINIC.read_text(encoding="utf-8")
        (folder / "clinic.yml").write_text(clinic + limits, encoding="utf-8")
        (folder / "models").symlink_to(models.resolve())

    @property
    def database(self) -> Path:
        return self.folder / "var" / "conversations.db"

    def environment(self, **more: str) -> dict[str, str]:
        """This process's own, with the project at this place."""
        ours = {"SCARWISE_HOME": str(self.folder), "PYTHONPATH": str(places.HOME)}
        clean = {name: value for name, value in os.environ.items() if "SCARWISE" not in name}
        return {**clean, **ours, **more}

    def scarwise(self, *arguments: str, said: str = "", **more: str) -> Any:
        """Run a command of `scarwise` to its end."""
        return subprocess.run(
            [sys.executable, "-m", "scarwise.cli", *arguments],
            env=self.environment(**more), input=said, capture_output=True, text=True,
            timeout=120, check=False,
        )  # fmt: skip

    def events(self, sender: str, kind: str) -> list[dict[str, Any]]:
        """The stored events of one kind of one conversation."""
        with sqlite3.connect(self.database) as database:
            rows = database.execute(
                "SELECT data FROM events WHERE sender_id = ? AND type_name = ? ORDER BY id",
                (sender, kind),
            ).fetchall()
        return [json.loads(row) for (row,) in rows]


class Serving:
    """`scarwise run` in a home, from start to stop."""

    def __init__(self, home: Home, port: int | None = None, *options: str, **more: str) -> None:
        self.home = home
        self.log = home.folder / f"log-{time.monotonic_ns()}"
        self.port = port or free_port()
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "scarwise.cli", "run", "--port", str(self.port), *options],
                env=home.environment(**more), stdout=log, stderr=log,
            )  # fmt: skip
        until(self._ready, 120, "the address of the page")

    def _ready(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        return bool(READY.search(self.log.read_text()))

    def action_server(self) -> int | None:
        """The action server's process id; it is a child of `scarwise run`."""
        own = self.process.pid
        for child in Path(f"/proc/{own}/task/{own}/children").read_text().split():
            if b"rasa_sdk" in Path(f"/proc/{child}/cmdline").read_bytes():
                return int(child)
        return None

    def stop(self) -> int:
        """Ask it to stop; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)
