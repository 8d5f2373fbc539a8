"""A stand-in for Telegram, as its documentation describes it, and the server that it calls."""

from __future__ import annotations

import asyncio
import re
import time
from collections import deque
from typing import Any

import aiohttp
from aiohttp import web

from .running import Home, Serving, free_port, until
from .texting import PUBLIC, Loop

TOKEN = "123456789:AAE-stand_in_stand_in_stand_in"


class Telegramming:
    """`scarwise run` in a home, with the stand-in as its provider."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.loop = Loop()
        self.sent: list[dict[str, Any]] = []
        self.answered: list[str] = []  # callback queries that came to rest
        self.webhook: dict[str, Any] = {}
        self.faults: deque[str] = deque()
        self.blocked: dict[int, int] = {}  # chats that nothing is sent to, with the status
        app = web.Application()
        app.router.add_post("/bot{token}/{method}", self._take)
        self.port = free_port()
        self.serving = Serving(
            home, self.port, TELEGRAM_TOKEN=TOKEN, TELEGRAM_API_URL=self.loop.serve(app),
            SCARWISE_PUBLIC_URL=PUBLIC, NO_PROXY="127.0.0.1",
        )  # fmt: skip
        until(lambda: self.webhook, 20, "the webhook")
        self._chats = iter(range(5_000_000_001, 6_000_000_000))
        self._updates = iter(range(900_000_001, 1_000_000_000))

    def somebody(self) -> int:
        """The chat of a patient who has not written before."""
        return next(self._chats)

    def update(self, chat: int, text: str = "", kind: str = "private", **more: Any) -> dict:
        """An update with a message."""
        said = {"message_id": 1, "date": int(time.time()), "chat": {"id": chat, "type": kind},
                "from": {"id": chat, "is_bot": False, "first_name": "Ana"}, **more}  # fmt: skip
        if text:
            said["text"] = text
        return {"update_id": next(self._updates), "message": said}

    def press(self, chat: int, data: str, title: str = "") -> dict:
        """An update with a button that was pressed, below a message with that button."""
        said = self.update(chat, "...")["message"]
        said["reply_markup"] = {"inline_keyboard": [[{"text": title, "callback_data": data}]]}
        query = {"id": f"q{time.monotonic_ns()}", "from": said["from"], "message": said,
                 "data": data, "chat_instance": "1"}  # fmt: skip
        return {"update_id": next(self._updates), "callback_query": query}

    def post(self, body: Any, secret: str | None = None, raw: bytes | None = None) -> int:
        """A call; the status that came back. The secret is the one that the server gave."""
        own = self.webhook["secret_token"] if secret is None else secret
        headers = {"X-Telegram-Bot-Api-Secret-Token": own} if own else {}

        async def call() -> int:
            url = f"http://127.0.0.1:{self.port}/webhooks/telegram/updates"
            given = {"data": raw} if raw is not None else {"json": body}
            async with (
                aiohttp.ClientSession() as session,
                session.post(url, headers=headers, **given) as answered,
            ):
                return answered.status

        return self.loop.run(call())

    def to(self, chat: int) -> list[dict[str, Any]]:
        """What was sent to a chat, in order."""
        return [one for one in self.sent if one["chat_id"] == chat]

    def say(self, update: dict, count: int = 1) -> list[dict[str, Any]]:
        """Send an update, and read the next `count` messages of its chat."""
        query = update.get("callback_query")
        chat = (query or update)["message"]["chat"]["id"]
        before = len(self.to(chat))
        assert self.post(update) == 200
        return until(lambda: self._came(chat, before, count), 60, f"{count} messages")

    def _came(self, chat: int, before: int, count: int) -> list[dict[str, Any]]:
        came = self.to(chat)[before:]
        return came if len(came) >= count else []

    def quiet(self, chat: int, count: int, seconds: float = 0.5) -> None:
        """The chat holds `count` messages, and gets no more of them."""
        until(lambda: len(self.to(chat)) >= count, 60, f"{count} messages")
        time.sleep(seconds)
        assert len(self.to(chat)) == count, self.to(chat)

    async def _take(self, request: web.Request) -> web.StreamResponse:
        method, given = request.match_info["method"], await request.json()
        if request.match_info["token"] != TOKEN:
            return _told(401, "Unauthorized")
        if method == "setWebhook":
            self.webhook = given
            return web.json_response({"ok": True, "result": True})
        if method == "answerCallbackQuery":
            self.answered.append(given["callback_query_id"])
            return web.json_response({"ok": True, "result": True})
        assert method == "sendMessage"
        fault = self.faults.popleft() if self.faults else ""
        if fault == "429":
            return _told(429, "Too Many Requests: retry after 2", {"retry_after": 2})
        if fault == "502":
            return _told(502, "Bad Gateway")
        if fault == "cut":
            request.transport.abort()
            return web.Response()
        if given["chat_id"] in self.blocked:
            status = self.blocked[given["chat_id"]]
            why = "Forbidden: bot was blocked by the user" if status == 403 else "chat not found"
            return _told(status, why)
        if len(given["text"]) > 4096:
            return _told(400, "Bad Request: message is too long")
        self.sent.append(given)
        await asyncio.sleep(0)
        return web.json_response({"ok": True, "result": {"message_id": len(self.sent)}})

    def stop(self) -> int:
        """Ask the server to stop."""
        return self.serving.stop()


def _told(status: int, why: str, parameters: dict[str, Any] | None = None) -> web.Response:
    told = {"ok": False, "error_code": status, "description": why, "parameters": parameters or {}}
    return web.json_response(told, status=status)


def buttons(sent: dict[str, Any]) -> list[tuple[str, str]]:
    """The buttons below a message: title and data."""
    rows = (sent.get("reply_markup") or {}).get("inline_keyboard") or []
    return [(one["text"], one["callback_data"]) for row in rows for one in row]


def is_secret(text: str) -> bool:
    """Whether `text` is a secret token as Telegram allows it, and long enough."""
    return bool(re.fullmatch(r"[A-Za-z0-9_-]{32,256}", text))
