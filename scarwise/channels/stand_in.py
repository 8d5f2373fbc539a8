"""A stand-in for Twilio on this machine: takes and lists messages as its REST interface documents,
and calls the assistant with signatures of Twilio's own library. For the demo and for tests.

It keeps numbers of nobody in memory, and can be told to fail in the ways that Twilio may.
"""

from __future__ import annotations

import asyncio
import base64
import secrets
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, Literal

import aiohttp
from aiohttp import web
from twilio.request_validator import RequestValidator

from scarwise.channels.opting_out import START_WORDS, STOP_WORDS

MOST_CHARACTERS = 1600
LONGEST_CALL = 15.0  # seconds that Twilio waits for an answer
Fault = Literal["429", "503", "taken_then_503", "taken_then_cut", "cut", "slow"]


@dataclass(frozen=True)
class Account:
    """An account that this stand-in knows."""

    sid: str = "AC" + "5" * 32
    token: str = "7" * 32
    sms_number: str = "+12125550100"
    whatsapp_number: str = "+12125550101"


@dataclass(frozen=True)
class Sent:
    """One message that the assistant handed over."""

    sid: str
    to: str
    from_: str
    body: str
    buttons: tuple[tuple[str, str], ...] = ()  # title and id
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def as_json(self) -> dict[str, Any]:
        """As Twilio lists it."""
        created = format_datetime(self.at)
        return {
            "sid": self.sid, "to": self.to, "from": self.from_, "body": self.body,
            "status": "queued", "direction": "outbound-api", "date_created": created,
            "date_updated": created, "date_sent": None, "error_code": None, "num_media": "0",
            "num_segments": "1", "api_version": "2010-04-01", "price": None, "price_unit": "USD",
            "error_message": None, "messaging_service_sid": None, "uri": "", "subresource_uris": {},
        }  # fmt: skip


class StandIn:
    """Twilio, as far as the assistant sees it."""

    def __init__(self, webhook: str, account: Account | None = None, stops: bool = False) -> None:
        self.account = account or Account()
        self.webhook = webhook
        self.sent: list[Sent] = []
        self.faults: deque[Fault] = deque()  # of the next calls that hand over a message
        self.slow_seconds = 0.0
        self.refused: dict[str, int] = {}  # addresses that nothing is sent to, with the error code
        self.contents: dict[str, dict[str, Any]] = {}
        self.templates = True  # whether it makes new ones
        self._stops = stops  # whether it blocks by itself who writes STOP, as Twilio does for SMS
        self._validator = RequestValidator(self.account.token)

    def app(self) -> web.Application:
        """Its REST interface."""
        app = web.Application()
        base = f"/2010-04-01/Accounts/{self.account.sid}/Messages.json"
        app.router.add_post(base, self._take)
        app.router.add_get(base, self._list)
        app.router.add_get("/v1/Content", self._list_contents)
        app.router.add_post("/v1/Content", self._add_content)
        return app

    def signed(self, fields: dict[str, str], url: str | None = None) -> dict[str, str]:
        """The headers of a call with these fields, signed as Twilio signs."""
        signature = self._validator.compute_signature(url or self.webhook, fields)
        return {"X-Twilio-Signature": signature}

    def fields(self, address: str, text: str, **more: str) -> dict[str, str]:
        """The fields of a message from `address`, as Twilio sends them."""
        whatsapp = address.startswith("whatsapp:")
        ours = self.account.whatsapp_number if whatsapp else self.account.sms_number
        sid = "SM" + secrets.token_hex(16)
        return {
            "AccountSid": self.account.sid, "MessageSid": sid, "SmsSid": sid, "SmsMessageSid": sid,
            "From": address, "To": f"whatsapp:{ours}" if whatsapp else ours, "Body": text,
            "NumMedia": "0", "NumSegments": "1", "SmsStatus": "received",
            "ApiVersion": "2010-04-01", **more,
        }  # fmt: skip

    async def say(self, session: aiohttp.ClientSession, fields: dict[str, str]) -> int:
        """Call the assistant with a message; the status that it answers."""
        word, address = fields["Body"].strip().upper(), fields["From"]
        if self._stops and word in STOP_WORDS:
            self.refused[address] = 21610
        if self._stops and word in START_WORDS:
            self.refused.pop(address, None)
        timeout = aiohttp.ClientTimeout(total=LONGEST_CALL)
        async with session.post(
            self.webhook, data=fields, headers=self.signed(fields), timeout=timeout
        ) as answered:
            await answered.read()
            return answered.status

    def to(self, address: str) -> list[Sent]:
        """What was sent to `address`, in order."""
        return [one for one in self.sent if one.to == address]

    async def _take(self, request: web.Request) -> web.StreamResponse:
        fault = self.faults.popleft() if self.faults else None
        if fault == "slow":
            await asyncio.sleep(self.slow_seconds)
        if fault == "429":
            return _error(429, 20429, "Too many requests")
        if fault == "503":
            return _error(503, 20503, "Service unavailable")
        if fault == "cut":
            return _cut(request)
        if not self._knows(request):
            return _error(401, 20003, "Authenticate")
        form = await request.post()
        refusal = self._refusal(form)
        if refusal:
            return refusal
        sent = self._made(form)
        self.sent.append(sent)
        if fault == "taken_then_503":
            return _error(503, 20503, "Service unavailable")
        if fault == "taken_then_cut":
            return _cut(request)
        return web.json_response(sent.as_json(), status=201)

    def _refusal(self, form: Any) -> web.Response | None:
        to = str(form.get("To", ""))
        if to in self.refused:
            return _error(400, self.refused[to], "The message cannot be sent to this number")
        if not form.get("Body") and form.get("ContentSid") not in self.contents:
            return _error(400, 21602, "Message body is required")
        if len(str(form.get("Body", ""))) > MOST_CHARACTERS:
            return _error(400, 21617, "The message body is longer than 1600 characters")
        return None

    def _made(self, form: Any) -> Sent:
        body, buttons = str(form.get("Body", "")), ()
        if form.get("ContentSid"):
            (kind,) = self.contents[str(form["ContentSid"])]["types"].values()
            body = kind["body"]
            buttons = tuple((one.get("title") or one.get("item"), one["id"])
                            for one in kind.get("actions") or kind["items"])  # fmt: skip
        sid = "SM" + secrets.token_hex(16)
        return Sent(sid, str(form["To"]), str(form["From"]), body, buttons)

    async def _list(self, request: web.Request) -> web.Response:
        if not self._knows(request):
            return _error(401, 20003, "Authenticate")
        to, from_ = request.query.get("To"), request.query.get("From")
        listed = [one for one in reversed(self.sent)
                  if to in (None, one.to) and from_ in (None, one.from_)]  # fmt: skip
        some = [one.as_json() for one in listed[: int(request.query.get("PageSize", "50"))]]
        return web.json_response({"messages": some, "page": 0, "page_size": 50,
                                  "next_page_uri": None})  # fmt: skip

    async def _list_contents(self, _: web.Request) -> web.Response:
        meta = {"key": "contents", "next_page_url": None, "page": 0, "page_size": 50}
        return web.json_response({"contents": list(self.contents.values()), "meta": meta})

    async def _add_content(self, request: web.Request) -> web.Response:
        if not self.templates:
            return _error(400, 20001, "The content could not be created")
        given = await request.json()
        sid = "HX" + secrets.token_hex(16)
        kept = {"sid": sid, "account_sid": self.account.sid, "url": "", "links": {}, **given}
        kept["types"] = {name: kind for name, kind in given["types"].items() if kind}
        self.contents[sid] = kept
        return web.json_response(kept, status=201)

    def _knows(self, request: web.Request) -> bool:
        given = f"{self.account.sid}:{self.account.token}".encode()
        expected = "Basic " + base64.b64encode(given).decode()
        return request.headers.get("Authorization") == expected


def _error(status: int, code: int, message: str) -> web.Response:
    told = {"status": status, "code": code, "message": message, "more_info": ""}
    return web.json_response(told, status=status)


def _cut(request: web.Request) -> web.StreamResponse:
    """Close the line without an answer."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


def environment(account: Account, public_url: str, api_url: str) -> dict[str, str]:
    """The settings with which an assistant talks to a stand-in at `api_url`."""
    return {
        "TWILIO_ACCOUNT_SID": account.sid,
        "TWILIO_AUTH_TOKEN": account.token,
        "TWILIO_SMS_NUMBER": account.sms_number,
        "TWILIO_WHATSAPP_NUMBER": account.whatsapp_number,
        "TWILIO_API_URL": api_url,
        "SCARWISE_PUBLIC_URL": public_url,
        "NO_PROXY": "127.0.0.1,localhost",
    }
