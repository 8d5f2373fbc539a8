"""Patients who write text messages: a stand-in for the provider, and the server that it calls."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from concurrent.futures import Future
from contextlib import closing
from typing import Any

import aiohttp
from aiohttp import web

from scarwise.channels.addresses import Addresses
from scarwise.channels.stand_in import Account, Sent, StandIn, environment

from .running import Home, Serving, free_port, until

PUBLIC = "https://chat.clinic.example"


class Loop:
    """An event loop in a thread of its own, for what must answer while a test waits."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def run(self, work: Any, seconds: float = 90) -> Any:
        """The result of a coroutine."""
        return self.begin(work).result(seconds)

    def begin(self, work: Any) -> Future[Any]:
        """Begin a coroutine, and do not wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def serve(self, app: web.Application) -> str:
        """Serve `app` on a free port; its address."""
        port = free_port()

        async def start() -> None:
            runner = web.AppRunner(app)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", port).start()

        self.run(start())
        return f"http://127.0.0.1:{port}"


class Texting:
    """`scarwise run` in a home, with the stand-in as its provider."""

    def __init__(self, home: Home, stops: bool = False, **more: str) -> None:
        self.home = home
        self.loop = Loop()
        self.stand_in = StandIn("", stops=stops)
        self.api = self.loop.serve(self.stand_in.app())
        self.port = free_port()
        # As behind a proxy: Twilio signs the public address, and the server sees another.
        self.stand_in.webhook = f"{PUBLIC}/webhooks/twilio/messages"
        self.door = f"http://127.0.0.1:{self.port}/webhooks/twilio/messages"
        self.settings = {**environment(Account(), PUBLIC, self.api), **more}
        self.serving = Serving(home, self.port, **self.settings)
        self._numbers = iter(range(1, 100_000))

    def start_again(self) -> None:
        """A new server on the same port."""
        self.serving = Serving(self.home, self.port, **self.settings)

    def somebody(self) -> str:
        """The number of a patient who has not written before."""
        return f"+1212{next(self._numbers):07d}"

    def post(
        self, fields: dict[str, str] | bytes, headers: dict[str, str], path: str = ""
    ) -> tuple[int, str]:
        """A call with a body as it is: the status and the body that came back."""

        return self.loop.run(self._post(fields, headers, path))

    def post_at_once(self, calls: list[dict[str, str]]) -> list[int]:
        """Signed calls, all at the same time; their statuses in order."""

        async def every() -> list[tuple[int, str]]:
            posts = (self._post(one, self.stand_in.signed(one)) for one in calls)
            return list(await asyncio.gather(*posts))

        return [status for status, _ in self.loop.run(every())]

    async def _post(
        self, fields: dict[str, str] | bytes, headers: dict[str, str], path: str = ""
    ) -> tuple[int, str]:
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.door + path, data=fields, headers=headers) as answered,
        ):
            return answered.status, await answered.text()

    def status(self, method: str, path: str) -> int:
        """The status of a call with another method or of another address."""

        async def call() -> int:
            url = f"http://127.0.0.1:{self.port}/webhooks/{path}"
            async with (
                aiohttp.ClientSession() as session,
                session.request(method, url) as answered,
            ):
                return answered.status

        return self.loop.run(call())

    def call(self, fields: dict[str, str]) -> int:
        """A signed call; the status that came back."""
        return self.post(fields, self.stand_in.signed(fields))[0]

    def text(self, address: str, text: str, **more: str) -> None:
        """A message from a patient, which is acknowledged."""
        assert self.call(self.stand_in.fields(address, text, **more)) == 200

    def say(self, address: str, text: str, count: int = 1, **more: str) -> list[str]:
        """A message from a patient, and the next `count` texts that they read."""
        before = len(self.stand_in.to(address))
        self.text(address, text, **more)
        return [one.body for one in self.read(address, count, before)]

    def read(self, address: str, count: int, before: int = 0, seconds: float = 60) -> list[Sent]:
        """The first `count` texts that a patient reads after `before` others."""

        def come() -> list[Sent]:
            came = self.stand_in.to(address)[before:]
            return came if len(came) >= count else []

        return until(come, seconds, f"{count} texts") if count else []

    def quiet(self, address: str, count: int, seconds: float = 1.0) -> None:
        """The patient has read `count` texts in all, and gets no more of them."""
        until(lambda: len(self.stand_in.to(address)) >= count, 60, f"{count} texts")
        time.sleep(seconds)
        assert len(self.stand_in.to(address)) == count, self.stand_in.to(address)

    def sender(self, address: str) -> str:
        """The conversation of a patient."""
        secret = (self.home.folder / "var" / "secret").read_bytes().strip()
        channel = "whatsapp" if address.startswith("whatsapp:") else "sms"
        return Addresses(secret).sender(channel, address)

    def due(self) -> int:
        """How many messages wait for a reply."""
        query = "SELECT count(*) FROM messages_due WHERE content IS NOT NULL"
        return self.rows(query)[0][0]

    def settled(self, seconds: float = 90) -> None:
        """Wait until nothing is due."""
        until(lambda: self.due() == 0, seconds, "the end of what is due")

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the database holds."""
        with closing(sqlite3.connect(self.home.database)) as database:
            return database.execute(query, values).fetchall()

    def stop(self) -> int:
        """Ask the server to stop."""
        return self.serving.stop()
