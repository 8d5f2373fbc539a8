"""What patients would get: replays questions through the whole assistant, without ports.

A clinic replays last month's questions before it publishes a change.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, TextIO

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from scarwise.channels import opting_out
from scarwise.channels.menu import asks_for_more, meant
from scarwise.channels.rendering import sms_pages
from scarwise.channels.sms_text import plain
from scarwise.dialogue.compose import fixed
from scarwise.dialogue.message import Message
from scarwise.dialogue.turn import last_check
from scarwise.faults import Fault, FaultyDataError
from scarwise.in_process import Assistant, NoModelError

Channel = Literal["web", "sms"]


class Turn(BaseModel):
    """What the patient says in one turn."""

    model_config = ConfigDict(extra="ignore")
    say: str


class Line(BaseModel):
    """One conversation to replay: a single text, or turns."""

    model_config = ConfigDict(extra="ignore")
    id: str | int
    text: str | None = None
    turns: list[Turn] | None = None

    @model_validator(mode="after")
    def _has_one_of_both(self) -> Line:
        if (self.text is None) == (self.turns is None):
            raise ValueError("give either `text` or `turns`")
        return self

    @property
    def said(self) -> list[str]:
        """What the patient says, turn by turn."""
        return [self.text] if self.text is not None else [one.say for one in self.turns or []]


def read_lines(name: str, lines: Iterable[str]) -> list[Line]:
    """The conversations in JSON Lines; raises `FaultyDataError` naming each wrong line."""
    found, faults = [], []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            found.append(Line.model_validate_json(line))
        except ValidationError as error:
            problem = error.errors()[0]
            place = ".".join(str(step) for step in problem["loc"])
            faults.append(
                Fault(name, f"line {number}: {place} {problem['msg']}".replace("  ", " "))
            )
    if faults:
        raise FaultyDataError(faults)
    return found


@dataclass
class Reader:
    """A patient who reads the replies by one channel, and what they would send for what they say.

    On SMS it is the texts themselves, with their numbers and MORE; the notice that a first message
    gets is left out.
    """

    assistant: Assistant
    sender: str
    channel: Channel = "web"
    before: Message | None = None
    page: int = 0

    async def say(self, text: str) -> Message:
        """One turn: what the patient reads in reply to `text`."""
        if self.channel == "web":
            return await self.assistant.say(self.sender, text)
        voice = last_check().voice
        word = opting_out.keyword(text)
        if word and word != "start":
            name = {"stop": "opted_out", "help": "help_word"}[word]
            return fixed(voice, name, "conversation")
        if self.before and asks_for_more(text):
            pages = sms_pages(voice, self.before)
            if self.page + 1 < len(pages):
                self.page += 1
                return self._as_read(self.before, pages[self.page])
        said = meant("hello" if word else text, self.before.buttons if self.before else ())
        self.before, self.page = await self.assistant.say(self.sender, said), 0
        return self._as_read(self.before, sms_pages(voice, self.before)[0])

    @staticmethod
    def _as_read(message: Message, page: str) -> Message:
        shown = page.split("\n")
        numbered = enumerate(message.buttons, start=1)
        buttons = tuple(one for number, one in numbered if f"{number} {plain(one[0])}" in shown)
        return replace(message, text=page, buttons=buttons)


def as_reply(message: Message, seconds: float) -> dict[str, Any]:
    """One reply as `replay` writes it; `ms` is the time of the whole turn."""
    return {
        "outcome": message.outcome,
        "topics": list(message.topics),
        "offered": list(message.offered),
        "note": message.note,
        "slot": message.slot,
        "text": message.text,
        "buttons": [title for title, _ in message.buttons],
        "ms": round(seconds * 1000),
    }


async def replayed(assistant: Assistant, lines: Iterable[Line], channel: Channel = "web") -> Any:
    """Each line's replies, in order; every line is a conversation of its own."""
    for number, line in enumerate(lines):
        reader, replies = Reader(assistant, f"replay:{number}", channel), []
        for text in line.said:
            started = time.perf_counter()
            message = await reader.say(text)
            replies.append(as_reply(message, time.perf_counter() - started))
        yield {"id": line.id, "replies": replies}


def _input(file: str) -> Iterator[str]:
    if file == "-":
        yield from sys.stdin
        return
    with Path(file).open(encoding="utf-8") as opened:
        yield from opened


def main(file: str, channel: Channel, out: TextIO = sys.stdout) -> int:
    """Replay `file` (`-` for standard input) and write one JSON line each to `out`."""
    try:
        lines = read_lines(file, _input(file))
        assistant = Assistant()
    except (OSError, UnicodeDecodeError, NoModelError) as error:
        print(f"scarwise: {file}: {error}" if isinstance(error, OSError) else f"scarwise: {error}",
              file=sys.stderr)  # fmt: skip
        return 1

    async def run() -> None:
        async for result in replayed(assistant, lines, channel):
            print(json.dumps(result, ensure_ascii=False), file=out, flush=True)

    asyncio.run(run())
    return 0
