"""A pretend phone in the browser: anybody sees the door for text messages without an account.

It is the stand-in for Twilio with a page before it. Loopback only.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import threading
from collections.abc import Iterator
from typing import Any

import aiohttp
from aiohttp import web

from scarwise import places
from scarwise.channels.page import HEADERS, load_page
from scarwise.channels.sms_text import segments
from scarwise.channels.stand_in import Account, Sent, StandIn, environment
from scarwise.texts import load_texts

LOOPBACK = "127.0.0.1"
FOLDER = places.HOME / "widget" / "phone"


class Phone:
    """One pretend phone: what was written on it, and what came."""

    def __init__(self, stand_in: StandIn) -> None:
        self._stand_in = stand_in
        self._told: list[tuple[str, str, int]] = []  # channel, text, how many had come before it
        self.begin_again()

    def begin_again(self) -> None:
        """A new phone, with a number of its own."""
        self._told.clear()
        self._number = f"+1212555{secrets.randbelow(10**4):04d}"

    def _address(self, channel: str) -> str:
        return f"whatsapp:{self._number}" if channel == "whatsapp" else self._number

    async def say(self, channel: str, text: str, payload: str = "", media: str = "") -> int:
        """Write a message; the status that the assistant answers."""
        more = {"ButtonPayload": payload, "ButtonText": text} if payload else {}
        if media:
            more |= {
                "NumMedia": "1",
                "MediaContentType0": media,
                "MediaUrl0": "http://none.example",
            }
        fields = self._stand_in.fields(self._address(channel), text, **more)
        came = len(self._stand_in.to(self._address(channel)))
        self._told.append((channel, text or f"({media.partition('/')[0]})", came))
        async with aiohttp.ClientSession() as session:
            return await self._stand_in.say(session, fields)

    def messages(self, channel: str) -> list[dict[str, Any]]:
        """All that stands on its screen, in order."""
        came = self._stand_in.to(self._address(channel))
        shown: list[dict[str, Any]] = []
        done = 0
        for _, text, before in [one for one in self._told if one[0] == channel]:
            shown += [_shown(one, channel) for one in came[done:before]]
            shown.append({"mine": True, "text": text, "buttons": []})
            done = before
        return shown + [_shown(one, channel) for one in came[done:]]


def _shown(one: Sent, channel: str) -> dict[str, Any]:
    count = segments(one.body)
    note = f"{count} SMS segment{'s' * (count != 1)}" if channel == "sms" else "WhatsApp"
    buttons = [{"title": title, "id": sent} for title, sent in one.buttons]
    return {"mine": False, "text": one.body, "note": note, "buttons": buttons}


def _routes(app: web.Application, phone: Phone) -> None:
    texts = load_texts()
    icon = load_page(texts)["icon.svg"]  # that of the clinic's pages
    files = {**load_page(texts, FOLDER), "icon.svg": icon}

    async def file(request: web.Request) -> web.Response:
        found = files[request.path.removeprefix("/")]
        return web.Response(
            body=found.body, headers={**HEADERS, "Content-Type": found.content_type}
        )

    async def say(request: web.Request) -> web.Response:
        said = await request.json()
        status = await phone.say(
            str(said.get("channel")), str(said.get("text") or ""),
            str(said.get("payload") or ""), str(said.get("media") or ""),
        )  # fmt: skip
        if status != 200:
            return web.json_response({"error": f"The assistant answered {status}."}, status=502)
        return web.json_response({})

    async def messages(request: web.Request) -> web.Response:
        return web.json_response({"messages": phone.messages(request.query.get("channel", "sms"))})

    async def again(_: web.Request) -> web.Response:
        phone.begin_again()
        return web.json_response({})

    for name in files:
        app.router.add_get(f"/{name}", file)
    app.router.add_get("/messages", messages)
    app.router.add_post("/say", say)
    app.router.add_post("/again", again)


@contextlib.contextmanager
def pretend_phone(assistant_port: int, port: int) -> Iterator[str]:
    """Serve the phone at `port`, and set this process so that its assistant talks to it.

    Yields the address of the phone's page.
    """
    address = f"http://{LOOPBACK}:{port}"
    public = f"http://{LOOPBACK}:{assistant_port}"
    stand_in = StandIn(f"{public}/webhooks/twilio/messages")
    os.environ.update(environment(Account(), public, address))
    app = stand_in.app()
    _routes(app, Phone(stand_in))
    loop = asyncio.new_event_loop()
    started = threading.Event()

    async def serve() -> None:
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, LOOPBACK, port).start()
        started.set()

    def work() -> None:
        task = loop.create_task(serve())
        loop.run_forever()
        task.cancel()

    threading.Thread(target=work, daemon=True).start()
    started.wait(10)
    try:
        yield f"{address}/"
    finally:
        loop.call_soon_threadsafe(loop.stop)
