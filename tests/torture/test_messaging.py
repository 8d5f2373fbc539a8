"""Text messages under torture: kills at any moment, replays by the thousand, turns that hang."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from doors.running import Home, until
from doors.texting import Texting

from scarwise import places
from scarwise.texts import load_texts

from .test_commands import acts, groups, variants

TEXTS = load_texts()
NOTICE = f"{TEXTS.say('first_contact')}\n\n{TEXTS.say('demo')}"
RISKS = "Scar revision has risks, as all surgery does."
BATCH = 10  # exchanges in one kill
AT_ONCE = 40  # senders while turns hang
ACKNOWLEDGED = 0.2  # seconds, of 95 in 100 calls; on a machine that does nothing else
BUSY = 1.0  # the same beside other work
ODD = ["", "0", "-1", "x", "é", "\U0001f600", "\x00", "%", "+", "\r\n", "null", "[]", "a" * 3000,
       "whatsapp:", "whatsapp:+1", "SM" + "0" * 32, "\u202e", "/restart", "9" * 11]  # fmt: skip
# Put beside the real actions: makes every action hang while a file is there.
HANGING = """
import asyncio
from pathlib import Path
from rasa_sdk.executor import ActionExecutor

FAULT = Path(__file__).with_name("hang")
run = ActionExecutor.run


async def run_late(self, call):
    while FAULT.exists():
        await asyncio.sleep(0.1)
    return await run(self, call)


ActionExecutor.run = run_late
"""


class Hanging(Texting):
    """A server whose actions hang when they are told to."""

    def __init__(self, home: Home) -> None:
        actions = home.folder / "actions"
        actions.unlink()
        shutil.copytree(places.ACTIONS, actions, ignore=shutil.ignore_patterns("__pycache__"))
        (actions / "hanging.py").write_text(HANGING)
        self._hang = actions / "hang"
        super().__init__(home)

    def hanging(self, does: bool) -> None:
        if does:
            self._hang.touch()
        else:
            self._hang.unlink(missing_ok=True)

    def kill(self) -> None:
        """kill -9 of the server that takes and sends messages; `scarwise run` starts it again."""
        os.kill(until(self._rasa, 60, "a server to kill"), signal.SIGKILL)

    def _rasa(self) -> int | None:
        own = self.serving.process.pid
        for child in Path(f"/proc/{own}/task/{own}/children").read_text().split():
            with contextlib.suppress(OSError):  # it ended meanwhile
                if b"rasa" in Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0"):
                    return int(child)
        return None

    def back(self) -> None:
        """Wait until the server answers again."""

        async def call() -> None:
            async with aiohttp.ClientSession() as session:
                await self.insist(session, {"Body": "not signed by anybody"})

        self.loop.run(call(), 150)

    async def insist(self, session: aiohttp.ClientSession, fields: dict[str, str]) -> int:
        """Call until somebody is there: 200, or 403 where it had arrived before the cut."""
        end = time.monotonic() + 120
        while True:
            try:
                async with session.post(
                    self.door, data=fields, headers=self.stand_in.signed(fields)
                ) as answered:
                    return answered.status
            except aiohttp.ClientError:
                assert time.monotonic() < end, "nobody came back"
                await asyncio.sleep(0.2)


@pytest.fixture(scope="module")
def texting(trained_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hanging]:
    found = Hanging(Home(tmp_path_factory.mktemp("texting"), trained_model))
    yield found
    found.hanging(False)
    found.stop()


def _exchanges(texting: Hanging, count: int, seconds: float) -> list[str]:
    """New patients who ask at random moments within `seconds`; their numbers."""

    async def one(session: aiohttp.ClientSession, number: str) -> None:
        await asyncio.sleep(random.uniform(0, seconds))
        fields = texting.stand_in.fields(number, "What are the risks?")
        assert await texting.insist(session, fields) in (200, 403)

    async def every(numbers: list[str]) -> None:
        async with aiohttp.ClientSession() as session:
            await asyncio.gather(*(one(session, number) for number in numbers))

    numbers = [texting.somebody() for _ in range(count)]
    work = texting.loop.begin(every(numbers))
    time.sleep(random.uniform(0.05, seconds + 1.0))
    texting.kill()
    work.result(180)
    return numbers


def test_a_kill_at_any_moment_neither_loses_nor_doubles(
    texting: Hanging, many: Callable[[int, int], int], figures: Any
) -> None:
    kills, came = many(20, 1), Counter[str]()
    texting.stand_in.slow_seconds = 0.15  # it takes a message some time, as over the internet
    for _ in range(kills):
        texting.stand_in.faults.extend(
            random.choices(["slow", "taken_then_cut", "cut"], [8, 1, 1], k=2 * BATCH)
        )
        numbers = _exchanges(texting, BATCH, 1.5)
        until(lambda: texting.due() == 0, 180, "the end of what is due")
        texting.stand_in.faults.clear()
        for number in numbers:
            texts = [one.body for one in texting.stand_in.to(number)]
            kinds = Counter("notice" if text == NOTICE else text[:20] for text in texts)
            came["lost"] += 2 - len(kinds)
            came["doubled"] += sum(count - 1 for count in kinds.values())
            came["right"] += kinds == {"notice": 1, RISKS[:20]: 1}
    figures(
        "text messages, kill -9",
        f"{kills} kills in {kills * BATCH} exchanges: {came['lost']} lost, "
        f"{came['doubled']} doubled, {came['right']} answered once and in full",
    )
    assert (came["lost"], came["doubled"]) == (0, 0)
    assert came["right"] == kills * BATCH


def _invented(texting: Hanging) -> dict[str, str]:
    """A form that Twilio might send, with up to three of its fields as nobody would write them."""
    fields = texting.stand_in.fields(texting.somebody(), "hello")
    fields |= {"OptOutType": "", "ButtonPayload": "", "ListId": "", "Latitude": ""}
    for name in random.sample(sorted(fields), random.randint(1, 3)):
        fields[name] = random.choice(ODD)
    if random.random() < 0.2:
        fields.pop(random.choice(sorted(fields)))
    return fields


def test_invented_calls_are_refused_or_taken_and_never_fail(
    texting: Hanging, many: Callable[[int, int], int], figures: Any
) -> None:
    texting.back()
    count, statuses = many(20_000, 60), Counter[str]()

    async def call(session: aiohttp.ClientSession) -> None:
        # What is taken costs a turn, so most are signed for another account.
        fields = _invented(texting)
        if random.random() < 0.98:
            fields["AccountSid"] = "AC" + "9" * 32
        signed = random.random() < 0.8
        headers = texting.stand_in.signed(fields) if signed else {"X-Twilio-Signature": "x"}
        async with session.post(texting.door, data=fields, headers=headers) as answered:
            body = await answered.text()
            told = answered.status == 200 and "<Response />" in body or '{"error":"' in body
            statuses[f"{answered.status}" if told else f"{answered.status} silent"] += 1

    async def every() -> None:
        async with aiohttp.ClientSession() as session:
            for start in range(0, count, 20):
                await asyncio.gather(*(call(session) for _ in range(min(20, count - start))))

    texting.loop.run(every(), 1800)
    figures("text messages, invented calls", f"{count} calls: {dict(statuses)}")
    assert set(statuses) <= {"200", "400", "403"}
    texting.settled()


def _not_offered(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The events without messages that are a suggestion of the reply before them, to the letter."""
    kept, offered = [], set[str]()
    for event in events:
        if event["event"] == "bot":
            offered = {one["payload"] for one in event["data"].get("buttons") or []}
        if event["event"] != "user" or event["text"].strip() not in offered:
            kept.append(event)
    return kept


def test_commands_by_sms_are_text(
    texting: Hanging, many: Callable[[int, int], int], figures: Any
) -> None:
    texting.back()
    found, texts = [], variants(many(500, 10))
    for some in groups(texts):
        number = texting.somebody()
        for text in some:
            texting.text(number, text)
        texting.settled()
        query = "SELECT data FROM events WHERE sender_id = ? ORDER BY id"
        rows = texting.rows(query, texting.sender(number))
        found += acts(_not_offered([json.loads(data) for (data,) in rows]))
    figures("text messages, commands", f"{len(texts)} variants of /: {len(found)} acted")
    assert found == []


def test_replays_have_no_second_effect(
    texting: Hanging, many: Callable[[int, int], int], figures: Any
) -> None:
    replays, texts = many(1000, 30), 5
    texting.back()
    number = texting.somebody()
    calls = [texting.stand_in.fields(number, "thanks") for _ in range(texts)]
    assert texting.post_at_once(calls) == [200] * texts
    texting.settled()
    sent, taken = len(texting.stand_in.sent), texting.rows("SELECT count(*) FROM events")
    statuses: Counter[int] = Counter()
    for start in range(0, replays // 2, 25):
        some = [calls[(start + one) % texts] for one in range(25)]
        statuses.update(texting.post_at_once(some))
    texting.kill()  # what is remembered is in the database, not in memory alone
    texting.back()
    while sum(statuses.values()) < replays:
        statuses.update(texting.post_at_once([calls[one % texts] for one in range(25)]))
    time.sleep(1.0)
    figures(
        "text messages, replayed",
        f"{sum(statuses.values())} signed calls again, over a kill -9: {dict(statuses)}; "
        f"{len(texting.stand_in.sent) - sent} messages sent",
    )
    assert set(statuses) == {403}
    assert len(texting.stand_in.sent) == sent
    assert texting.rows("SELECT count(*) FROM events") == taken


def test_calls_are_acknowledged_while_turns_hang(
    texting: Hanging, many: Callable[[int, int], int], figures: Any
) -> None:
    texting.back()
    calls = many(200, 40)
    senders = [texting.somebody() for _ in range(AT_ONCE)]
    texting.hanging(True)
    began, took = time.monotonic(), []

    async def each() -> None:
        async with aiohttp.ClientSession() as session:
            for one in range(calls):
                fields = texting.stand_in.fields(senders[one % AT_ONCE], "What are the risks?")
                start = time.monotonic()
                assert await texting.insist(session, fields) == 200
                took.append(time.monotonic() - start)
                await asyncio.sleep(max(0.0, 15.0 / calls - took[-1]))

    try:
        texting.loop.run(each(), 120)
        while time.monotonic() - began < 5:
            time.sleep(0.1)
        assert [one for one in texting.stand_in.to(senders[0]) if one.body.startswith(RISKS)] == []
    finally:
        texting.hanging(False)
    texting.settled(180)
    slowest = sorted(took)[int(len(took) * 0.95)]
    answered = sum(len(texting.stand_in.to(one)) >= 2 for one in senders)
    figures(
        "text messages, acknowledged while turns hang",
        f"{calls} calls of {AT_ONCE} senders: p95 {slowest * 1000:.0f} ms; "
        f"{answered} of {AT_ONCE} senders answered afterwards",
    )
    assert slowest <= (ACKNOWLEDGED if calls == 200 else BUSY)
    assert answered == AT_ONCE
