"""The server under torture, the faults that can be put into it, and patients who talk to it."""

from __future__ import annotations

import http.client
import json
import re
import shutil
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from doors.running import DOOR, Home, Serving, plain

from scarwise import places
from scarwise.channels.identity import Tokens

PHONE = "+1 212 555 0142"
# Put beside the real actions: makes the real action server fail when a file says so.
FAULTY = """
from pathlib import Path
from rasa_sdk.executor import ActionExecutor

FAULT = Path(__file__).with_name("fault")
run = ActionExecutor.run


async def run_or_raise(self, call):
    if FAULT.exists():
        raise RuntimeError(FAULT.read_text())
    return await run(self, call)


ActionExecutor.run = run_or_raise
"""


class Assailed:
    """A home with a running server, and ways to harm it."""

    serving: Serving

    def __init__(self, home: Home) -> None:
        self.home = home
        actions = home.folder / "actions"
        actions.unlink()
        shutil.copytree(places.ACTIONS, actions, ignore=shutil.ignore_patterns("__pycache__"))
        (actions / "faulty.py").write_text(FAULTY)
        self._fault = actions / "fault"

    @property
    def port(self) -> int:
        return self.serving.port

    @property
    def log(self) -> str:
        return self.serving.log.read_text()

    def child(self, module: str) -> int | None:
        """The process id of the server that runs `module`; it is a child of `scarwise run`."""
        own = self.serving.process.pid
        for child in Path(f"/proc/{own}/task/{own}/children").read_text().split():
            words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
            if module.encode() in words:
                return int(child)
        return None

    def raising(self, does: bool) -> None:
        """Whether every action raises."""
        if does:
            self._fault.write_text("zebra")
        else:
            self._fault.unlink(missing_ok=True)

    def token(self) -> str:
        """A token of this server; made here, since new conversations are limited by address."""
        secret = (self.home.folder / "var" / "secret").read_bytes().strip()
        return Tokens(secret, "webchat").issue()

    def patient(self) -> Patient:
        """Somebody new."""
        return Patient(self.port, self.token())

    def events(self, sender: str) -> list[dict[str, Any]]:
        """All stored events of one conversation."""
        query = "SELECT data FROM events WHERE sender_id = ? ORDER BY id"
        return [json.loads(data) for (data,) in rows(self.home, query, sender)]


def rows(home: Home, query: str, *values: str) -> list[tuple[Any, ...]]:
    """What the database of `home` holds."""
    with closing(sqlite3.connect(home.database)) as database:
        return database.execute(query, values).fetchall()


@dataclass(frozen=True)
class Read:
    """What a patient reads, and how long they waited for it."""

    text: str
    outcome: str
    seconds: float

    @property
    def safe(self) -> bool:
        """Whether it is the fixed reply of a failure, with the ways to a person."""
        whole = self.text.startswith("I cannot answer right now.") and PHONE in self.text
        return whole and "In an emergency, call 911." in self.text and self.outcome == "failed"

    @property
    def confirms(self) -> bool:
        """Whether it says that something was done."""
        done = r"\b(saved|booked|sent|received|confirmed|requested|scheduled|done)\b"
        return bool(re.search(done, self.text.replace("not lost", ""), re.IGNORECASE))


@dataclass
class Patient:
    """One conversation by HTTP, on one connection."""

    port: int
    token: str
    said: int = 0
    line: http.client.HTTPConnection | None = field(default=None, repr=False)

    @property
    def sender(self) -> str:
        return "webchat:" + self.token.partition(".")[0]

    def say(self, text: str, name: str = "text") -> Read:
        """Say something new; there is exactly one reply."""
        self.said += 1
        return self.again(text, name)

    def again(self, text: str, name: str = "text") -> Read:
        """Send the last message again, as a client does after a cut."""
        body = json.dumps({"id": f"m{self.said}", name: text}).encode()
        started = time.monotonic()
        self.line = self.line or http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            self.line.request(
                "POST", f"{DOOR}messages", body, {"Authorization": f"Bearer {self.token}"}
            )
            answer = self.line.getresponse()
            got = json.loads(answer.read())
        except BaseException:
            self.line.close()
            self.line = None
            raise
        seconds = time.monotonic() - started
        assert answer.status == 200, got
        (reply,) = got["replies"]
        return Read(plain(reply["text"]), reply["outcome"], seconds)
